"""The living style page: every token and every component, for those who build pages."""
