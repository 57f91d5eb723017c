"""The main path in a real browser: pages, workers, model server, PostgreSQL and Valkey are real."""

import re

import pytest
from lxml import etree
from playwright.sync_api import expect

from tests.e2e.keeping import keep
from tests.e2e.visitors import PATIENCE, copied, fill_sign_up, in_header, sign_in, sign_up
from tests.model_server import Behaviour

pytestmark = pytest.mark.slow
PROMPT = "a red fox asleep"
DRAWN = ".job[data-status=SUCCEEDED]"
HELD = """UPDATE credits_wallet SET held = {} FROM accounts_user person
          WHERE user_id = person.id AND email = %s RETURNING held"""
PROMISED, FREED = HELD.format("balance"), HELD.format("0")  # to other drawings


def draw(page, prompt: str = PROMPT, style: str = "flat") -> None:
    page.get_by_label("Prompt").fill(prompt)
    page.locator(f"[name=style][value='{style}']").check()
    page.get_by_role("button", name="Generate").click()


def draw_and_hold(page, stack) -> None:
    """Ask for a drawing and see it being drawn; the model falls silent until released."""
    stack.model.script(Behaviour(hold_after=2))
    draw(page)
    assert stack.model.wait_for(lambda model: model.log and model.log[-1].chunks == 2)
    expect(page.locator(".stages [aria-current=step]")).to_have_text("Drawing")
    keep(page, "drawing")


def credits_left(page):
    return page.locator("#credits")


def seen_width(image) -> int:
    """How wide the browser really drew it; 0 where it could not."""
    image.evaluate("image => image.decode()")
    return image.evaluate("image => image.naturalWidth")


def test_drawing_appears_while_the_page_stays(visit, stack):
    page = visit()
    sign_up(page)
    expect(credits_left(page)).to_contain_text("10 credits")
    page.evaluate("window.stayed = true")

    draw_and_hold(page, stack)
    expect(credits_left(page)).to_contain_text("9 credits")
    bar = page.locator(".job progress")
    assert wait_in(page, lambda: 25 <= bar.evaluate("bar => bar.value") < 100)  # by the socket
    stack.model.release()

    picture = page.locator(f"{DRAWN} img")
    expect(picture).to_be_visible()
    assert seen_width(picture) > 0
    assert page.evaluate("window.stayed")
    expect(page.locator("#announcer")).to_have_text("Your drawing is ready.")
    expect(page.locator("#recent .shelf-item")).to_have_count(1)
    expect(page.get_by_label("Prompt")).to_have_value("")
    assert stack.model.calls == 1


def test_drawing_is_copied_and_downloaded(visit, tmp_path):
    page = visit()
    sign_up(page)
    page.get_by_text("Private", exact=True).click()
    draw(page)
    card = page.locator(DRAWN)
    expect(card).to_contain_text("Private")

    for _ in range(2):
        card.get_by_role("button", name="Copy SVG").click()
    expect(page.locator("#toasts .toast")).to_have_text(["SVG copied"])
    with page.expect_download() as asked:
        card.get_by_role("link", name="Download SVG").click()
    file = tmp_path / asked.value.suggested_filename
    asked.value.save_as(file)

    assert re.fullmatch(r"[a-z-]+-[0-9a-f]{12}\.svg", file.name)
    assert etree.parse(file).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    assert copied(page) == file.read_text()


def test_drawings_are_there_after_signing_out_and_in(visit):
    page = visit()
    email = sign_up(page)
    draw(page)
    expect(page.locator(DRAWN)).to_be_visible()

    page.locator("summary", has_text="Ada Lovelace").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")
    in_header(page, "link", "Sign in").click()
    sign_in(page, email)

    expect(page.locator("#recent")).to_contain_text(PROMPT)
    expect(credits_left(page)).to_contain_text("9 credits")


def test_reload_shows_the_job_under_way(visit, stack):
    page = visit()
    sign_up(page)
    draw_and_hold(page, stack)

    page.goto("/app")

    expect(page.locator(".job[data-status=RUNNING]")).to_contain_text(PROMPT)
    stack.model.release()
    expect(page.locator(f"{DRAWN} img").first).to_be_visible()  # the sketch fades


def test_prompt_of_a_stranger_is_drawn_after_signing_up(visit):
    page = visit()
    page.goto("/")
    page.get_by_role("link", name="Open Web App").first.click()
    draw(page, "a lighthouse that nobody asked for yet")
    page.wait_for_url("**/signin?**")
    expect(page.locator("main")).to_contain_text("Your description is kept")
    page.get_by_role("link", name="Create an account").click()
    fill_sign_up(page)

    expect(page.get_by_label("Prompt")).to_have_value("a lighthouse that nobody asked for yet")
    page.get_by_role("button", name="Generate").click()

    expect(page.locator(DRAWN)).to_contain_text("a lighthouse that nobody asked for yet")


