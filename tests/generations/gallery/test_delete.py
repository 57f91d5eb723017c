from uuid import uuid4

import pytest
from django.db import transaction

from accounts.models import DoomedFile
from generations import deletion, pipeline, services
from generations.models import Gap, Generation, Job
from tests import factories
from tests.conftest import Api
from tests.generations.gallery.drawings import draw, history, ids

pytestmark = pytest.mark.django_db
MISSING = (404, {"error": "SVG generation not found"})


def delete(api, drawing: object, **headers):
    token = headers or {"X-CSRF-Token": api.csrf()}
    return api.client.delete(f"/api/user/generations/{drawing}", headers=token)


def told(reply) -> tuple:
    return reply.status_code, reply.json()


def test_delete_takes_the_drawing_out_of_everything(signed_in, person):
    kept, gone = draw(person, 2)

    assert told(delete(signed_in, gone.pk)) == (200, {"success": True})

    assert history(signed_in) == [str(kept.pk)]
    assert DoomedFile.objects.filter(storage_key=gone.storage_key).exists()
    assert signed_in.client.get(f"/files/{gone.storage_key}").status_code == 404
    assert signed_in.get(f"/svg/{gone.pk}/source").status_code == 404
    assert told(delete(signed_in, gone.pk)) == MISSING


def test_delete_of_anothers_drawing_is_as_of_one_that_never_was(signed_in):
    public, private = (draw(factories.person(), is_private=one)[0] for one in (False, True))

    for drawing in (public.pk, private.pk, uuid4(), "x", "%00", "..", "x" * 3000):
        assert told(delete(signed_in, drawing)) == MISSING, drawing
    assert Generation.objects.count() == 2
    assert not Gap.objects.exists()


@pytest.mark.parametrize("blank", ["%20", "%20%09%20"])
def test_delete_of_a_blank_id_is_400(signed_in, blank):
    assert told(delete(signed_in, blank)) == (400, {"error": "Invalid generation id"})


def test_delete_needs_a_token_and_a_person(signed_in, person):
    (drawing,) = draw(person)
    stranger = Api()

    assert delete(signed_in, drawing.pk, Accept="*/*").status_code == 403
    assert delete(stranger, drawing.pk).status_code == 401
    assert Generation.objects.count() == 1


def test_delete_answers_other_methods_with_405(signed_in, person):
    (drawing,) = draw(person)

    reply = signed_in.get(f"/user/generations/{drawing.pk}")

    assert told(reply) == (405, {"error": "Method not allowed"})


def test_r21_job_of_a_deleted_drawing_is_one_that_clients_forget(signed_in, person):
    """Clients forget a job whose error says `not found` (CONTRACT §5.5)."""
    job = signed_in.submit().json()["job"]["id"]
    pipeline.run(Job.objects.get(pk=job).pk)
    drawing = signed_in.get(f"/svg/generation-jobs/{job}").json()["job"]["generationId"]

    delete(signed_in, drawing)

    gone = {"error": "Generation job not found", "errorCode": "DRAWING_DELETED"}
    assert told(signed_in.get(f"/svg/generation-jobs/{job}")) == (404, gone)
    assert Job.objects.get().status == "SUCCEEDED"
    other = Api().sign_in(factories.person()).get(f"/svg/generation-jobs/{job}")
    assert told(other) == (404, {"error": "Generation job not found"})


def test_r21_repeated_submit_of_a_deleted_drawing_costs_nothing(signed_in, person):
    job = signed_in.submit().json()["job"]["id"]
    pipeline.run(Job.objects.get(pk=job).pk)
    delete(signed_in, Generation.objects.get().pk)

    again = signed_in.submit()

    assert (again.status_code, again.json()["duplicate"]) == (200, True)
    assert again.json()["job"]["id"] == job
    person.wallet.refresh_from_db()
    assert person.wallet.balance == 9


def test_places_of_who_leaves_are_nobodys(person):
    public, private = (draw(person, is_private=one)[0] for one in (False, True))
    services.delete_drawing(person, public.pk)
    services.delete_drawing(person, private.pk)
    (last,) = draw(person)

    with transaction.atomic():
        deletion.forget(person)

    assert set(ids(Gap.objects.all())) == set(ids([public, last]))
    assert set(Gap.objects.values_list("user", flat=True)) == {None}
