"""The account itself: its name and picture, its devices, its data, and its end."""
