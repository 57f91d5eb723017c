"""An assistant that knows nothing but the address of /mcp, and a person who allows it."""

import asyncio
from urllib.parse import urlsplit

import httpx2
import pytest
from channels.db import database_sync_to_async
from mcp.client import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata

from tests.accounts.oauth_server.app import Kept, query
from tests.pages import Browser


@pytest.mark.slow
def test_sdk_connects_with_consent_alone(web_process, port, person):
    """401, discovery, registration, PKCE, consent, tokens: all of it the SDK's own doing."""
    browser = Browser().sign_in(person)
    kept, answered = Kept(), {}

    def allow(url: str) -> None:
        address = urlsplit(url)
        reply = browser.post(f"{address.path}?{address.query}", {"decision": "allow"})
        answered.update(query(reply["Location"]))

    async def returned() -> AuthorizationCodeResult:
        names = {name: answered.get(name) for name in ("code", "state", "iss")}
        return AuthorizationCodeResult(**names)

    async def story():
        auth = OAuthClientProvider(
            f"{web_process}/mcp",
            OAuthClientMetadata(
                client_name="Assistant", redirect_uris=["http://localhost:3030/callback"]
            ),
            kept,
            redirect_handler=database_sync_to_async(allow),
            callback_handler=returned,
        )
        async with httpx2.AsyncClient(auth=auth, timeout=60) as http:
            line = streamable_http_client(f"{web_process}/mcp", http_client=http)
            async with Client(line) as client:
                return client.server_info.name, await client.call_tool("list_styles", {})

    name, styles = asyncio.run(story())

    assert name == "chatsvg-mcp"
    assert not styles.is_error
    assert kept.tokens.access_token.startswith("oat_") and kept.tokens.refresh_token
    assert person.oauth_grants.get().client.name == "Assistant"
