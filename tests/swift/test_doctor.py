"""What `manage.py doctor` says of a bucket that does not work, and of one that does."""

import json
import time
from datetime import timedelta

import pytest
from botocore import auth
from botocore.compat import get_current_datetime
from django.core.management import CommandError, call_command

from chatsvg.doctor import storage
from chatsvg.doctor.examine import SECONDS
from generations.management.commands import make_bucket
from tests.faults.proxy import Proxy
from tests.swift.server import OTHER_KEY, OTHER_SECRET

pytestmark = [pytest.mark.ci, pytest.mark.slow]
MAKE_IT = "Make the bucket, or correct S3_BUCKET."


def test_bucket_goes_the_whole_round_and_keeps_nothing(kept, look):
    found = storage.storage()

    assert (found.state, found.detail) == ("ok", f"The bucket {kept} writes, reads and deletes.")
    assert "Contents" not in look.list_objects_v2(Bucket=kept)


def test_bucket_that_nobody_made_is_told_and_made(use, no_bucket, capsys):
    use(no_bucket)

    found = storage.storage()
    assert found.detail == f"The bucket {no_bucket} refuses (NoSuchBucket)."
    assert found.remedy == MAKE_IT

    call_command("make_bucket")
    call_command("make_bucket")
    assert capsys.readouterr().out == f"{no_bucket} was made\n{no_bucket} is there\n"
    assert storage.storage().state == "ok"


WRONG = {
    "secret": (
        {"AWS_SECRET_ACCESS_KEY": "sesame-that-is-not-it"},
        "refuses (SignatureDoesNotMatch).",
        "Correct AWS_SECRET_ACCESS_KEY.",
    ),
    "key": (
        {"AWS_ACCESS_KEY_ID": "nobody:storage"},
        "refuses (SignatureDoesNotMatch).",  # AWS itself says InvalidAccessKeyId
        "Correct AWS_SECRET_ACCESS_KEY.",
    ),
    "account": (
        {"AWS_ACCESS_KEY_ID": OTHER_KEY, "AWS_SECRET_ACCESS_KEY": OTHER_SECRET},
        "refuses (NoSuchBucket).",
        MAKE_IT,
    ),
    "region": (
        {"S3_REGION": "us-west-2"},
        "takes what we write, and refuses the addresses that we sign for downloads.",
        "Correct S3_REGION, or set S3_DIRECT_DOWNLOADS=off.",
    ),
}


@pytest.mark.parametrize(("env", "detail", "remedy"), WRONG.values(), ids=WRONG)
def test_what_is_set_wrongly_is_told(use, bucket, look, env, detail, remedy):
    use(bucket, **env)

    found = storage.storage()

    assert (found.state, found.detail) == ("broken", f"The bucket {bucket} {detail}")
    assert found.remedy == remedy
    assert "Contents" not in look.list_objects_v2(Bucket=bucket)
    assert "sesame" not in repr(found)


def test_clock_that_is_off_is_told(kept, monkeypatch):
    def an_hour_ago(*args, **options):
        return get_current_datetime(*args, **options) - timedelta(hours=1)

    monkeypatch.setattr(auth, "get_current_datetime", an_hour_ago)

    found = storage.storage()

    assert found.detail == f"The bucket {kept} refuses (RequestTimeTooSkewed)."
    assert found.remedy == "Set the clock of this machine."


def test_region_that_is_wrong_does_not_matter_where_nobody_is_led_to_the_bucket(
    use, bucket, settings
):
    settings.S3_DIRECT_DOWNLOADS = False
    use(bucket, S3_REGION="us-west-2")

    assert storage.storage().state == "ok"


def test_storage_that_hangs_is_told_before_the_doctor_leaves(use, bucket, swift):
    with Proxy.to_port(swift.port) as way:
        use(bucket, port=way.port)
        way.part()
        began = time.monotonic()

        found = storage.storage()

    assert time.monotonic() - began < SECONDS
    assert (found.state, found.detail) == (
        "broken",
        f"127.0.0.1:{way.port} does not answer in time.",
    )


def test_bucket_cannot_be_made_with_a_wrong_secret(use, no_bucket, monkeypatch):
    monkeypatch.setattr(make_bucket, "PAUSE_SECONDS", 0)
    use(no_bucket, AWS_SECRET_ACCESS_KEY="sesame-that-is-not-it")

    with pytest.raises(CommandError, match=f"{no_bucket} could not be made.*403") as refused:
        call_command("make_bucket")
    assert "sesame" not in str(refused.value)


@pytest.mark.django_db
def test_command_ends_badly_and_names_the_bucket(use, no_bucket, capsys):
    use(no_bucket)

    with pytest.raises(SystemExit, match="1"):
        call_command("doctor", "--json")

    [told] = [
        one for one in json.loads(capsys.readouterr().out)["checks"] if one["subject"] == "Storage"
    ]
    assert (told["state"], told["remedy"]) == ("broken", MAKE_IT)
