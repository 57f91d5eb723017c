"""Random stories of several sign-ins of one person, honest and not: a hundred steps each.

TEST_ROTATION_STORIES=110 is the long version, of ten thousand steps.
"""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.conf import settings as live
from django.db import connection
from django.db.models import Count, F, Q
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts import tokens
from accounts.errors import RefreshRefused
from accounts.models import RefreshToken, Session
from accounts.sessions import services
from realtime.models import Notification
from tests import factories

STORIES = int(os.environ.get("TEST_ROTATION_STORIES", "8"))
STEPS = 100
PROFILE = settings(
    max_examples=STORIES,
    stateful_step_count=STEPS,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
MOST = 4  # sign-ins
taken_steps = 0


@dataclass
class Browser:
    """One sign-in as its owner knows it: the chain of tokens, the last of them in use."""

    session: Session
    chain: list[str] = field(default_factory=list)
    age: int = 10**6  # seconds since the last rotation
    is_live: bool = True


which = st.integers(0, MOST - 1)


class Rotation(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.user = factories.person()
        self.browsers: list[Browser] = []
        self.thefts = 0

    def browser(self, number: int) -> Browser | None:
        return self.browsers[number % len(self.browsers)] if self.browsers else None

    @rule()
    def sign_in(self):
        if len([one for one in self.browsers if one.is_live]) < MOST:
            issued = tokens.issue(self.user)
            self.browsers.append(Browser(issued.session, [issued.refresh]))

    @rule(number=which)
    def refresh(self, number):
        if browser := self.browser(number):
            self.present(browser, browser.chain[-1])

    @rule(number=which)
    def refresh_from_two_tabs(self, number):
        if (browser := self.browser(number)) and browser.is_live:
            raw = browser.chain[-1]
            with ThreadPoolExecutor(2) as pool:
                first, second = pool.map(rotated, [raw, raw])
            assert first == second is not None
            browser.chain.append(first)
            browser.age = 0

    @rule(number=which)
    def repeat_the_last_refresh(self, number):
        """A tab that did not hear the answer; honest within the grace, and a thief after it."""
        browser = self.browser(number)
        if browser and len(browser.chain) > 1:
            self.present(browser, browser.chain[-2])

    @rule(number=which, back=st.integers(2, 6))
    def replay_an_older_token(self, number, back):
        browser = self.browser(number)
        if browser and len(browser.chain) > back:
            self.present(browser, browser.chain[-1 - back])

    @rule(seconds=st.sampled_from([1, 4, 9, 11, 40]))  # and real ones, less than one a story
    def time_passes(self, seconds):
        ago = timedelta(seconds=seconds)
        mine = RefreshToken.objects.filter(session__user=self.user).exclude(rotated_at=None)
        mine.update(rotated_at=F("rotated_at") - ago)
        for browser in self.browsers:
            browser.age += seconds

    @rule(raw=st.sampled_from(["0" * 64, "x", ""]))
    def guess(self, raw):
        assert rotated(raw) is None

    @rule(number=which)
    def sign_out(self, number):
        if browser := self.browser(number):
            if session := tokens.find(browser.chain[-1]):
                tokens.revoke(session, because="logout")
            browser.is_live = False

    @rule(number=which)
    def end_from_another_device(self, number):
        if (browser := self.browser(number)) and browser.is_live:
            services.end(self.user, browser.session.pk)
            browser.is_live = False

    @rule()
    def reset_password(self):
        services.end_all(self.user, because="reset")
        for browser in self.browsers:
            browser.is_live = False

    def present(self, browser: Browser, raw: str) -> None:
        """Show a token, and compare the answer with what must come of it."""
        given = rotated(raw)
        if not browser.is_live:
            assert given is None
        elif raw == browser.chain[-1]:
            assert given not in (None, *browser.chain)
            browser.chain.append(given)
            browser.age = 0
        elif raw == browser.chain[-2] and browser.age < live.REFRESH_GRACE_SECONDS:
            assert given == browser.chain[-1]
        else:
            assert given is None
            browser.is_live = False
            self.thefts += 1

    @invariant()
    def whoever_is_honest_is_signed_in_and_nobody_else(self):
        global taken_steps
        taken_steps += 1
        known = {browser.session.pk for browser in self.browsers if browser.is_live}
        assert {one.pk for one in services.live_sessions(self.user)} == known

    @invariant()
    def no_session_has_two_live_successors(self):
        unrotated = Count("tokens", filter=Q(tokens__rotated_at=None))
        sessions = self.user.sessions.annotate(ends=unrotated)
        assert not sessions.exclude(ends=1).exists()

    @invariant()
    def owner_heard_of_every_theft_once(self):
        kind = Notification.Type.ACCOUNT_SECURITY
        assert self.user.notifications.filter(type=kind).count() == self.thefts


def rotated(raw: str) -> str | None:
    """The successor that is handed out, or None."""
    try:
        return tokens.rotate(raw).refresh
    except RefreshRefused:
        return None
    finally:
        if threading.current_thread() is not threading.main_thread():
            connection.close()


@pytest.mark.django_db(transaction=True)
def test_rotation_is_right_after_any_story(report):
    run_state_machine_as_test(Rotation, settings=PROFILE)
    report(f"{taken_steps} checks in {STORIES} stories")
