"""The official MCP client finds its way by itself: 401, discovery, registration, dance, refresh."""

import asyncio

import httpx2
import pytest
from django.http import HttpResponse, JsonResponse
from django.urls import include, path
from mcp.client.auth import OAuthClientProvider
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata

from accounts.models import OAuthGrant
from accounts.oauth_server import tokens
from accounts.oauth_server.errors import TokenNotSent, TokenRefused
from tests import factories
from tests.accounts.oauth_server.app import Kept, query
from tests.pages import Browser

pytestmark = pytest.mark.django_db(transaction=True)


def mcp(request):
    """Stands where the protocol's endpoint does: it looks at the token, and says whose it is."""
    try:
        scheme, _, raw = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            raise TokenNotSent()
        grant = tokens.resolve(raw)
    except (TokenNotSent, TokenRefused) as refusal:
        return HttpResponse(status=refusal.status, headers=refusal.headers)
    return JsonResponse({"email": grant.user.email, "scopes": grant.scopes})


urlpatterns = [path("mcp", mcp), path("", include("chatsvg.urls"))]


def test_sdk_connects_and_refreshes(live_server, settings):
    settings.ROOT_URLCONF = __name__
    settings.PUBLIC_URL = live_server.url
    person, memory, said = factories.person(), Kept(), {}
    browser = Browser().sign_in(person)

    async def go_there(url):
        asked = url.removeprefix(live_server.url)
        reply = await asyncio.to_thread(browser.post, asked, {"decision": "allow"})
        said.update(query(reply["Location"]))

    async def come_back():
        return AuthorizationCodeResult(**said)

    async def story():
        metadata = OAuthClientMetadata(
            client_name="SDK", redirect_uris=["http://localhost:3030/callback"]
        )
        answers = []
        for _ in range(2):
            client = OAuthClientProvider(
                f"{live_server.url}/mcp", metadata, memory, go_there, come_back
            )
            async with httpx2.AsyncClient(auth=client) as http:
                answers.append(await http.get(f"{live_server.url}/mcp"))
                client.context.token_expiry_time = 1
                answers.append(await http.get(f"{live_server.url}/mcp"))
        return answers

    answers = asyncio.run(story())

    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["email"] for answer in answers} == {person.email}
    assert answers[0].json()["scopes"] == ["svg:generate", "svg:read", "account:read"]
    assert OAuthGrant.objects.get().refresh_tokens.count() == 3
