"""How the environment decides where mails go, and who must prove a mailbox."""

import json
import os
import subprocess
import sys

import pytest
from django.core import checks

from accounts.checks import breached_passwords, cookies, mail

NAMES = "EMAIL_BACKEND EMAIL_HOST EMAIL_PORT EMAIL_USE_TLS EMAIL_USE_SSL REQUIRE_VERIFIED_EMAIL"
SHOW = f"""
import json
from django.conf import settings
names = "{NAMES} BREACHED_PASSWORD_CHECK ANYMAIL".split()
print(json.dumps({{name: getattr(settings, name) for name in names}}))
"""
CONSOLE = "django.core.mail.backends.console.EmailBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
PRODUCTION = {"PRODUCTION": "true", "PUBLIC_URL": "https://chatsvg.example"}


def shown(**environment):
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "chatsvg.settings", **environment}
    ran = subprocess.run([sys.executable, "-c", SHOW], env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_development_shows_mails_and_asks_nobody_to_prove_anything():
    shown_settings = shown()

    assert shown_settings["EMAIL_BACKEND"] == CONSOLE
    assert shown_settings["REQUIRE_VERIFIED_EMAIL"] is False
    assert shown_settings["BREACHED_PASSWORD_CHECK"] is False


def test_production_with_a_mail_server_asks_for_proof():
    shown_settings = shown(**PRODUCTION, EMAIL_HOST="mail.example", EMAIL_PORT="465")

    assert shown_settings["EMAIL_BACKEND"] == SMTP
    assert shown_settings["REQUIRE_VERIFIED_EMAIL"] is True
    assert shown_settings["BREACHED_PASSWORD_CHECK"] is True
    assert (shown_settings["EMAIL_USE_SSL"], shown_settings["EMAIL_USE_TLS"]) == (True, False)


def test_production_without_a_mail_server_locks_nobody_out_and_logs_no_mail():
    shown_settings = shown(**PRODUCTION)

    assert shown_settings["EMAIL_BACKEND"] == "accounts.mail.nowhere.EmailBackend"
    assert shown_settings["REQUIRE_VERIFIED_EMAIL"] is False


def test_provider_with_an_api_is_chosen_by_its_backend():
    backend = "anymail.backends.resend.EmailBackend"

    shown_settings = shown(**PRODUCTION, EMAIL_BACKEND=backend, ANYMAIL_RESEND_API_KEY="k")

    assert shown_settings["EMAIL_BACKEND"] == backend
    assert shown_settings["ANYMAIL"] == {"RESEND_API_KEY": "k"}
    assert shown_settings["REQUIRE_VERIFIED_EMAIL"] is True


@pytest.mark.parametrize(
    ("production", "leaves", "required", "found"),
    [
        (True, False, True, ["accounts.E001"]),
        (True, False, False, ["accounts.W001"]),
        (True, True, True, []),
        (False, False, True, []),  # development shows the link in a log
    ],
)
def test_check_finds_proof_that_nobody_could_give(settings, production, leaves, required, found):
    settings.PRODUCTION, settings.MAIL_LEAVES = production, leaves
    settings.REQUIRE_VERIFIED_EMAIL = required

    assert [problem.id for problem in mail(None)] == found
    assert mail in checks.registry.registry.registered_checks


def test_check_finds_a_list_that_is_not_there(settings, tmp_path):
    assert breached_passwords(None) == []
    settings.BREACHED_PASSWORDS_FILE = str(tmp_path / "missing")

    assert [problem.id for problem in breached_passwords(None)] == ["accounts.E002"]


@pytest.mark.parametrize(
    ("same_site", "secure", "found"),
    [("None", False, ["accounts.E003"]), ("None", True, []), ("Lax", False, [])],
)
def test_check_finds_cookies_that_browsers_refuse(settings, same_site, secure, found):
    settings.COOKIE_SAMESITE, settings.COOKIE_SECURE = same_site, secure

    assert [problem.id for problem in cookies(None)] == found
    assert cookies in checks.registry.registry.registered_checks
