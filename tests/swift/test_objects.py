"""Drawings in a bucket whose server verifies every signature and every expiry."""

import io
import socket
import time
import urllib.error
import urllib.request
import zipfile
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest
from botocore import auth
from botocore.compat import get_current_datetime
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import RequestFactory

from accounts import doomed
from accounts.profile import downloads, exports
from accounts.profile.errors import StorageAway
from chatsvg import objects
from generations import deletion, files, pipeline
from generations.models import Generation
from generations.names import attachment
from generations.svg.tables import MAX_BYTES
from tests import factories
from tests.pages import Browser
from tests.swift.server import DOMAIN, KEY, OTHER_KEY, OTHER_SECRET

pytestmark = [pytest.mark.ci, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def drawing(**fields):
    job = factories.job(**fields)
    pipeline.run(job.pk)
    return Generation.objects.get(job=job.pk)


def address_of(made):
    return files.download_url(RequestFactory().get("/"), made)


def fetch(address):
    """Status, headers and body, as somebody gets them who has nothing but the address."""
    try:
        with urllib.request.urlopen(address, timeout=10) as reply:
            return reply.status, reply.headers, reply.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.headers, refused.read().decode()


def changed(address, name, change):
    """The address with another value of one parameter, which may be a new one."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    query[name] = change(query.get(name, ""))
    return urlunsplit(parts._replace(query=urlencode(query)))


def test_drawing_is_one_object_and_had_by_a_signed_address(kept, swift):
    made = drawing()

    status, headers, body = fetch(address_of(made))

    assert (status, body) == (200, made.svg)
    assert headers["Content-Type"] == "image/svg+xml"
    assert headers["Content-Disposition"] == attachment(made)
    asked = swift.asked(made.storage_key)
    assert [(one.method, one.status) for one in asked] == [("PUT", 200), ("GET", 200)]


CHANGES = {
    "X-Amz-Signature": lambda text: text[:-1] + ("1" if text[-1] == "0" else "0"),
    "X-Amz-Expires": lambda text: "604800",
    "X-Amz-Date": lambda text: f"{text[:9]}235959Z",
    "X-Amz-Credential": lambda text: text.replace(KEY, OTHER_KEY),
    "response-content-disposition": lambda text: "inline",
    "response-content-type": lambda text: "text/html",
}


@pytest.mark.parametrize(("name", "change"), CHANGES.items(), ids=CHANGES)
def test_address_that_was_changed_opens_nothing(kept, name, change):
    made = drawing()

    status, _, body = fetch(changed(address_of(made), name, change))

    assert (status, "<svg" in body) == (403, False)


def test_address_of_one_drawing_opens_no_other(kept):
    one, other = drawing(), drawing()

    status, _, body = fetch(address_of(one).replace(one.storage_key, other.storage_key))

    assert (status, "<svg" in body) == (403, False)


def test_address_expires(kept, settings):
    settings.S3_SIGNED_URL_TTL = 1
    made = drawing()
    address = address_of(made)

    assert fetch(address)[0] == 200
    time.sleep(2.1)
    status, _, body = fetch(address)
    assert (status, "<svg" in body) == (403, False)


@pytest.mark.parametrize("is_private", [False, True])
def test_bucket_itself_gives_nothing_to_who_has_not_signed(kept, client, is_private):
    made = drawing(is_private=is_private)

    status, _, body = fetch(address_of(made).split("?")[0])

    assert (status >= 400, "<svg" in body) == (True, False)
    ours = client.get(files.path(made).split("?")[0])
    assert ours.status_code == (404 if is_private else 200)
    assert client.get(files.path(made)).content.decode() == made.svg


def test_deleted_drawing_is_nowhere(kept, look):
    made = drawing()
    address = address_of(made)

    default_storage.delete(made.storage_key)
    default_storage.delete(made.storage_key)  # which is as good

    assert fetch(address)[0] == 404
    assert "Contents" not in look.list_objects_v2(Bucket=kept)


def test_largest_drawing_goes_in_a_single_request(kept, swift):
    text = b"<svg>" + b" " * (MAX_BYTES - 11) + b"</svg>"

    default_storage.save("users/1/jobs/2/chatsvg.svg", ContentFile(text))

    asked = swift.asked(kept)
    assert [(one.method, one.path) for one in asked[1:]] == [
        ("PUT", f"/{kept}/users/1/jobs/2/chatsvg.svg")
    ]
    with default_storage.open("users/1/jobs/2/chatsvg.svg") as file:
        assert file.read() == text


def test_large_export_goes_in_parts_and_comes_back_whole(kept, swift):
    content = bytes(range(256)) * 36 * 1024  # 9 MB

    default_storage.save("exports/large.zip", ContentFile(content))

    methods = [one.method for one in swift.asked(f"/{kept}/exports/large.zip")]
    assert methods == ["POST", "PUT", "PUT", "POST"]
    assert default_storage.size("exports/large.zip") == len(content)
    with default_storage.open("exports/large.zip") as file:
        assert file.read() == content


def test_objects_are_saved_and_loaded(kept, look, tmp_path):
    made = [drawing() for _ in range(3)]

    assert objects.save(["users"], tmp_path) == 3
    assert objects.save(["users"], tmp_path) == 0
    for one in made:
        look.delete_object(Bucket=kept, Key=one.storage_key)
    assert objects.load(["users"], tmp_path, pick=set) == 3

    assert {fetch(address_of(one))[2] for one in made} == {one.svg for one in made}


def test_downloads_lead_to_us_where_browsers_do_not_reach_the_bucket(kept, swift, settings, client):
    settings.S3_DIRECT_DOWNLOADS = False
    made = drawing(is_private=True)

    address = address_of(made)
    reply = client.get(address)

    assert reply.content.decode() == made.svg
    assert reply["Content-Disposition"] == attachment(made)
    assert [one.method for one in swift.asked(made.storage_key)] == ["PUT"]


@pytest.fixture
def names(monkeypatch):
    """A name server that knows the hosts below DOMAIN."""
    ask = socket.getaddrinfo

    def asked(host, *rest, **options):
        return ask("127.0.0.1" if str(host).endswith(DOMAIN) else host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", asked)


@pytest.mark.parametrize(
    ("style", "host", "path"),
    [
        ("path", DOMAIN, "/{bucket}/{key}"),
        ("auto", DOMAIN, "/{bucket}/{key}"),
        ("virtual", f"{{bucket}}.{DOMAIN}", "/{key}"),
    ],
)
def test_bucket_is_addressed_as_the_storage_wants_it(use, bucket, names, swift, style, host, path):
    use(bucket, S3_ADDRESSING_STYLE=style, S3_ENDPOINT_URL=f"http://{DOMAIN}:{swift.port}")
    made = drawing()

    parts = urlsplit(address_of(made))

    told = {"bucket": bucket, "key": made.storage_key}
    assert (parts.hostname, parts.path) == (host.format(**told), path.format(**told))
    assert fetch(address_of(made))[2] == made.svg
    assert made.stored_at


# --- What is set wrongly -----------------------------------------------------------------------


WRONG = {
    "secret": {"AWS_SECRET_ACCESS_KEY": "sesame-that-is-not-it"},
    "key": {"AWS_ACCESS_KEY_ID": "nobody:storage"},
    "account": {"AWS_ACCESS_KEY_ID": OTHER_KEY, "AWS_SECRET_ACCESS_KEY": OTHER_SECRET},
}


@pytest.mark.parametrize("env", WRONG.values(), ids=WRONG)
def test_wrong_settings_lose_no_drawing(use, bucket, look, client, env):
    use(bucket, **env)

    made = drawing()

    assert (made.job.status, made.stored_at) == ("SUCCEEDED", None)
    assert client.get(files.path(made)).content.decode() == made.svg
    assert "signature" not in address_of(made).lower()
    use(bucket)
    assert files.store(made)
    assert look.head_object(Bucket=bucket, Key=made.storage_key)


def test_wrong_region_is_found_out_by_uploads_alone(use, bucket):
    use(bucket, S3_REGION="us-west-2")
    made = drawing()
    use(bucket, S3_REGION="us-west-2")  # another process

    status, _, body = fetch(address_of(made))

    assert made.stored_at
    assert (status, "<svg" in body) == (400, False)  # which is why the doctor tries an address


def test_address_signed_with_a_wrong_secret_opens_nothing(use, kept):
    made = drawing()
    use(kept, **WRONG["secret"])

    status, _, body = fetch(address_of(made))

    assert (status, "<svg" in body) == (403, False)


def test_clock_that_is_off_loses_no_drawing(kept, monkeypatch, client):
    def an_hour_ago(*args, **options):
        return get_current_datetime(*args, **options) - timedelta(hours=1)

    monkeypatch.setattr(auth, "get_current_datetime", an_hour_ago)
    made = drawing()

    assert made.stored_at is None
    assert client.get(files.path(made)).content.decode() == made.svg
    monkeypatch.undo()
    assert files.store(made)


def test_without_keys_downloads_lead_to_us(use, kept, monkeypatch, client):
    made = drawing()
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    use(kept, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")

    assert client.get(address_of(made)).content.decode() == made.svg


def archive_of(reply):
    """The names in the export that a reply hands over, or leads to."""
    if reply.status_code == 302:
        with urllib.request.urlopen(reply["Location"], timeout=10) as found:
            content, headers = found.read(), found.headers
    else:
        content, headers = reply.getvalue(), reply.headers
    assert headers["Content-Disposition"].startswith("attachment")
    assert int(headers["Content-Length"]) == len(content)
    return zipfile.ZipFile(io.BytesIO(content)).namelist()


@pytest.mark.parametrize(("is_direct", "status"), [(True, 302), (False, 200)])
def test_export_is_had_from_the_bucket_or_from_us(kept, settings, is_direct, status):
    settings.S3_DIRECT_DOWNLOADS = is_direct
    person = factories.person()
    drawing(user=person)
    export = exports.ask(person)
    exports.build(export.pk)

    reply = Browser().sign_in(person).get(f"/account/export/{export.pk}/download")

    assert reply.status_code == status
    assert "profile.json" in archive_of(reply)


def test_export_that_cannot_be_led_to_is_told_as_away(use, kept, monkeypatch):
    person = factories.person()
    export = exports.ask(person)
    exports.build(export.pk)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    use(kept, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")

    with pytest.raises(StorageAway):
        downloads.response(exports.find(person, export.pk))


def test_person_who_goes_takes_their_objects_along(kept, look):
    person = factories.person()
    made = [drawing(user=person) for _ in range(2)]
    other = drawing()

    deletion.forget(person)
    doomed.sweep()

    left = [one["Key"] for one in look.list_objects_v2(Bucket=kept)["Contents"]]
    assert (left, len(made)) == ([other.storage_key], 2)
