import pytest

from accounts.mail import server
from tests import smtp


@pytest.fixture(autouse=True)
def answering():
    """The mail server has not been away so far."""
    server.note(away=False)
    yield
    server.note(away=False)


@pytest.fixture
def by_smtp(settings):
    """Mails leave by SMTP, to a port that the test says."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.free_port()
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 1
    return settings


@pytest.fixture
def mailbox(by_smtp):
    with smtp.running() as (mailbox, port):
        by_smtp.EMAIL_PORT = port
        yield mailbox
