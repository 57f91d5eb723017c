"""A mail server, as the tests of mails have it."""

from tests.accounts.mail.conftest import answering, by_smtp, mailbox  # noqa: F401
