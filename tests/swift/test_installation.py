"""A whole installation whose files are in a bucket: real processes, signatures and deletions."""

import json
import urllib.error
import urllib.request

import pytest

from tests.faults.harness import running_stack
from tests.faults.people import PASSWORD
from tests.faults.proxy import Proxy
from tests.swift.server import REGION, SECRET

pytestmark = [pytest.mark.ci, pytest.mark.slow]
BUCKET = "installation"
COPIED = "SELECT stored_at FROM generations_generation WHERE storage_key = %s"
GONE = 40  # seconds until what was deleted cannot be called back, and a sweep


@pytest.fixture(scope="module")
def way(swift):
    with Proxy.to_port(swift.port) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def installed(swift, way):
    """Its bucket is not made yet."""
    env = swift.environment(port=way.port, S3_BUCKET=BUCKET, S3_SIGNED_URL_TTL="60")
    with running_stack(SWEEP_SECONDS="1", **env) as stack:
        yield stack


@pytest.fixture
def stack(installed, look):
    if BUCKET not in [one["Name"] for one in look.list_buckets()["Buckets"]]:
        look.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    installed.make_whole()
    return installed


def keys(look):
    return {one["Key"] for one in look.list_objects_v2(Bucket=BUCKET).get("Contents", ())}


def draw(stack, person, **fields):
    """The name of the copy of a new drawing, and the drawing."""
    job = person.ask(**fields)
    assert stack.wait_ended(job) == ["SUCCEEDED"]
    return stack.key_of(job), person.job(job).json["job"]["generation"]


def address_of(person, drawing):
    return person.get(f"/svg/{drawing['id']}/download").json["downloadUrl"]


def fetch(address):
    try:
        with urllib.request.urlopen(address, timeout=10) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, ""


def test_installation_without_its_bucket_draws_and_says_what_is_missing(installed, look):
    """Before the other tests: they make the bucket."""
    person = installed.person()
    told = installed.manage("doctor", "--json")
    report = json.loads(told.stdout[told.stdout.index("{") :])
    [found] = [one for one in report["checks"] if one["subject"] == "Storage"]
    assert (told.returncode, found["state"]) == (1, "broken")
    assert found["detail"] == f"The bucket {BUCKET} refuses (NoSuchBucket)."

    key, drawing = draw(installed, person)
    ours = person.fetch(address_of(person, drawing))
    assert (ours.status, ours.body.decode()) == (200, drawing["svg"])

    assert installed.manage("make_bucket").stdout == f"{BUCKET} was made\n"
    assert installed.wait_for(lambda: key in keys(look), 30)
    assert installed.wait_for(lambda: installed.value(COPIED, key), 5)
    assert fetch(address_of(person, drawing)) == (200, drawing["svg"])


def test_drawing_lives_in_the_bucket_until_it_is_deleted(stack, look):
    person = stack.person()
    key, drawing = draw(stack, person, isPrivate=True)
    assert stack.wait_for(lambda: stack.value(COPIED, key), 5)

    address = address_of(person, drawing)
    assert fetch(address) == (200, drawing["svg"])
    assert fetch(address.split("?")[0])[0] == 400
    assert fetch(address.replace("Signature=", "Signature=0"))[0] == 403

    gone = person._send("POST", f"/d/{drawing['id']}/delete", None, {"X-CSRF-Token": person.token})
    assert gone.status in (200, 302, 303), gone.body[:500]
    assert stack.wait_for(lambda: key not in keys(look), GONE)
    assert person.get(f"/svg/{drawing['id']}/download").status == 404
    assert fetch(address)[0] == 404


def test_account_takes_its_objects_along_and_nobody_elses(stack, look):
    person, other = stack.person(), stack.person()
    mine = [draw(stack, person)[0] for _ in range(2)]
    theirs, _ = draw(stack, other)
    assert stack.wait_for(lambda: {*mine, theirs} <= keys(look), 5)

    left = person._send(
        "DELETE", "/api/account", {"password": PASSWORD}, {"X-CSRF-Token": person.token}
    )

    assert left.status == 200, left.body[:500]
    assert stack.wait_for(lambda: not keys(look) & set(mine), GONE)
    assert theirs in keys(look)


def test_drawings_that_the_bucket_lost_are_made_anew_from_the_database(stack, look, tmp_path):
    person = stack.person()
    lost = {draw(stack, person)[0] for _ in range(3)}
    assert stack.wait_for(lambda: lost <= keys(look), 5)

    saved = stack.manage("objects", "save", str(tmp_path))
    for key in lost:
        look.delete_object(Bucket=BUCKET, Key=key)
    loaded = stack.manage("objects", "load", str(tmp_path))

    assert (saved.returncode, loaded.returncode) == (0, 0), saved.stdout + loaded.stdout
    assert stack.wait_for(lambda: lost <= keys(look), GONE)


def test_storage_that_hangs_keeps_nobody_waiting(stack, way, look):
    person = stack.person()
    way.part()
    try:
        jobs = [person.ask() for _ in range(8)]
        assert stack.wait_ended(*jobs, seconds=5) == ["SUCCEEDED"] * 8
        drawing = person.job(jobs[0]).json["job"]["generation"]
        reply = person.fetch(address_of(person, drawing))
        assert (reply.body.decode(), reply.seconds < 2) == (drawing["svg"], True)
    finally:
        way.mend()
    copies = {stack.key_of(job) for job in jobs}
    assert stack.wait_for(lambda: copies <= keys(look), 60)


def test_no_log_tells_a_key_or_a_signature(stack):
    logs = "".join(path.read_text(errors="replace") for path in stack.home.log.glob("*.log"))

    assert (SECRET in logs, "X-Amz-Signature" in logs) == (False, False)
    assert "file.not_stored" in logs  # of the tests before