def test_what_one_tab_does_is_seen_in_the_other(visit):
    page = visit()
    sign_up(page)
    other = page.context.new_page()
    other.goto("/app")

    draw(other)

    card = page.locator(DRAWN)
    expect(card).to_contain_text(PROMPT)
    expect(page.locator("#cost")).to_contain_text("You have 9, and 8 after it.")
    other.locator("#recent").get_by_label(f"Actions: {PROMPT}").click()
    other.locator("#recent").get_by_role("button", name="Delete").click()
    expect(card).to_have_count(0)
    expect(page.locator("#recent")).to_contain_text("Nothing here any more")
    other.get_by_role("button", name="Undo").click()
    expect(card).to_contain_text(PROMPT)


def test_cancel_gives_the_credit_back(visit, stack):
    page = visit()
    sign_up(page)
    draw_and_hold(page, stack)
    page.evaluate("htmx.trigger(htmx.find('.job'), 'refresh')")  # its answer comes too late

    page.get_by_role("button", name="Cancel").click()

    expect(page.locator(".job[data-status=CANCELED]")).to_contain_text(
        "You were not charged: the credit came back."
    )
    expect(credits_left(page)).to_contain_text("10 credits")
    expect(page.get_by_role("button", name="Try again")).to_be_focused()
    assert stack.model.wait_for(lambda model: model.open_calls == 0)


def test_failed_drawing_is_tried_again(visit, stack):
    page = visit()
    sign_up(page)
    poem = Behaviour(answer="I would rather write you a poem.")
    stack.model.script(poem, poem, poem)  # for the draft and both repairs
    draw(page)
    failed = page.locator(".job[data-status=FAILED]")
    expect(failed).to_contain_text("You were not charged: the credit came back.")
    expect(credits_left(page)).to_contain_text("10 credits")
    keep(page, "failed")

    failed.get_by_role("button", name="Try again").click()

    expect(page.locator(DRAWN)).to_contain_text(PROMPT)
    expect(failed).to_have_count(0)
    expect(credits_left(page)).to_contain_text("9 credits")


def test_refused_prompt_keeps_what_was_typed(visit):
    page = visit()
    sign_up(page)

    draw(page, "eval(javascript: a fox)", style="3d")

    expect(page.locator("#prompt-error")).to_contain_text("There is code in it.")
    expect(page.get_by_label("Prompt")).to_have_value("eval(javascript: a fox)")
    expect(page.get_by_label("Prompt")).to_be_focused()
    expect(page.get_by_role("radio", name="3D")).to_be_checked()
    keep(page, "refused")
    expect(credits_left(page)).to_contain_text("10 credits")
    assert len(visit.complaints) == 1  # the browser tells of every 400
    assert "400 (Bad Request)" in visit.complaints.pop()


def test_refusal_is_in_sight_though_the_keys_sent_it(visit, stack):
    page = visit(viewport={"width": 1280, "height": 700})
    email = sign_up(page)
    stack.rows(PROMISED, email)
    prompt = page.get_by_label("Prompt")

    prompt.fill(PROMPT)
    prompt.press("Control+Enter")

    expect(page.locator("#refusal")).to_contain_text("You have no credits left.")
    expect(page.locator("#refusal")).to_be_in_viewport(ratio=1)
    keep(page, "refused")
    assert "402 (Payment Required)" in visit.complaints.pop()  # the browser tells of every one
    stack.rows(FREED, email)


def test_result_stays_beside_the_form_however_far_down_one_is(visit, stack):
    page = visit(viewport={"width": 1280, "height": 800})
    sign_up(page)

    draw(page)
    page.get_by_role("button", name="Generate").evaluate(
        "button => button.scrollIntoView({block: 'end'})"
    )

    expect(page.locator(f"{DRAWN} img")).to_be_in_viewport(ratio=1)


def test_short_prompt_is_kindly_refused_under_its_field_and_not_sent(visit, stack):
    page = visit()
    sign_up(page)
    prompt, said = page.get_by_label("Prompt"), page.locator("#prompt-error")

    page.get_by_role("button", name="Generate").click()
    expect(said).to_contain_text("What shall we draw?")
    prompt.fill("a fox")
    prompt.press("Control+Enter")
    keep(page, "short")
    expect(said).to_have_text("A little more, please: 5 more characters at least.")
    expect(prompt).to_be_focused()
    prompt.fill("a fox that sleeps")
    expect(said).to_have_text("")
    prompt.press("Control+Enter")

    expect(page.locator(DRAWN)).to_contain_text("a fox that sleeps")
    assert stack.model.calls == 1


