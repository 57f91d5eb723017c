"""The scenarios of `manage.py bench`: load on a running installation, and what it cost."""
