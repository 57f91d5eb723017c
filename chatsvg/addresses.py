"""Servers and origins in the forms that our libraries want. No I/O."""

from urllib.parse import parse_qs, urlsplit

from psycopg.conninfo import conninfo_to_dict

from chatsvg import env
from chatsvg.connection import Connection


def django_database(url: str, *, pool_size: int) -> dict:
    """DATABASES entry for a libpq URL, several hosts included (`host=a,b&port=1,2`)."""
    parts = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            # a process that was paused inside a transaction holds nobody up for long
            "options": "-c idle_in_transaction_session_timeout=5s -c lock_timeout=5s",
            "pool": {
                "min_size": 1,
                "max_size": pool_size,
                "timeout": 4,
                "reconnect_timeout": 2,  # then who needs a connection tries: kept pauses grow
                "connection_class": Connection,
            },
            **parts,
        },
    }


def s3_storage(bucket: str, *, seconds: int) -> dict:
    """STORAGES entry for a private bucket; `seconds` is how long a presigned address works."""
    # slow to import, and only here are they needed
    from boto3.s3.transfer import TransferConfig
    from botocore.config import Config

    return {
        "BACKEND": "chatsvg.storage.S3",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": env.text("S3_ENDPOINT_URL") or None,
            "region_name": env.text("S3_REGION") or env.text("AWS_REGION") or None,
            "default_acl": None,
            "file_overwrite": True,
            "querystring_expire": seconds,
            "max_memory_size": 1024 * 1024,  # bytes of what is read; the rest is in a file
            # 8 MB in memory, not 80
            "transfer_config": TransferConfig(use_threads=False, num_download_attempts=2),
            "client_config": Config(
                signature_version="s3v4",
                s3={"addressing_style": env.text("S3_ADDRESSING_STYLE", "auto")},
                # 20 s at most where nobody answers, which the doctor waits for
                connect_timeout=3,
                read_timeout=5,
                retries={"mode": "standard", "max_attempts": 2},  # besides the first try
            ),
        },
    }


def redis_urls(text: str) -> list[str]:
    """The servers that REDIS_URL names, in the order of preference. Raises ValueError."""
    urls = [url.strip() for url in text.split(",") if url.strip()]
    for url in urls:
        if urlsplit(url).scheme not in ("redis", "rediss", "unix"):
            raise ValueError("not a redis://, rediss:// or unix:// URL (write %2C for a comma)")
    return urls


def place(redis_url: str) -> str:
    """What a Redis is called in lines and figures: nothing of its user or password."""
    parts = urlsplit(redis_url)
    if parts.scheme == "unix":
        return parts.path
    return f"{parts.hostname}:{parts.port or 6379}"


def broker_url(redis_url: str) -> str:
    """Celery's name for what REDIS_URL names: servers by semicolons."""
    return ";".join(map(_broker_url, redis_urls(redis_url)))


def _broker_url(redis_url: str) -> str:
    """It writes unix sockets as redis+socket://."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    db = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={db}"


def whole(pattern: str) -> str:
    """The pattern, bound to the end: corsheaders matches a beginning, and lets the rest be evil."""
    return rf"(?:{pattern})\Z"
