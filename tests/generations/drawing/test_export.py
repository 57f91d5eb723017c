"""`/d/<id>/export`: a drawing as a file, for whoever may see it."""

from io import BytesIO
from uuid import uuid4

import pytest
from PIL import Image

from chatsvg.ratelimits import rules
from generations import exports, names, pipeline, services
from generations.exports import pictures
from generations.models import Job
from tests import factories
from tests.generations.gallery.drawings import draw
from tests.pages import Browser, text

pytestmark = pytest.mark.django_db
WIDE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 32"><path d="M0 0h64v32z"/></svg>'


@pytest.fixture
def browser(person):
    return Browser().sign_in(person)


@pytest.fixture
def drawing(person):
    return draw(person, svg=WIDE, is_private=True)[0]


def export(browser, drawing, query="", **headers):
    return browser.get(f"/d/{drawing.pk}/export?{query}", **headers)


@pytest.mark.parametrize("kind", exports.FORMATS)
def test_every_format_is_a_file_with_a_name(browser, drawing, kind):
    reply = export(browser, drawing, f"format={kind}")

    ending = exports.FORMATS[kind].ending
    assert reply.status_code == 200
    assert reply["Content-Type"] == exports.FORMATS[kind].media_type
    assert reply["Content-Disposition"] == names.attachment(drawing, ending)
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert reply["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("kind", [kind for kind, of in exports.FORMATS.items() if of.is_text])
def test_text_is_to_be_copied(browser, drawing, kind):
    reply = export(browser, drawing, f"format={kind}&copy=1")

    assert reply["Content-Type"] == "text/plain; charset=utf-8"
    assert "Content-Disposition" not in reply
    assert reply.content == export(browser, drawing, f"format={kind}").content
    assert reply["ETag"] != export(browser, drawing, f"format={kind}")["ETag"]


@pytest.mark.parametrize(
    ("query", "size"),
    [
        ("", (512, 256)),
        ("scale=1", (64, 32)),
        ("scale=2", (128, 64)),
        ("scale=4", (256, 128)),
        ("scale=4&size=20", (256, 128)),  # the form sends both
        ("scale=&size=16", (16, 8)),
        ("size=4096", (4096, 2048)),
    ],
)
def test_picture_is_as_large_as_asked(browser, drawing, query, size):
    reply = export(browser, drawing, f"format=png&{query}")

    with Image.open(BytesIO(reply.content)) as picture:
        assert picture.size == size


def test_scale_goes_by_what_the_drawing_says_of_itself(browser, person):
    svg = WIDE.replace("<svg", '<svg width="10mm"')
    (drawing,) = draw(person, svg=svg)

    with Image.open(BytesIO(export(browser, drawing, "format=png&scale=2").content)) as picture:
        assert picture.size == (76, 38)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("format=gif", "Invalid format"),
        ("format=png&size=15", "from 16 to 4096"),
        ("format=png&size=4097", "from 16 to 4096"),
        ("format=png&size=x", "from 16 to 4096"),
        ("format=png&scale=3", "scale must be one of: 1, 2, 4"),
        ("format=png&copy=1", "cannot be copied as text"),
        ("format=pdf&copy=1", "cannot be copied as text"),
    ],
)
def test_what_cannot_be_made_is_refused_in_words(browser, drawing, query, said):
    reply = export(browser, drawing, query)

    assert reply.status_code == 400
    assert said in text(reply)


def test_scale_beyond_the_largest_is_refused_and_not_offered(browser, person):
    (drawing,) = draw(person, svg=WIDE.replace("<svg", '<svg width="1200"'))

    assert "from 16 to 4096" in text(export(browser, drawing, "format=png&scale=4"))
    shown = text(browser.get(f"/d/{drawing.pk}"))
    assert 'name="scale" value="2" checked' in shown
    assert 'name="scale" value="4"' not in shown


def test_public_file_is_everybodys_and_is_asked_for_anew_each_time(person):
    (drawing,) = draw(person)
    visitor = Browser()

    reply = export(visitor, drawing)
    again = export(visitor, drawing, **{"If-None-Match": reply["ETag"]})

    assert (reply.status_code, again.status_code) == (200, 304)
    assert reply["Cache-Control"] == again["Cache-Control"] == "private, no-cache"
    services.unpublish(person, drawing.pk)
    assert export(visitor, drawing, **{"If-None-Match": reply["ETag"]}).status_code == 404


def test_optimised_file_is_smaller(browser, person):
    job = services.submit(person, factories.recipe(), idempotency_key=uuid4().hex).job
    pipeline.run(job.pk)
    drawing = Job.objects.get(pk=job.pk).generation

    assert len(export(browser, drawing, "format=optimized").content) < drawing.size_bytes


@pytest.mark.parametrize(("kind", "rule"), [("jsx", "EXPORTS"), ("pdf", "PICTURES")])
def test_exports_are_counted_by_person_or_address(limited, person, monkeypatch, kind, rule):
    scarce = getattr(rules, rule)
    monkeypatch.setattr(rules, rule, type(scarce)(scarce.name, (rules.Rate(1, 60),), "Too many"))
    (drawing,) = draw(person)
    visitor, other = Browser(), Browser().sign_in(factories.person())

    assert export(visitor, drawing, f"format={kind}").status_code == 200
    refused = export(Browser(), drawing, f"format={kind}")
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert export(other, drawing, f"format={kind}").status_code == 200


@pytest.mark.parametrize(("is_busy", "status"), [(True, 503), (False, 422)])
def test_picture_that_is_not_made_is_told_on_a_page(browser, drawing, monkeypatch, is_busy, status):
    def give_up(*args, **kwargs):
        raise exports.NotDrawn(is_busy=is_busy)

    monkeypatch.setattr(exports, "make", give_up)

    reply = export(browser, drawing, "format=png")

    assert reply.status_code == status
    assert ("Retry-After" in reply) == is_busy
    assert reply["Content-Type"].startswith("text/html")


LETTERS = WIDE.replace("</svg>", "<text>fox</text></svg>")  # painted in a process of its own


def test_who_signs_in_has_places_and_sizes_that_visitors_have_not(browser, person):
    (drawing,) = draw(person, svg=LETTERS)
    visitor = Browser()

    with pictures._guest_places:
        busy = export(visitor, drawing, "format=png&size=64")
        assert (busy.status_code, busy["Retry-After"]) == (503, "5")
        assert "Busy for a moment" in text(busy) and "Try again" in text(busy)
        assert export(browser, drawing, "format=png&size=64").status_code == 200
        # which is kept, so that nobody waits for it again
        assert export(visitor, drawing, "format=png&size=64").status_code == 200

    large = export(visitor, drawing, "format=png&size=2049")
    assert (large.status_code, "who are signed in" in text(large)) == (400, True)
    assert "for up to 4096 pixels" in text(visitor.get(f"/d/{drawing.pk}"))


def test_drawing_that_is_dear_holds_a_visitor_for_little_time(person, monkeypatch):
    monkeypatch.setattr(pictures, "GUEST_SECONDS", 0.01)
    (drawing,) = draw(person, svg=LETTERS)

    assert export(Browser(), drawing, "format=pdf").status_code == 422
