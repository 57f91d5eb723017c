"""Remixes: what may be one's parent, who sees that it is, and what becomes of it."""

from uuid import uuid4

import pytest

from generations import discarding, pipeline, remixing, services
from generations.errors import RemixMissing
from generations.models import Generation, Job
from tests import factories
from tests.generations.gallery.drawings import draw
from tests.generations.test_races import each_in_a_thread
from tests.pages import Browser, text

SECRET = "a zebra nobody may know of"
pytestmark = pytest.mark.django_db


def submit(user, parent, key="k"):
    return services.submit(user, factories.recipe(), idempotency_key=key, remix_of=parent).job


def remix(user, parent):
    job = submit(user, parent.pk, uuid4().hex)
    pipeline.run(job.pk)
    return Job.objects.get(pk=job.pk).generation


def lineage(browser, drawing):
    shown = text(browser.get(f"/d/{drawing.pk}"))
    return shown.partition('class="lineage"')[2].partition("</section>")[0]


@pytest.mark.parametrize("is_private", [True, False])
def test_own_drawing_can_be_remixed_and_is_the_parent_of_what_comes(person, is_private):
    (parent,) = draw(person, is_private=is_private)

    child = remix(person, parent)

    assert child.remix_of_id == child.job.remix_of_id == parent.pk
    assert list(parent.remixes.all()) == [child]


def test_public_drawing_of_somebody_else_can_be_remixed(person):
    (parent,) = draw(factories.person())

    assert remix(person, parent).remix_of_id == parent.pk


def test_what_cannot_be_seen_cannot_be_remixed_and_costs_nothing(person):
    private = draw(factories.person(), is_private=True)[0]
    away = draw(factories.person())[0]
    discarding.discard(away.user, [away.pk])
    told = set()

    for parent in (private.pk, away.pk, uuid4()):
        with pytest.raises(RemixMissing) as refusal:
            submit(person, parent)
        told.add((refusal.value.status, refusal.value.code, str(refusal.value)))

    assert len(told) == 1 and told.pop()[0] == 404
    assert not Job.objects.owned_by(person).exists()
    person.wallet.refresh_from_db()
    assert (person.wallet.balance, person.wallet.held) == (10, 0)
    assert submit(person, None).remix_of_id is None  # the key is free


def test_repeat_names_its_job_though_the_parent_is_private_by_now(person):
    (parent,) = draw(factories.person())
    job = submit(person, parent.pk)

    services.unpublish(parent.user, parent.pk)

    assert submit(person, parent.pk) == job


@pytest.mark.parametrize("end", [services.unpublish, services.delete_drawing])
def test_parent_that_goes_is_seen_by_nobody_who_may_not(person, end):
    owner = factories.person()
    (parent,) = draw(owner, prompt=SECRET)
    child = remix(person, parent)
    mine = Browser().sign_in(person)
    assert SECRET in lineage(mine, child)

    end(owner, parent.pk)

    for reader in (mine, Browser(), Browser().sign_in(factories.person())):
        told = lineage(reader, child)
        assert "Remixed from" in told
        assert SECRET not in told and str(parent.pk) not in told


def test_private_and_deleted_parents_look_the_same(person):
    told = set()
    for end in (services.unpublish, services.delete_drawing):
        (parent,) = draw(factories.person())
        child = remix(person, parent)
        end(parent.user, parent.pk)
        told.add(lineage(Browser(), child))

    assert len(told) == 1


def test_private_remixes_are_their_persons_alone(person):
    (parent,) = draw(person)
    secret = draw(factories.person(), is_private=True, prompt=SECRET, remix_of=parent)[0]
    shown = draw(factories.person(), prompt="a boat", remix_of=parent)[0]

    for reader in (Browser(), Browser().sign_in(person)):
        told = lineage(reader, parent)
        assert "a boat" in told and str(shown.pk) in told
        assert SECRET not in told and str(secret.pk) not in told
    assert SECRET in lineage(Browser().sign_in(secret.user), parent)


def test_drawing_without_relatives_tells_of_none(person):
    (drawing,) = draw(person)

    assert lineage(Browser(), drawing) == ""


def test_form_gets_the_recipe_of_what_may_be_seen(person):
    (parent,) = draw(factories.person(), prompt="a boat", style="3d", model="gpt-4o")

    assert remixing.typed(remixing.parent(person, parent.pk)) == {
        "prompt": "a boat",
        "style": "3d",
        "model": "gpt-4o",
        "privacy": "public",
        "remix": str(parent.pk),
    }
    services.unpublish(parent.user, parent.pk)
    with pytest.raises(RemixMissing):
        remixing.parent(person, parent.pk)


def test_remix_by_the_form_has_its_lineage(person):
    (parent,) = draw(factories.person())
    browser = Browser().sign_in(person)

    assert f'name="remix" value="{parent.pk}"' in text(browser.get(f"/app?remix={parent.pk}"))
    browser.draw(remix=str(parent.pk))

    assert Job.objects.owned_by(person).get().remix_of_id == parent.pk


@pytest.mark.django_db(transaction=True)
def test_deleting_parents_while_their_remixes_are_drawn_disturbs_neither():
    """Nobody's rows are locked by what others do with theirs."""
    one, other = factories.person(), factories.person()
    pairs = [(draw(user)[0], other if user is one else one) for user in [one, other] * 3]
    jobs = [submit(user, parent.pk, uuid4().hex) for parent, user in pairs]

    each_in_a_thread(
        [
            *(lambda job=job: pipeline.run(job.pk) for job in jobs),
            *(
                lambda parent=parent: services.delete_drawing(parent.user, parent.pk)
                for parent, _ in pairs
            ),
        ]
    )

    left = list(Generation.objects.all())
    assert len(left) == len(jobs)
    assert {one.remix_of_id for one in left} == {parent.pk for parent, _ in pairs}


def test_what_is_tried_again_is_drawn_though_its_parent_is_gone(person):
    (parent,) = draw(factories.person())
    job = submit(person, parent.pk)
    services.cancel(person, job.pk)
    Generation.objects.filter(pk=parent.pk).update(is_private=True)
    browser = Browser().sign_in(person)

    browser.draw(remix=parent.pk)
    assert Job.objects.count() == 1  # a form says that it is gone, and is sent once more
    reply = browser.draw(remix=parent.pk, retry=job.pk)

    assert reply.status_code == 303
    assert Job.objects.exclude(pk=job.pk).get().remix_of_id is None
