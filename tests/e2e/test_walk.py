"""Every page in a real browser: wide and narrow, light and dark, by whoever sees it differently.

Its screenshots are in `.pytest_cache/walk`, or where TEST_SCREENSHOTS says.
"""

import os
from pathlib import Path

import pytest

from chatsvg.bench.stack import WEB
from tests.e2e.walk import places
from tests.e2e.walk.people import settle
from tests.e2e.walk.sight import IS_WHOLE, NARROW, WCAG, Sight, told
from tests.faults.people import PASSWORD
from tests.nodejs import PROJECT

pytestmark = pytest.mark.slow
DOCUMENT = "<html"
EVERYBODY = [places.VISITOR, places.PERSON, places.SUPPORTER, places.STAFF]  # two in the usual run
SPOILT = """() => {
    const bad = document.createElement("div");
    bad.innerHTML = `<h1>Another</h1><img src="/static/img/nothing.png"><p>Pale</p>`;
    bad.lastChild.style.color = "#eee";
    bad.style.width = "900px";
    document.querySelector("main").prepend(bad);
    const script = document.createElement("script");
    script.textContent = "0";
    document.body.append(script);
    console.error("alas");
    setTimeout(() => { throw new Error("oh dear") });
}"""
FAULTS = (
    "has 2 h1",
    "wider than the window",
    "axe: image-alt",
    "axe: color-contrast",
    "moved while it loaded",
    "has the title of /privacy",
    "forbidden: ['script-src-elem",
    "console error: alas",
    "404 http",
    "script: oh dear",
)


@pytest.fixture(scope="module")
def screenshots():
    folder = Path(os.environ.get("TEST_SCREENSHOTS", PROJECT / ".pytest_cache" / "walk"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def people(processes):
    processes.make_whole()
    return settle(processes)


@pytest.fixture
def sight_of(chromium, people, screenshots, processes):
    """Opens the window of somebody."""
    windows = []

    def look(who: str) -> Sight:
        window = people.window(chromium, processes.url, who)
        windows.append(window)
        return Sight(who, window.__enter__(), screenshots)

    yield look
    for window in windows:
        window.__exit__(None, None, None)


def test_every_page_has_an_example(people):
    assert not places.forgotten(), places.HOW_TO.format(places.forgotten())
    assert places.left_over() == []
    pages = [
        f"{address} ({who})"
        for address in places.unknown()
        for who, person in people.by_name.items()
        if person and is_page(person.fetch(address))
    ]
    assert not pages, places.HOW_TO.format(pages)


def is_page(reply) -> bool:
    return reply.status == 200 and DOCUMENT in reply.body[:300].decode(errors="replace")


@pytest.mark.parametrize("who", EVERYBODY if IS_WHOLE else EVERYBODY[:2])
def test_pages_are_sound(who, people, sight_of, report):
    sight = sight_of(who)

    for address, place in places.places(who):
        sight.walk(address, place.path.format(**people.ids), place.status)

    heaviest = max(sight.weights.items(), key=lambda one: one[1])
    report(f"CSS and JS of a page at most {heaviest[1].kilobytes:.1f} KB ({heaviest[0]})")
    if IS_WHOLE:
        slowest = max(sight.paints.items(), key=lambda one: one[1])
        report(f"first paint, slowed four times, after {slowest[1]:.0f} ms at most ({slowest[0]})")
    assert not sight.faults, told(sight.faults)


@pytest.mark.skipif(not IS_WHOLE, reason="its process starts twice: with TEST_WALK=whole")
def test_styleguide_is_sound(stack, sight_of):
    """In development, which alone shows it."""
    stack.restart(WEB, DEBUG="true")
    sight = sight_of(places.VISITOR)

    sight.walk("/styleguide", "/styleguide")

    assert not sight.faults, told(sight.faults)


def test_faults_of_a_page_are_noticed(sight_of, tmp_path):
    """What the walk says of a page that somebody has spoilt."""
    sight = sight_of(places.VISITOR)
    sight.folder = tmp_path
    sight.titles["Privacy Policy · ChatSVG"] = "/privacy"
    sight.load("/privacy", NARROW, "light")

    sight.page.evaluate(SPOILT)
    sight.page.wait_for_function("() => walk.shift && walk.forbidden.length")
    sight.look("/elsewhere")

    noticed = "\n".join(sight.faults)
    for fault in FAULTS:
        assert fault in noticed, (fault, noticed)


@pytest.mark.skipif(not IS_WHOLE, reason="with TEST_WALK=whole: its own tests look at it, too")
def test_admin_is_sound(people, sight_of):
    """Its pages are made by others: what WCAG wants, and no advice besides."""
    sight = sight_of(places.STAFF)
    sight.rules, sight.is_ours = WCAG, False
    sign_in(sight.page, people.by_name[places.STAFF].email)

    for address in places.admin_pages():
        sight.glance(address, address)
    for address, path in places.ADMIN_OBJECTS.items():
        sight.glance(address, path.format(**people.ids))

    assert not sight.faults, told(sight.faults)


def sign_in(page, email: str) -> None:
    page.goto("/admin/login/?next=/admin/")
    page.locator("#id_username").fill(email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password").press("Enter")
    page.wait_for_url("**/admin/")
