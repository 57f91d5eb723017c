"""Every answer that is a drawing is inert wherever it is opened; pages show drawings as images."""

from html.parser import HTMLParser

import pytest
from django.conf import settings as live

from generations import files, pipeline
from generations.models import Generation
from tests import factories
from tests.pages import Browser, text

pytestmark = pytest.mark.django_db(transaction=True)
SAFE = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    ),
    "X-Content-Type-Options": "nosniff",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
TYPE = {"Content-Type": "image/svg+xml; charset=utf-8"}
MARK = "cs_mark_of_this_drawing"


@pytest.fixture(autouse=True)
def stored(settings, tmp_path):
    backend = "django.core.files.storage.FileSystemStorage"
    default = {"BACKEND": backend, "OPTIONS": {"location": tmp_path, "allow_overwrite": True}}
    settings.STORAGES = {**live.STORAGES, "default": default}


def drawing(user=None, **fields):
    job = factories.job(user, **fields)
    pipeline.run(job.pk)
    return Generation.objects.get(job=job.pk)


def addresses():
    """Every way to a drawing as a file."""
    public, private = drawing(), drawing(is_private=True)
    return {
        "public": files.path(public),
        "private": files.path(private),
        "public download": files.path(public, download=True),
        "private download": files.path(private, download=True),
        "sample": "/samples/fox/flat.svg",
    }


def carried(reply, names):
    return {name: reply.headers.get(name) for name in names}


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("origin", [None, "https://elsewhere.example"])
def test_every_drawing_carries_the_safety_headers(client, method, origin):
    headers = {"Origin": origin} if origin else {}

    for name, address in addresses().items():
        reply = getattr(client, method)(address, headers=headers)

        assert reply.status_code == 200, name
        assert carried(reply, SAFE | TYPE) == SAFE | TYPE, name
        disposition = reply.headers.get("Content-Disposition", "")
        assert disposition.startswith("attachment;") is name.endswith("download"), name
        assert not reply.cookies, name


def test_not_modified_does_not_change_the_policy_that_a_cache_holds(client):
    for name, address in addresses().items():
        etag = client.get(address).headers.get("ETag")
        if not etag:
            continue

        reply = client.get(address, headers={"If-None-Match": etag})

        assert (reply.status_code, reply.content) == (304, b""), name
        assert carried(reply, SAFE) == SAFE, name


def test_source_is_text_and_stays_text():
    made = drawing(user := factories.person())
    browser = Browser().sign_in(user)

    page = browser.get(f"/app/drawings/{made.pk}/svg")
    api = browser.get(f"/api/svg/{made.pk}/source")

    assert page["Content-Type"] == "text/plain; charset=utf-8"
    assert api["Content-Type"] == "application/json; charset=utf-8"
    for reply in (page, api):
        assert reply["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in reply["Content-Security-Policy"]


class Elements(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, reply):
        super().__init__()
        self.found = []
        self.feed(text(reply))

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def named(self, *names):
        return [attributes for tag, attributes in self.found if tag in names]


def test_pages_show_drawings_as_images_and_no_other_way():
    user = factories.person()
    made = drawing(user)
    marked = made.svg.replace("</svg>", f'<g id="{MARK}"/></svg>')
    Generation.objects.update(svg=marked)
    browser = Browser().sign_in(user)
    card = browser.get(f"/app/jobs/{made.job.pk}", **{"HX-Request": "true"})

    for reply in (browser.get("/app"), browser.get(f"/app?job={made.job.pk}"), card):
        page = Elements(reply)

        assert files.path(made) in [image["src"] for image in page.named("img")]
        assert MARK not in text(reply)
        assert not page.named("object", "embed", "iframe", "frame", "image")


def test_landing_page_shows_samples_as_images():
    page = Elements(Browser().get("/"))

    assert sum(one["src"].startswith("/samples/") for one in page.named("img")) >= 9
    assert not page.named("object", "embed", "iframe", "frame", "image", "path")
