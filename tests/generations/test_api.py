import threading
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client

from generations import names, pipeline, services
from generations.models import Generation, Job
from tests import factories


def draw(api, **fields):
    """The id of a finished drawing of `api`'s person."""
    job_id = api.submit(**fields).json()["job"]["id"]
    pipeline.run(Job.objects.get(pk=job_id).pk)
    return Generation.objects.get(job=job_id)


def test_generate_answers_202_with_the_job(signed_in):
    reply = signed_in.submit()

    job = reply.json()["job"]
    assert reply.status_code == 202
    assert reply["Location"] == f"/api/svg/generation-jobs/{job['id']}"
    assert reply.json()["queue"] == {"waiting": 1, "delayed": 0, "active": 0, "paused": 0}
    assert job == {
        "id": job["id"],
        "status": "QUEUED",
        "prompt": "a red fox asleep",
        "style": "flat",
        "model": "studio",
        "privacy": False,
        "createdAt": job["createdAt"],
        "startedAt": None,
        "finishedAt": None,
        "errorCode": None,
        "errorMessage": None,
        "generationId": None,
        "generation": None,
    }
    assert len(job["createdAt"]) == len("2025-12-29T10:00:00.000Z")


def test_credits_told_with_a_job_are_those_at_its_end(signed_in, person):
    """Whoever asks is looked up first, and the job may end before it is read."""
    job = signed_in.submit().json()["job"]["id"]
    read = []

    def end_it_before(execute, sql, *call):
        if "generations_job" in sql and not read:
            read.append(sql)
            services.cancel(person, job)
        return execute(sql, *call)

    with connection.execute_wrapper(end_it_before):
        told = signed_in.get(f"/svg/generation-jobs/{job}").json()

    assert read
    assert (told["job"]["status"], told["credits"]) == ("FAILED", 10)


def test_generate_has_no_queue_where_it_is_not_exposed(signed_in, settings):
    settings.EXPOSE_QUEUE = False

    assert set(signed_in.submit().json()) == {"job"}


@pytest.mark.django_db(transaction=True)
def test_repeat_of_a_key_is_202_while_under_way_and_200_after(signed_in):
    first = signed_in.submit()

    again = signed_in.submit()
    assert (again.status_code, again.json()["duplicate"]) == (202, True)
    assert again.json()["job"]["id"] == first.json()["job"]["id"]
    assert again["Location"] == first["Location"]

    pipeline.run(Job.objects.get().pk)
    after = signed_in.submit()
    assert (after.status_code, set(after.json())) == (200, {"job", "duplicate"})


def test_key_with_another_recipe_is_409(signed_in):
    signed_in.submit()

    reply = signed_in.submit(style="3d")

    assert reply.status_code == 409
    assert reply.json() == {
        "error": "Idempotency key already used with different request parameters",
        "errorCode": "IDEMPOTENCY_CONFLICT",
    }


def test_generate_without_credits_is_402(api):
    api.sign_in(factories.person(credits_left=0))

    reply = api.submit()

    assert reply.status_code == 402
    assert reply.json() == {
        "error": "You do not have enough credits to generate an SVG. "
        "Please purchase more credits and try again."
    }


def test_daily_limit_is_429_with_limit_and_used(signed_in, person, monkeypatch):
    from credits import plans

    nothing = replace(plans.ALLOWANCES["FREE"], drawings_per_day=0)
    monkeypatch.setitem(plans.ALLOWANCES, "FREE", nothing)

    reply = signed_in.submit()

    assert reply.status_code == 429
    assert reply.json() == {
        "error": "Daily generation limit reached. Try again tomorrow.",
        "limit": 0,
        "used": 0,
    }
    assert int(reply["Retry-After"]) > 0


@pytest.mark.parametrize("key", ["", "  ", "k" * 129])
def test_bad_key_is_400(signed_in, key):
    assert signed_in.submit(key=key).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_finished_job_carries_its_drawing_and_the_credits_left(signed_in):
    drawing = draw(signed_in, privacy=True)

    body = signed_in.get(f"/svg/generation-jobs/{drawing.job.pk}").json()

    assert body["credits"] == 9
    job = body["job"]
    assert (job["status"], job["generationId"]) == ("SUCCEEDED", str(drawing.pk))
    assert job["generation"] == {
        "id": str(drawing.pk),
        "prompt": "a red fox asleep",
        "style": "flat",
        "model": "studio",
        "privacy": True,
        "svg": drawing.svg,
        "createdAt": job["generation"]["createdAt"],
    }


