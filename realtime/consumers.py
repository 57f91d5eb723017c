"""One socket per tab, from the server to the browser."""

from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from accounts import cookies, sessions
from chatsvg.errors import SignedOut
from realtime import feed
from realtime.events import group_of_session, group_of_user

UNAUTHENTICATED = 4401  # sign in, or renew the access token, and come again


def access_token(scope: dict) -> str:
    """The access cookie of a handshake; empty where there is none."""
    headers = dict(scope["headers"])
    try:
        jar = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))
    except CookieError:
        return ""
    return jar[cookies.ACCESS].value if cookies.ACCESS in jar else ""


class EventConsumer(AsyncJsonWebsocketConsumer):
    """A one-way feed of the signed-in person's events; it says nothing about anyone else.

    `?after=<id>` resumes behind an event. Rows are read where a push shows a gap, so that every
    viewer sees the same events once and in the same order, whatever pushes were lost.
    """

    groups_joined: tuple[str, ...] = ()
    cursor = 0

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.progress: dict[str, int] = {}  # of the jobs under way that this socket heard of

    async def connect(self):
        try:
            session = await database_sync_to_async(sessions.resolve)(access_token(self.scope))
        except SignedOut:
            await self.accept()  # closed before that, a browser would not see the code
            return await self.close(UNAUTHENTICATED)
        self.user_id = session.user_id
        self.groups_joined = (group_of_user(session.user_id), group_of_session(session.pk))
        for group in self.groups_joined:
            await self.channel_layer.group_add(group, self.channel_name)
        await self.accept()
        await self.resume()

    async def resume(self):
        """Joined first, then read: what is committed in between is seen once, by its id."""
        query = parse_qs(self.scope.get("query_string", b"").decode("latin-1"))
        after = query.get("after", [""])[0]
        if after.isascii() and after.isdecimal():
            self.cursor = int(after[:18])
            await self.catch_up()
        else:
            self.cursor = await database_sync_to_async(feed.latest)(self.user_id)

    async def catch_up(self):
        while messages := await database_sync_to_async(feed.after)(self.user_id, self.cursor):
            for message in messages:
                await self.pass_on(message)

    async def disconnect(self, code):
        for group in self.groups_joined:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, text_data=None, bytes_data=None, **kwargs):
        """Commands go over HTTP; whatever a browser sends here is dropped unread."""

    async def user_message(self, push):
        message = push["message"]
        position = message.get("id")
        if position is None:
            await self.pass_on_hint(message)
        elif position == self.cursor + 1:
            await self.pass_on(message)
        elif position > self.cursor:
            await self.catch_up()

    async def pass_on(self, message):
        self.cursor = message["id"]
        if message["stage"] == "done" or message["status"] in ("FAILED", "CANCELED"):
            self.progress.pop(message["jobId"], None)
        else:
            self.progress[message["jobId"]] = message["progress"]
        await self.send_json(message)

    async def pass_on_hint(self, message):
        """Hints overtake events and each other; one that would move the bar back is dropped."""
        if message["progress"] > self.progress.get(message["jobId"], 100):
            self.progress[message["jobId"]] = message["progress"]
            await self.send_json(message)

    async def session_ended(self, push):
        await self.close(UNAUTHENTICATED)
