"""Make the bucket of S3_BUCKET where it is missing. It stays private; objects have no ACLs."""

import time

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError

TRIES = 10
PAUSE_SECONDS = 2


class Command(BaseCommand):
    help = "Make the bucket that S3_BUCKET names, unless it is there."

    def handle(self, **options):
        if not settings.S3_BUCKET:
            raise CommandError("S3_BUCKET is not set: files are kept in a folder.")
        from botocore.exceptions import BotoCoreError, ClientError

        for left in reversed(range(TRIES)):
            try:
                made = make(settings.S3_BUCKET)
                break
            except (BotoCoreError, ClientError) as error:
                if not left:
                    raise CommandError(f"{settings.S3_BUCKET} could not be made: {error}") from None
                time.sleep(PAUSE_SECONDS)
        self.stdout.write(f"{settings.S3_BUCKET} {'was made' if made else 'is there'}")


def make(name: str) -> bool:
    """Whether it had to be made. Raises what boto3 raises."""
    from botocore.exceptions import ClientError

    client = default_storage.connection.meta.client  # type: ignore[attr-defined]
    try:
        client.head_bucket(Bucket=name)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchBucket", "NotFound"):
            raise
    else:
        return False
    region = client.meta.region_name
    elsewhere = region and region != "us-east-1"  # S3 wants its first region left out
    options = {"CreateBucketConfiguration": {"LocationConstraint": region}} if elsewhere else {}
    client.create_bucket(Bucket=name, **options)
    return True
