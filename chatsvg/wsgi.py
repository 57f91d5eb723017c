"""Short requests, for a WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

from chatsvg.connection import bound_answers
from chatsvg.memory import NEEDLESS, settle, without

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsvg.settings")
with without(*NEEDLESS):
    application = get_wsgi_application()
bound_answers()
settle()
