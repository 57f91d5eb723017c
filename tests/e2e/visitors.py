"""What visitors do in a window to come in."""

from itertools import count
from re import Pattern

from tests.factories import PASSWORD

PATIENCE = 15_000  # milliseconds
_numbers = count(1)


def new_email() -> str:
    return f"visitor{next(_numbers)}@example.com"


def fill_sign_up(page) -> str:
    """Fill the form that is shown, and send it; the e-mail address."""
    email = new_email()
    page.get_by_label("Full name").fill("Ada Lovelace")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Create account").click()
    return email


def sign_up(page, then: str = "/app") -> str:
    page.goto(f"/signup?next={then}")
    email = fill_sign_up(page)
    page.wait_for_url(f"**{then}")
    return email


def sign_in(page, email: str, password: str = PASSWORD) -> None:
    """By the form that is shown."""
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/app")


def in_header(page, role: str, name: str | Pattern[str]):
    """Something of the header: in a small window it is in the menu, which opens for it."""
    header = page.get_by_role("banner")
    menu = header.get_by_title("Menu", exact=True)
    if menu.is_visible():
        menu.click()
    return header.get_by_role(role, name=name)


def copied(page) -> str:
    """What the clipboard holds."""
    return page.evaluate("navigator.clipboard.readText()")
