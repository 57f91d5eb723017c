"""A browser without scripts: cookies, and forms with their hidden fields."""

import re

from django.test import Client

from tests import factories


class Browser:
    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True, headers={"Accept": "text/html"})

    def get(self, path: str, **headers):
        return self.client.get(path, headers=headers)

    def post(self, path: str, fields: dict | None = None, **headers):
        """Send a form of ours: with the hidden field that every form carries."""
        if "csrf-token" not in self.client.cookies:
            self.get("/signin")
        token = self.client.cookies["csrf-token"].value
        return self.client.post(path, {"csrf-token": token, **(fields or {})}, headers=headers)

    def sign_in(self, user) -> "Browser":
        reply = self.post("/signin", {"email": user.email, "password": factories.PASSWORD})
        assert reply.status_code == 302, reply.content
        return self

    def draw(self, **fields):
        """Press Generate, with the key of a form that was just shown."""
        recipe = {"prompt": "a red fox asleep", "style": "flat", "model": "studio"}
        asked = {**recipe, "privacy": "public", "key": key_in(self.get("/app")), **fields}
        return self.post("/app", asked)


def text(reply) -> str:
    return reply.content.decode()


def key_in(reply) -> str:
    """The idempotency key of the page's prompt form."""
    return re.search(r'name="key" value="([^"]+)"', text(reply))[1]


def inline_code(reply) -> list[str]:
    """What the content security policy would refuse."""
    forbidden = r'<style|<script(?![^>]* src=)|\sstyle="|\son[a-z]+="|javascript:'
    return re.findall(forbidden, text(reply))
