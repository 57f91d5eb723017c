"""Mailboxes that settings name."""

from accounts.support.checks import mailboxes


def test_mailboxes_that_are_none_stop_the_start(settings):
    settings.SUPPORT_EMAIL = "Help <help@example.com>"
    settings.ADMIN_EMAILS = ["boss@example.com", "boss"]

    assert [fault.id for fault in mailboxes(None)] == ["accounts.E020", "accounts.E021"]


def test_mailboxes_may_be_none_or_several(settings):
    settings.SUPPORT_EMAIL, settings.ADMIN_EMAILS = "", []
    assert mailboxes(None) == []

    settings.SUPPORT_EMAIL = "help@example.com"
    settings.ADMIN_EMAILS = ["a@example.com", "b@example.com"]
    assert mailboxes(None) == []
