"""Pictures and exports in a bucket, over HTTP against a server that speaks S3."""

import io
import urllib.request
import zipfile

import pytest
from django.utils import timezone

from accounts import doomed, tokens
from accounts.models import DoomedFile, Export
from accounts.profile import avatars, deletion, exports
from accounts.profile.errors import StorageAway
from generations import pipeline
from tests import factories
from tests.accounts.profile.pictures import picture
from tests.pages import Browser
from tests.s3 import BUCKET, make_bucket

pytestmark = pytest.mark.django_db(transaction=True)


def keys(s3) -> list[str]:
    return [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET).get("Contents", ())]


def test_everything_goes_to_the_bucket_and_out_of_it(s3):
    make_bucket(s3)
    person = factories.person()
    browser = Browser().sign_in(person)
    pipeline.run(factories.job(person).pk)
    avatar = avatars.set_avatar(person, picture()).avatar
    export = exports.ask(person)
    exports.build(export.pk)

    assert browser.get(avatar).content[:4] == b"RIFF"
    redirect = browser.get(f"/account/export/{export.pk}/download")
    assert redirect.status_code == 302
    assert "X-Amz-Expires=60" in redirect["Location"]
    with urllib.request.urlopen(redirect["Location"]) as reply:
        assert reply.headers["Content-Disposition"].startswith("attachment")
        archive = zipfile.ZipFile(io.BytesIO(reply.read()))
    assert "avatar.webp" in archive.namelist()
    assert len(keys(s3)) == 3

    deletion.delete(person, tokens.issue(person).session, password=factories.PASSWORD)
    doomed.sweep()
    assert keys(s3) == []


def test_a_bucket_that_is_away_delays_and_loses_nothing(s3):
    person = factories.person()
    export = exports.ask(person)

    with pytest.raises(StorageAway):
        avatars.set_avatar(person, picture())
    exports.build(export.pk)
    assert Export.objects.get().status == "QUEUED"

    make_bucket(s3)
    Export.objects.update(due_at=timezone.now())
    exports.build_due()
    assert Export.objects.get().status == "READY"
    DoomedFile.objects.update(due_at=timezone.now())
    doomed.sweep()
    assert keys(s3) == [Export.objects.get().storage_key]
