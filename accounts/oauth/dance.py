"""The dance with a provider: send the browser there, and take what it comes back with."""

import logging
from hmac import compare_digest
from typing import NamedTuple

from django.db import transaction
from django.http import QueryDict

from accounts import tokens
from accounts.models import OAuthState, Session
from accounts.oauth import services, states
from accounts.oauth.errors import OAuthFailed, ProofNeeded, StateInvalid
from accounts.oauth.profiles import Profile
from accounts.oauth.providers import Endpoint
from accounts.sessions import services as sessions
from chatsvg.database import give_back

logger = logging.getLogger(__name__)


class Invitation(NamedTuple):
    """Where the browser is sent, and the secret by which it is known when it comes back."""

    url: str
    browser: str


def begin(
    endpoint: Endpoint, *, browser: str, redirect: str, session: Session | None
) -> Invitation:
    """Begin a sign-in or, with `session`, the connecting of an account to its person.

    That would let whoever has a stolen session come back for ever: it takes a fresh one, else
    raises ProofNeeded.
    """
    if session and not sessions.is_fresh(session):
        raise ProofNeeded()
    begun = states.begin(endpoint.name, browser=browser, redirect=redirect, session=session)
    secrets = {"state": begun.state, "code_verifier": begun.row.verifier}
    if endpoint.issuer:
        secrets["nonce"] = begun.row.nonce
    with endpoint.client() as client:
        url, _ = client.create_authorization_url(endpoint.authorize_url, **secrets)
    return Invitation(url, begun.browser)


def finish(
    endpoint: Endpoint,
    begun: OAuthState | None,
    said: QueryDict,
    *,
    session: Session | None,
    device: dict,
) -> tokens.Issued | None:
    """Sign somebody in or, where somebody signed in began it, connect the account and give None.

    `said` is the query that the browser brought. Raises DanceFailed; then nothing is changed.
    """
    if "error" in said:
        raise OAuthFailed()
    if begun is None:
        raise StateInvalid()
    if begun.session and (session is None or begun.session.pk != session.pk):
        raise StateInvalid()  # not the browser's session any more
    code = said.get("code")
    if not code or not _is_of(endpoint, said.get("iss")):
        raise OAuthFailed()
    profile = _exchange(endpoint, begun, code)
    if begun.session:
        services.connect(begun.session.user, profile, session=begun.session)
        return None
    with transaction.atomic():  # the person stays locked: nobody ends all sessions in between
        user = services.enter(profile, ip=device["ip"])
        return tokens.issue(user, **device)


def _is_of(endpoint: Endpoint, issuer: str | None) -> bool:
    """Whether the answer is this provider's, as far as it says so (RFC 9207)."""
    if issuer is None or not endpoint.issuer:
        return True
    return compare_digest(issuer.encode(), endpoint.issuer.encode())


def _exchange(endpoint: Endpoint, begun: OAuthState, code: str) -> Profile:
    """Ask the provider who came. Raises OAuthFailed, whatever it answers."""
    from accounts.oauth.http import TROUBLE  # as in `providers`: loaded by the first dance

    give_back()
    try:
        with endpoint.client() as client:
            token = client.fetch_token(
                endpoint.token_url,
                grant_type="authorization_code",
                code=code,
                code_verifier=begun.verifier,
            )
            return endpoint.profile(client, token, begun.nonce)
    except (OAuthFailed, *TROUBLE) as error:
        said = type(error).__name__  # its text may hold what is nobody's business
        logger.warning("oauth.failed provider=%s error=%s", endpoint.name, said)
        raise OAuthFailed() from error
