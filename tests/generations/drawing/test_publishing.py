"""Publishing a drawing and taking that back: in the gallery, in its files, and when several try."""

from contextlib import suppress

import pytest

from generations import services
from generations.errors import DrawingMissing, NothingToDelete, StaysPrivate
from generations.gallery import shelf
from generations.gallery.asked import Filters
from generations.models import Gap, Generation
from tests import factories
from tests.generations.gallery.drawings import draw, gallery, ids
from tests.generations.test_races import each_in_a_thread
from tests.pages import Browser, text


@pytest.fixture
def browser(person):
    return Browser().sign_in(person)


@pytest.mark.django_db(transaction=True)
def test_ready_pages_of_the_gallery_follow_at_once(api, person):
    (drawing,) = draw(person, is_private=True, style="3d")
    pages = [Filters("", ""), Filters("3d", ""), Filters("", "studio"), Filters("3d", "studio")]

    def shown():
        return [str(drawing.pk) in shelf.first(one).made.text for one in pages]

    assert shown() == [False] * 4
    services.publish(person, drawing.pk)
    assert shown() == [True] * 4
    assert gallery(api, style="3d") == [str(drawing.pk)]
    services.unpublish(person, drawing.pk)
    assert shown() == [False] * 4
    assert gallery(api) == []


@pytest.mark.django_db
def test_stable_address_opens_what_is_public_and_nothing_else(api, person):
    (drawing,) = draw(person, is_private=True)
    there = f"/files/{drawing.storage_key}"

    assert api.client.get(there).status_code == 404
    services.publish(person, drawing.pk)
    etag = api.client.get(there)["ETag"]
    services.unpublish(person, drawing.pk)
    assert api.client.get(there).status_code == 404
    assert api.client.get(there, headers={"If-None-Match": etag}).status_code == 404
    assert api.get(f"/svg/{drawing.pk}/source").status_code == 404


@pytest.mark.django_db
def test_repeat_changes_nothing(person):
    (drawing,) = draw(person)

    services.publish(person, drawing.pk)
    assert not Gap.objects.exists()
    for _ in range(2):
        services.unpublish(person, drawing.pk)
    assert Generation.objects.get(pk=drawing.pk).is_private
    assert Gap.objects.count() == 1


@pytest.mark.django_db
def test_pages_of_the_gallery_go_on_after_what_left_it(api, person):
    newest, middle, oldest = draw(person, 3)

    services.unpublish(person, middle.pk)

    after = api.get(f"/svg/public?cursor={middle.pk}").json()
    assert [one["id"] for one in after["publicGenerations"]] == [str(oldest.pk)]
    services.delete_drawing(person, middle.pk)  # its place is noted already
    assert api.get(f"/svg/public?cursor={middle.pk}").status_code == 200
    assert gallery(api) == ids([newest, oldest])


@pytest.mark.django_db
@pytest.mark.parametrize("act", [services.publish, services.unpublish])
def test_others_drawings_are_not_there(person, act):
    for is_private in (True, False):
        (drawing,) = draw(factories.person(), is_private=is_private)

        with pytest.raises(DrawingMissing):
            act(person, drawing.pk)
        assert Generation.objects.get(pk=drawing.pk).is_private is is_private


@pytest.mark.django_db
def test_drawing_of_a_test_stays_private(browser, person):
    (drawing,) = draw(person, is_private=True, credits_used=0)

    with pytest.raises(StaysPrivate):
        services.publish(person, drawing.pk)
    reply = browser.post(f"/d/{drawing.pk}/publish")

    assert reply.status_code == 303
    assert "stay private" in text(browser.get(reply["Location"]))
    assert Generation.objects.get(pk=drawing.pk).is_private


@pytest.mark.django_db
def test_button_publishes_says_so_and_offers_the_way_back(browser, person):
    (drawing,) = draw(person, is_private=True)

    reply = browser.post(f"/d/{drawing.pk}/publish")
    shown = text(browser.get(reply["Location"]))

    assert (reply.status_code, reply["Location"]) == (303, f"/d/{drawing.pk}")
    assert not Generation.objects.get(pk=drawing.pk).is_private
    assert "Published: everybody can see it" in shown
    assert f'action="/d/{drawing.pk}/unpublish"' in shown


@pytest.mark.django_db
def test_lists_hear_of_it(browser, person):
    (drawing,) = draw(person)

    reply = browser.post(f"/d/{drawing.pk}/unpublish", **{"HX-Request": "true"})

    assert (reply.status_code, reply.content) == (200, b"")
    assert '"visibility": {"id": "%s", "is_private": true}' % drawing.pk in reply["HX-Trigger"]
    assert f"/d/{drawing.pk}/publish" in reply["HX-Trigger"]


@pytest.mark.django_db
def test_undo_by_a_script_needs_no_page(browser, person):
    (drawing,) = draw(person)

    reply = browser.post(f"/d/{drawing.pk}/unpublish", Accept="*/*")

    assert reply.status_code == 204


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["publish", "unpublish"])
def test_strangers_and_visitors_change_nothing(person, act):
    (drawing,) = draw(person, is_private=act == "publish")
    stranger = Browser().sign_in(factories.person())

    assert stranger.post(f"/d/{drawing.pk}/{act}").status_code == 404
    assert Browser().post(f"/d/{drawing.pk}/{act}")["Location"].startswith("/signin")
    assert stranger.get(f"/d/{drawing.pk}/{act}").status_code == 405
    assert Generation.objects.get(pk=drawing.pk).is_private is (act == "publish")


@pytest.mark.django_db(transaction=True)
def test_publishing_and_deleting_at_once_leaves_nothing_in_the_gallery(api):
    user = factories.person()
    drawings = draw(user, 8, is_private=True)

    def publish(drawing):
        with suppress(DrawingMissing):
            services.publish(user, drawing.pk)

    def delete(drawing):
        services.delete_drawing(user, drawing.pk)

    each_in_a_thread(
        lambda act=act, drawing=drawing: act(drawing)
        for drawing in drawings
        for act in (publish, delete)
    )

    assert not Generation.everything.filter(user=user).exists()
    assert gallery(api) == []
    with pytest.raises(NothingToDelete):
        services.delete_drawing(user, drawings[0].pk)


@pytest.mark.django_db(transaction=True)
def test_many_changes_at_once_end_as_the_row_says(api):
    user = factories.person()
    (drawing,) = draw(user)

    each_in_a_thread(
        lambda act=act: act(user, drawing.pk) for act in [services.publish, services.unpublish] * 6
    )

    is_private = Generation.objects.get(pk=drawing.pk).is_private
    assert gallery(api) == ([] if is_private else [str(drawing.pk)])
    assert Gap.objects.filter(pk=drawing.pk).count() == 1
