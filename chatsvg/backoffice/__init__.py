"""The support desk: the Django admin's site, and the pages that look across all apps."""
