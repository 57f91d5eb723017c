"""Drawings in a bucket, over HTTP against a server that speaks S3."""

import pytest
from django.test import RequestFactory

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
