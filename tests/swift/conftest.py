import secrets

import pytest

from chatsvg.addresses import s3_storage
from tests.swift.server import REGION, running_swift


@pytest.fixture(scope="package")
def swift():
    """An object storage that believes nobody."""
    with running_swift() as server:
        yield server


@pytest.fixture(scope="package")
def look(swift):
    """A client of somebody who looks into it beside ChatSVG."""
    client = swift.client()
    yield client
    client.close()


@pytest.fixture
def no_bucket():
    """The name of a bucket that nobody made."""
    return f"drawings-{secrets.token_hex(4)}"


@pytest.fixture
def bucket(look, no_bucket):
    """The name of an empty bucket."""
    look.create_bucket(Bucket=no_bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    return no_bucket


@pytest.fixture
def use(swift, settings, monkeypatch):
    """Have ChatSVG keep its files in a bucket, reached and asked as the test likes."""

    def keep_in(bucket, *, port=0, seconds=60, **env):
        for name, value in swift.environment(port=port, **env).items():
            monkeypatch.setenv(name, value)
        settings.S3_BUCKET = bucket
        settings.STORAGES = {**settings.STORAGES, "default": s3_storage(bucket, seconds=seconds)}

    return keep_in


@pytest.fixture
def kept(use, bucket):
    """ChatSVG's files are in this bucket."""
    use(bucket)
    return bucket
