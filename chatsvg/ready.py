"""Included in workers that `manage.py dev` starts: says by a file when they take up work."""

import os
from pathlib import Path

from celery.signals import worker_ready


@worker_ready.connect
def tell(**kwargs):
    if path := os.environ.get("CHATSVG_READY_FILE"):
        Path(path).touch()