def test_draft_survives_a_reload_with_every_choice(visit):
    page = visit()
    page.goto("/app")
    page.get_by_label("Prompt").fill("a draft of mine")
    page.get_by_role("radio", name="Line Art").check()
    page.get_by_label("Model").select_option("studio")
    page.get_by_text("Private", exact=True).click()

    page.reload()

    expect(page.get_by_label("Prompt")).to_have_value("a draft of mine")
    expect(page.get_by_role("radio", name="Line Art")).to_be_checked()
    expect(page.get_by_label("Model")).to_have_value("studio")
    expect(page.get_by_role("radio", name="Private")).to_be_checked()


def test_tray_follows_to_other_pages(visit, stack):
    page = visit()
    sign_up(page)
    draw_and_hold(page, stack)

    page.goto("/terms")
    item = page.locator("[data-tray]")
    expect(item).to_contain_text(PROMPT)
    page.reload()
    expect(item.locator("progress")).to_be_visible()
    keep(page, "under-way")
    stack.model.release()

    expect(item).to_contain_text("Ready")
    assert seen_width(item.locator("img")) > 0
    keep(page, "ready")
    expect(page.locator("#tray-said")).to_contain_text("Your drawing is ready")
    item.get_by_role("button", name="Put away").click()
    expect(item).to_have_count(0)
    page.reload()
    expect(item).to_have_count(0)


def test_job_is_canceled_from_the_tray(visit, stack):
    page = visit()
    sign_up(page)
    draw_and_hold(page, stack)
    page.goto("/terms")
    expect(credits_left(page)).to_contain_text("9")

    page.locator("[data-tray]").get_by_role("button", name="Cancel").click()

    expect(page.locator("[data-tray]")).to_have_count(0)
    expect(credits_left(page)).to_contain_text("10")
    assert page.url.endswith("/terms")


def test_drawing_appears_without_the_socket(visit, stack):
    page = visit()
    page.route_web_socket(re.compile("/ws/"), lambda socket: socket.close())
    sign_up(page)
    draw_and_hold(page, stack)
    stack.model.release()

    expect(page.locator(f"{DRAWN} img").first).to_be_visible()  # the sketch fades


def test_drawing_appears_without_scripts(visit):
    page = visit(java_script_enabled=False)
    sign_up(page)

    draw(page)

    expect(page.locator(f"{DRAWN} img").first).to_be_visible()  # the sketch fades
    expect(credits_left(page)).to_contain_text("9 credits")
    expect(page.get_by_role("button", name="Copy SVG")).to_have_count(0)
    with page.expect_download() as asked:
        page.get_by_role("link", name="Download SVG", exact=True).click()
    assert etree.parse(asked.value.path()).getroot().tag.endswith("svg")


def test_socket_comes_back_with_a_renewed_sign_in(visit, stack):
    page = visit()
    sign_up(page)
    sockets, heard = [], []

    def listen(socket):
        sockets.append(socket)
        socket.on("framereceived", lambda frame: heard.append(frame))

    page.on("websocket", listen)
    page.context.clear_cookies(name="token")  # as after fifteen minutes
    stack.restart("web")
    assert wait_in(page, lambda: "token" in [each["name"] for each in page.context.cookies()])
    assert wait_in(page, lambda: not sockets[-1].is_closed())
    stack.model.script(Behaviour(piece=10, piece_delay=0.1))
    draw(page)

    assert wait_in(page, lambda: heard)
    expect(page.locator(f"{DRAWN} img").first).to_be_visible()  # the sketch fades
    assert [said for said in visit.complaints if "WebSocket" not in said] == []
    visit.complaints.clear()  # the browser tells of a server that was away


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_fit_the_window(visit, width, theme):
    page = visit(viewport={"width": width, "height": 844}, color_scheme=theme)

    too_wide = [path for path in ("/", "/signin", "/signup", "/app") if overflows(page, path)]
    sign_up(page)
    draw(page, "a" * 300 + " very long word and a fox")
    expect(page.locator(DRAWN)).to_be_visible()

    assert too_wide == []
    assert not overflows(page, "/app")


def wait_in(page, condition) -> bool:
    """Whether it comes true while the page lives on."""
    for _ in range(PATIENCE // 100):
        if condition():
            return True
        page.wait_for_timeout(100)
    return False


def overflows(page, path: str) -> bool:
    page.goto(path)
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")
