"""A server that speaks S3, and the environment that leads to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen

import boto3
from django.conf import settings as live
from moto.server import ThreadedMotoServer

from chatsvg.addresses import s3_storage

BUCKET = "drawings"
REGION = "eu-central-1"
KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}


def environment(port: int) -> dict[str, str]:
    """Of a process whose bucket is behind this port of the loopback."""
    return KEYS | {
        "S3_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "S3_REGION": REGION,
        "S3_ADDRESSING_STYLE": "path",
    }


@contextmanager
def running_server() -> Iterator[int]:
    """The port of an empty server."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    try:
        port = server.get_host_and_port()[1]
        reset = Request(f"http://127.0.0.1:{port}/moto-api/reset", method="POST")
        urlopen(reset, timeout=5).close()
        yield port
    finally:
        server.stop()


@contextmanager
def client_of(port: int) -> Iterator:
    """Somebody who looks into the server beside ChatSVG."""
    client = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name=REGION,
        aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
    )
    try:
        yield client
    finally:
        client.close()


def make_bucket(client) -> None:
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})


@contextmanager
def in_use(settings, monkeypatch) -> Iterator:
    """ChatSVG keeps its files in a bucket, which has yet to be made; a look into the server."""
    with running_server() as port, client_of(port) as client:
        for name, value in environment(port).items():
            monkeypatch.setenv(name, value)
        settings.S3_BUCKET = BUCKET
        settings.STORAGES = {**live.STORAGES, "default": s3_storage(BUCKET, seconds=60)}
        yield client
