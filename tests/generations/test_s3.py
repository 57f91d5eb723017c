"""Drawings in a bucket, over HTTP against a server that speaks S3."""

import pytest
from django.core.management import call_command
from django.test import RequestFactory

from chatsvg import objects
from generations import files, pipeline
from generations.models import Generation
from tests import factories
from tests.s3 import BUCKET, make_bucket

pytestmark = pytest.mark.django_db(transaction=True)


def drawing():
    job = factories.job()
    pipeline.run(job.pk)
    return Generation.objects.get(job=job.pk)


def test_drawing_is_copied_to_the_bucket_and_downloaded_by_a_presigned_address(s3):
    make_bucket(s3)

    made = drawing()
    stored = s3.get_object(Bucket=BUCKET, Key=made.storage_key)
    address = files.download_url(RequestFactory().get("/"), made)

    assert stored["Body"].read().decode() == made.svg
    assert stored["ContentType"] == "image/svg+xml"
    assert "X-Amz-Signature=" in address
    assert "X-Amz-Expires=60" in address
    assert "attachment" in address


def test_missing_bucket_loses_no_drawing(s3, client):
    made = drawing()

    assert (made.job.status, made.stored_at) == ("SUCCEEDED", None)
    assert client.get(files.path(made)).content.decode() == made.svg
    assert files.download_url(RequestFactory().get("/"), made).endswith("?download=1")


def test_bucket_is_made_once(s3, capsys):
    call_command("make_bucket")
    call_command("make_bucket")

    assert capsys.readouterr().out == f"{BUCKET} was made\n{BUCKET} is there\n"
    assert [one["Name"] for one in s3.list_buckets()["Buckets"]] == [BUCKET]
    assert drawing().stored_at


def test_downloads_come_from_us_where_browsers_do_not_reach_the_storage(s3, settings):
    make_bucket(s3)
    made = drawing()

    assert "X-Amz-Signature=" in files.download_url(RequestFactory().get("/"), made)
    settings.S3_DIRECT_DOWNLOADS = False
    assert files.download_url(RequestFactory().get("/"), made).endswith("?download=1")


def test_objects_of_a_bucket_are_copied_to_a_folder_and_back(s3, tmp_path):
    make_bucket(s3)
    made = drawing()
    folders = ["users"]

    assert objects.save(folders, tmp_path) == 1
    assert objects.save(folders, tmp_path) == 0
    assert (tmp_path / made.storage_key).read_text() == made.svg

    s3.delete_object(Bucket=BUCKET, Key=made.storage_key)
    assert objects.load(folders, tmp_path, pick=set) == 1
    assert s3.get_object(Bucket=BUCKET, Key=made.storage_key)["Body"].read().decode() == made.svg
