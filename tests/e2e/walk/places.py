"""Every page, by its route: an example of its address, and to whom it shows something of its own.

A new page gets a row here: `test_walk` fails until it has one.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tests.contract import routes

VISITOR, PERSON, SUPPORTER, STAFF = "visitor", "person", "supporter", "staff"
EVERYBODY = (VISITOR, PERSON)
HOW_TO = """
These routes answer with pages that nobody walks through: {}
Give each an example in PAGES (tests/e2e/walk/places.py), or say in PARTS that it is no page.
"""


class Place(NamedTuple):
    """An address, in which `{drawing}` and the like are ids of things of the people of the walk."""

    path: str
    who: tuple[str, ...] = EVERYBODY
    status: int = 200


def of(*who: str, path: str = "", status: int = 200) -> Place:
    return Place(path, who, status)


ALL = of(*EVERYBODY)
PAID = of(*EVERYBODY, SUPPORTER)
MINE = of(PERSON)
NEWCOMERS = of(VISITOR)
PAGES: dict[str, tuple[Place, ...]] = {
    "/": (ALL,),
    "/app": (of(*EVERYBODY, SUPPORTER, STAFF),),
    "/gallery": (ALL, of(VISITOR, path="/gallery?style=flat")),
    "/history": (ALL, of(PERSON, path="/history?q=nothing+like+this")),
    "/d/<drawing_id>": (
        of(*EVERYBODY, path="/d/{drawing}"),
        of(PERSON, path="/d/{private}"),
        of(VISITOR, path="/d/{private}", status=404),
    ),
    "/pricing": (PAID,),
    "/billing/paypal/success": (PAID,),
    "/billing/paypal/cancel": (ALL,),
    "/credits": (MINE,),
    "/api-keys": (PAID,),
    "/api-keys/webhooks": (of(PERSON, SUPPORTER),),
    "/api-keys/webhooks/<webhook_id>": (of(PERSON, path="/api-keys/webhooks/{webhook}"),),
    "/docs": (ALL,),
    "/v1/docs": (ALL,),
    "/status": (ALL,),
    "/contact": (ALL, of(PERSON, path="/contact?type=bug&from=/app")),
    "/contact/tickets": (MINE,),
    "/contact/tickets/<ticket_id>": (of(PERSON, path="/contact/tickets/{ticket}"),),
    "/notifications": (MINE,),
    "/terms": (ALL,),
    "/privacy": (ALL,),
    "/signup": (NEWCOMERS,),
    "/signin": (NEWCOMERS, of(VISITOR, path="/signin?next=/app&error=state_invalid")),
    "/forgot-password": (NEWCOMERS,),
    "/reset-password": (of(VISITOR, path="/reset-password?token=unknown", status=400),),
    "/verify-email": (of(VISITOR, path="/verify-email?token=unknown", status=400),),
    "/confirm-email": (of(VISITOR, path="/confirm-email?token=unknown", status=400),),
    "/backstage/figures": (of(STAFF),),
    "/backstage": (
        NEWCOMERS,
        of(VISITOR, path="/backstage?token=unknown", status=400),
    ),
    "/account": (of(PERSON, SUPPORTER),),
    "/account/deleted": (NEWCOMERS,),
    "/oauth/authorize": (of(PERSON, path="{consent}"),),
    "/styleguide": (of(VISITOR, status=404),),
    "/nothing-here": (of(*EVERYBODY, status=404),),  # (no route at all)
}
NO_ROUTE = {"/nothing-here"}
# routes with arguments that answer with files, with pieces of a page, or to a button
PARTS = {
    "/account/identities/<provider>/disconnect",
    "/account/sessions/<session_id>/end",
    "/account/apps/<grant_id>/disconnect",
    "/account/export/<export_id>/download",
    "/api-keys/<key_id>/revoke",
    "/api-keys/webhooks/<webhook_id>/delete",
    "/api-keys/webhooks/<webhook_id>/disable",
    "/api-keys/webhooks/<webhook_id>/enable",
    "/api-keys/webhooks/<webhook_id>/rotate",
    "/api-keys/webhooks/<webhook_id>/test",
    "/api-keys/webhooks/deliveries/<delivery_id>/replay",
    "/app/jobs/<job_id>",
    "/app/jobs/<job_id>/cancel",
    "/app/jobs/<job_id>/dismiss",
    "/app/drawings/<drawing_id>",
    "/app/drawings/<drawing_id>/svg",
    "/app/drawings/<drawing_id>/download",
    "/contact/tickets/<ticket_id>/reply",
    "/d/<drawing_id>/actions",
    "/d/<drawing_id>/delete",
    "/d/<drawing_id>/drawing.svg",
    "/d/<drawing_id>/export",
    "/d/<drawing_id>/publish",
    "/d/<drawing_id>/shared.png",
    "/d/<drawing_id>/unpublish",
    "/d/<drawing_id>/restore",
    "/docs/samples/<name>",
    "/samples/<subject>/<style>.svg",
    "/files/avatars/<name>",
    "/files/<key>",
}
NOT_PAGES = ("/api/", "/v1/", "/oauth/", "/.well-known/", "/admin")

# the admin: what is no page there; and the objects of which somebody has one
ADMIN_PARTS = ("autocomplete/", "jsi18n/", "logout/", "login/", "add/", "search/", "find/")
ADMIN_OBJECTS = {
    "/admin/person/<person_id>/": "/admin/person/{person}/",
    "/admin/accounts/user/<object_id>/change/": "/admin/accounts/user/{person}/change/",
    "/admin/accounts/ticket/<object_id>/change/": "/admin/accounts/ticket/{ticket}/change/",
    "/admin/credits/wallet/<object_id>/change/": "/admin/credits/wallet/{wallet}/change/",
    "/admin/generations/job/<object_id>/change/": "/admin/generations/job/{job}/change/",
    "/admin/generations/generation/<object_id>/change/": (
        "/admin/generations/generation/{drawing}/change/"
    ),
}


def admin_pages() -> list[str]:
    """The lists and dashboards of the admin."""
    found = [route.address for route in routes.http() if route.address.startswith("/admin/")]
    return [one for one in found if "<" not in one and not one.endswith(ADMIN_PARTS)]


def places(who: str) -> Iterator[tuple[str, Place]]:
    """Where somebody goes, with the route of each place."""
    for address, known in PAGES.items():
        for place in known:
            if who in place.who:
                yield address, place._replace(path=place.path or address)


def unknown() -> list[str]:
    """Addresses without arguments of which the table says nothing: they should be no pages."""
    return [one for one in _ours() if "<" not in one and one not in PAGES]


def forgotten() -> list[str]:
    """Addresses with arguments of which no table says anything."""
    return [one for one in _ours() if "<" in one and one not in PAGES and one not in PARTS]


def left_over() -> list[str]:
    """What the tables name and the configuration does not."""
    known = {route.address for route in routes.http()} | NO_ROUTE
    return [one for one in (*PAGES, *PARTS, *ADMIN_OBJECTS) if one not in known]


def _ours() -> list[str]:
    found = (route.address for route in routes.http())
    return [one for one in found if one in PAGES or not one.startswith(NOT_PAGES)]
