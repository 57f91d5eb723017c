"""Answers of models as they go wrong, each with the drawing that was meant (see `cases`)."""
