"""A person who talks to `/api`, over an HTTP client that costs little beside the server."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 30
PASSWORD = "Password123!"  # noqa: S105  # of people who exist for one run


class Refused(Exception):
    """An answer that is not the wanted one; the text has its status and its beginning."""

    def __init__(self, text: str, *, status: int):
        super().__init__(text)
        self.status = status


@dataclass(frozen=True)
class Reply:
    """What came back. Of the headers only the cookies are kept."""

    status: int
    cookies: dict[str, str]
    body: bytes


class Connection:
    """One HTTP/1.1 connection, kept alive; made at first use, and anew after a fault."""

    def __init__(self, base_url: str):
        parts = urlsplit(base_url)
        self._tls = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._tls else 80)
        self._netloc = parts.netloc
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def request(self, method: str, path: str, headers: str = "", body: bytes = b"") -> Reply:
        """One exchange. `headers` are whole lines. Raises OSError, EOFError or TimeoutError."""
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._netloc}\r\n{headers}"
        if body:
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                return await self._exchange(f"{head}\r\n".encode() + body)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._writer:
            self._writer.close()
        self._reader = self._writer = None

    async def _exchange(self, request: bytes) -> Reply:
        if self._reader is None or self._writer is None:
            streams = await asyncio.open_connection(self._host, self._port, ssl=self._tls or None)
            self._reader, self._writer = streams
        self._writer.write(request)
        first, headers, cookies = _head(await self._reader.readuntil(b"\r\n\r\n"))
        body = await _body(self._reader, headers)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Reply(int(first.split()[1]), cookies, body)


def _head(raw: bytes) -> tuple[str, dict[str, str], dict[str, str]]:
    """The status line, the headers by lower-case name, and the cookies that are set."""
    first, *lines = raw.decode("latin-1").rstrip("\r\n").split("\r\n")
    headers, cookies = {}, {}
    for line in lines:
        name, _, value = line.partition(":")
        if name.lower() == "set-cookie":
            cookie, _, text = value.partition(";")[0].strip().partition("=")
            cookies[cookie] = text
        else:
            headers[name.lower()] = value.strip()
    return first, headers, cookies


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return await reader.readexactly(int(headers.get("content-length", 0)))
    parts = []
    while size := int((await reader.readline()).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readline()
    return b"".join(parts)


class Person:
    """Somebody signed in, with a connection of their own."""

    def __init__(self, base_url: str, email: str):
        self.email = email
        self.connection = Connection(base_url)
        self._cookies: dict[str, str] = {}
        self._headers = ""

    async def arrive(self) -> None:
        """Get a CSRF token, as every browser does first. Raises Refused."""
        token = (await self.call("GET", "/csrf", want=200))["csrfToken"]
        self._headers = f"X-CSRF-Token: {token}\r\n{self._headers}"

    @property
    def cookie(self) -> str:
        """The value of its Cookie header."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    async def register(self) -> None:
        """Sign up, as the React client does. Raises Refused."""
        await self.arrive()
        person = {"email": self.email, "password": PASSWORD, "name": "Bench"}
        await self.call("POST", "/auth/register", {**person, "agreedToTerms": True}, want=201)

    async def submit(self, key: str, *, prompt: str, style: str, model: str) -> str:
        """Ask for a drawing; the id of its job. Raises Refused."""
        asked = {"prompt": prompt, "style": style, "model": model, "privacy": False}
        headers = f"x-idempotency-key: {key}\r\n"
        answer = await self.call("POST", "/svg/generate-svg", asked, headers, want=202)
        return answer["job"]["id"]

    async def job(self, job_id: str) -> dict[str, Any]:
        """A job as it is now. Raises Refused."""
        return (await self.call("GET", f"/svg/generation-jobs/{job_id}", want=200))["job"]

    async def call(
        self, method: str, path: str, payload: object = None, headers: str = "", *, want: int
    ) -> Any:
        """The JSON that came with the wanted status. Raises Refused for any other."""
        body = json.dumps(payload).encode() if payload is not None else b""
        url = f"/api{path}"
        reply = await self.connection.request(method, url, self._headers + headers, body)
        if reply.cookies:
            self._keep(reply.cookies)
        if reply.status != want:
            said = reply.body[:200].decode(errors="replace")
            raise Refused(f"{method} {url}: {reply.status} {said}", status=reply.status)
        return json.loads(reply.body)

    def _keep(self, cookies: dict[str, str]) -> None:
        self._cookies |= cookies
        others = [line for line in self._headers.splitlines(True) if not line.startswith("Cookie:")]
        self._headers = "".join(others) + f"Cookie: {self.cookie}\r\n"