def test_job_under_way_has_no_credits(signed_in):
    job_id = signed_in.submit().json()["job"]["id"]

    assert set(signed_in.get(f"/svg/generation-jobs/{job_id}").json()) == {"job"}


@pytest.mark.parametrize("job_id", ["nonsense", "00000000-0000-7000-8000-000000000000", "%00"])
def test_unknown_job_is_404(signed_in, job_id):
    reply = signed_in.get(f"/svg/generation-jobs/{job_id}")

    assert reply.status_code == 404
    assert reply.json() == {"error": "Generation job not found"}


def test_job_of_somebody_else_is_404(signed_in):
    job = factories.job(factories.person())

    reply = signed_in.get(f"/svg/generation-jobs/{job.pk}")

    assert (reply.status_code, reply.json()) == (404, {"error": "Generation job not found"})


def test_canceled_job_reads_failed_and_a_repeat_answers_the_same(signed_in):
    job_id = signed_in.submit().json()["job"]["id"]

    first = signed_in.post(f"/svg/generation-jobs/{job_id}/cancel")
    again = signed_in.post(f"/svg/generation-jobs/{job_id}/cancel")

    assert (first.status_code, first.json()) == (200, again.json())
    job = first.json()["job"]
    assert (job["status"], job["errorCode"]) == ("FAILED", "CANCELED")
    assert job["errorMessage"] == "You canceled this drawing. You were not charged."


@pytest.mark.django_db(transaction=True)
def test_source_of_public_and_private_drawings(signed_in, api):
    public, private = draw(signed_in), draw(signed_in, key="k2", privacy=True)
    stranger = Client()

    def source(client, drawing):
        return client.get(f"/api/svg/{drawing.pk}/source")

    assert source(stranger, public).json() == {"id": str(public.pk), "svg": public.svg}
    assert source(signed_in.client, private).json()["svg"] == private.svg
    assert source(stranger, private).status_code == 404
    assert source(stranger, private).json() == {"error": "SVG not found"}
    assert "no-store" in source(stranger, public)["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_source_of_a_private_drawing_with_a_stale_token_is_401(signed_in):
    private = draw(signed_in, privacy=True)
    signed_in.client.cookies["token"] = "stale"

    reply = signed_in.get(f"/svg/{private.pk}/source")

    assert (reply.status_code, reply.json()) == (401, {"error": "Invalid token"})


@pytest.mark.django_db(transaction=True)
def test_download_gives_an_address_that_works_without_cookies(signed_in):
    drawing = draw(signed_in, privacy=True)

    url = signed_in.get(f"/svg/{drawing.pk}/download").json()["downloadUrl"]
    file = Client().get(url.removeprefix("http://testserver"))

    assert file.content.decode() == drawing.svg
    assert file["Content-Disposition"] == names.attachment(drawing)


@pytest.mark.django_db(transaction=True)
def test_download_of_somebody_elses_drawing_is_404(signed_in, api):
    drawing = draw(signed_in)
    other = type(api)().sign_in(factories.person())

    reply = other.get(f"/svg/{drawing.pk}/download")

    assert (reply.status_code, reply.json()) == (404, {"error": "Generation not found"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_key", [False, True])
def test_fifty_parallel_requests_make_one_job_of_one_credit(api, same_key):
    user = factories.person(credits_left=1)
    cookies = api.sign_in(user).client.cookies
    replies = []

    def submit(number):
        mine = type(api)()
        mine.client.cookies, mine.token = cookies, api.token
        replies.append(mine.submit(key="one" if same_key else f"key-{number}"))
        connection.close()

    threads = [threading.Thread(target=submit, args=(n,)) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    codes = sorted(reply.status_code for reply in replies)
    assert codes == ([202] * 50 if same_key else [202] + [402] * 49)
    assert Job.objects.count() == 1
