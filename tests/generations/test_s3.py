"""Drawings in a bucket, over HTTP against a server that speaks S3."""

from urllib.request import Request, urlopen

import boto3
import pytest
from django.conf import settings as live
from django.test import RequestFactory
from moto.server import ThreadedMotoServer

from chatsvg.addresses import s3_storage
from generations import files, pipeline
from generations.models import Generation
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
BUCKET = "drawings"


@pytest.fixture
def s3(settings, monkeypatch):
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    urlopen(Request(f"{url}/moto-api/reset", method="POST"), timeout=5).close()
    for name, value in {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "S3_ENDPOINT_URL": url,
        "S3_REGION": "eu-central-1",
        "S3_ADDRESSING_STYLE": "path",
    }.items():
        monkeypatch.setenv(name, value)
    settings.S3_BUCKET = BUCKET
    settings.STORAGES = {**live.STORAGES, "default": s3_storage(BUCKET, seconds=60)}
    client = boto3.client("s3", endpoint_url=url, region_name="eu-central-1")
    yield client
    client.close()
    server.stop()


def make_bucket(client):
    where = {"LocationConstraint": "eu-central-1"}
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)


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
