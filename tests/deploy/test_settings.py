"""What settings.py refuses to start with in production."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.deploy.reading import SECRET, settings_of

GOOD = {
    "DATABASE_URL": "postgresql://chatsvg@db.internal/chatsvg",
    "REDIS_URL": "redis://redis.internal/0",
    "PUBLIC_URL": "https://chatsvg.example",
    "ALLOWED_HOSTS": "chatsvg.example",
    "SECRET_KEY": SECRET.format(1),
    "JWT_SECRET": SECRET.format(2),
}


def test_good_secrets_are_taken(monkeypatch):
    assert settings_of(GOOD, monkeypatch)["PRODUCTION"]


@pytest.mark.parametrize("name", ["SECRET_KEY", "JWT_SECRET"])
@pytest.mark.parametrize("value", ["", "secret", "x" * 64, "changeme" * 8])
def test_weak_secrets_are_refused(monkeypatch, name, value):
    with pytest.raises(ImproperlyConfigured, match=f"{name} must be set to at least 32 random"):
        settings_of(GOOD | {name: value}, monkeypatch)


@pytest.mark.parametrize("name", ["SECRET_KEY_FALLBACKS", "JWT_SECRET_FALLBACKS"])
def test_weak_secrets_are_not_believed_because_they_are_old(monkeypatch, name):
    older = [SECRET.format(3), SECRET.format(4)]
    assert settings_of(GOOD | {name: ",".join(older)}, monkeypatch)[name] == older

    with pytest.raises(ImproperlyConfigured, match=f"{name}: each must be at least 32 random"):
        settings_of(GOOD | {name: f"{older[0]},changeme"}, monkeypatch)


@pytest.mark.parametrize("value", ["secret", "x" * 64])
def test_figures_are_not_opened_by_what_can_be_guessed(monkeypatch, value):
    assert settings_of(GOOD | {"METRICS_TOKEN": SECRET.format(3)}, monkeypatch)["METRICS_TOKEN"]

    with pytest.raises(ImproperlyConfigured, match="METRICS_TOKEN must be at least 32 random"):
        settings_of(GOOD | {"METRICS_TOKEN": value}, monkeypatch)


def test_one_secret_for_two_purposes_is_refused(monkeypatch):
    with pytest.raises(ImproperlyConfigured, match="two different secrets"):
        settings_of(GOOD | {"JWT_SECRET": GOOD["SECRET_KEY"]}, monkeypatch)


@pytest.mark.parametrize("name", ["REDIS_URL", "PUBLIC_URL", "ALLOWED_HOSTS"])
def test_what_has_no_good_default_must_be_said(monkeypatch, name):
    with pytest.raises(ImproperlyConfigured, match=f"must be set: {name}"):
        settings_of({key: value for key, value in GOOD.items() if key != name}, monkeypatch)


def test_redis_url_that_is_none_stops_the_start(monkeypatch):
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL: not a redis://"):
        settings_of(GOOD | {"REDIS_URL": "redis://one/0,two"}, monkeypatch)


def test_every_redis_server_is_known(monkeypatch):
    found = settings_of(GOOD | {"REDIS_URL": "redis://one/0,redis://two/0"}, monkeypatch)

    assert found["REDIS_URLS"] == ["redis://one/0", "redis://two/0"]
    assert found["CELERY_BROKER_URL"] == "redis://one/0;redis://two/0"
