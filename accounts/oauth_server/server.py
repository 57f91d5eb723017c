"""Authlib's authorization server over our rows: what it checks, and what we ask beyond that.

PKCE by S256 always, every parameter once, `redirect_uri` always named, `resource` our own.
"""

import re
import secrets
from typing import Any

from authlib.integrations.django_oauth2 import AuthorizationServer, RevocationEndpoint
from authlib.integrations.django_oauth2.requests import DjangoOAuth2Payload, DjangoOAuth2Request
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import (
    AuthorizationCodeGrant,
    AuthorizationCodeMixin,
    ClientMixin,
    InvalidGrantError,
    InvalidRequestError,
    OAuth2Request,
    RefreshTokenGrant,
    TokenMixin,
)
from authlib.oauth2.rfc7636 import CodeChallenge
from django.http import HttpRequest, HttpResponse, QueryDict

from accounts.models import (
    OAuthAccessToken,
    OAuthClient,
    OAuthCode,
    OAuthRefreshToken,
    User,
)
from accounts.oauth_server import clients, codes, metadata, redirects, scopes, tokens
from accounts.oauth_server.errors import Spent
from chatsvg import ratelimits
from chatsvg.ratelimits.rules import HOUR, Rate, Rule

AUTHORIZE = "/oauth/authorize"
REFRESHES = Rule(
    "rl:oauth:refresh", (Rate(60, HOUR),), "Too many refreshes. Use the access token for its hour."
)  # by grant
_PLAIN = re.compile(r"[ !#-\[\]-~]*")  # what RFC 6749 lets descriptions of errors repeat
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # of S256
Answer = tuple[int, dict[str, Any], list[tuple[str, str]]]


class InvalidTarget(OAuth2Error):
    """RFC 8707: a token was asked for that would open something else."""

    error = "invalid_target"
    description = "The resource is not one that this server gives tokens for."


# --- Our rows, as Authlib asks about them ---------------------------------------------------------


class Client(ClientMixin):
    def __init__(self, row: OAuthClient):
        self.row = row

    def get_client_id(self) -> str:
        return str(self.row.pk)

    def get_default_redirect_uri(self) -> None:
        """Every request names its own."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        return " ".join(scopes.understood(scope)) or None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirects.is_one_of(self.row.redirect_uris, redirect_uri)

    def check_client_secret(self, client_secret: str) -> bool:
        return clients.has_secret(self.row, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Whoever has a secret shows it, in the header or the body."""
        none = OAuthClient.Authentication.NONE
        return (method == none) == (self.row.authentication == none)

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in metadata.GRANT_TYPES


class Code(AuthorizationCodeMixin):
    code_challenge_method = "S256"

    def __init__(self, row: OAuthCode):
        self.row, self.code_challenge = row, row.challenge

    def get_redirect_uri(self) -> str:
        return self.row.redirect_uri

    def get_scope(self) -> str:
        return " ".join(self.row.scopes)


class Token(TokenMixin):
    def __init__(self, row: OAuthAccessToken | OAuthRefreshToken):
        self.row = row

    def check_client(self, client: Client) -> bool:
        return self.row.grant.client_id == client.row.pk

    def get_scope(self) -> str:
        return " ".join(self.row.grant.scopes)


# --- What a client asks ---------------------------------------------------------------------------


class Request(DjangoOAuth2Request):
    """The query where a person is asked, the body where a client asks: never both.

    Its address is ours as the world knows it: behind a proxy, https is spoken by that alone.
    """

    def __init__(self, request: HttpRequest):
        uri = metadata.issuer() + request.get_full_path()
        OAuth2Request.__init__(self, request.method or "", uri, headers=request.headers)
        is_asking = request.path_info == AUTHORIZE
        self.payload: Payload = Payload(request.GET if is_asking else request.POST)
        self._request = request
        self.payload.check()


class Payload(DjangoOAuth2Payload):
    def __init__(self, parameters: QueryDict):
        self.parameters = parameters
        self.data = parameters.dict()
        self.datalist = dict(parameters.lists())

    def check(self) -> None:
        """Every parameter once (OAuth 2.1 §3.1), but `resource`; nothing unprintable."""
        for name, values in self.datalist.items():
            if len(values) > 1 and name != "resource":
                raise InvalidRequestError("A parameter is given more than once.")
            if name != "state" and not all(map(_PLAIN.fullmatch, (name, *values))):
                raise InvalidRequestError("A parameter has characters that none may have.")

    def check_resource(self) -> None:
        """Clients that know nothing of RFC 8707 name none, and get what there is."""
        if not all(map(metadata.is_resource, self.datalist.get("resource", ()))):
            raise InvalidTarget()


class Pkce(CodeChallenge):
    """S256 by everybody, also those that have a secret; and the other checks of a first request
    that may be answered to the client."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant: "CodeGrant", redirect_uri: str | None) -> None:
        asked = grant.request.payload
        if not _CHALLENGE.fullmatch(asked.data.get("code_challenge", "")):
            raise InvalidRequestError("Missing or malformed 'code_challenge'.")
        if asked.data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("The 'code_challenge_method' must be S256.")
        asked.check_resource()


class CodeGrant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = metadata.AUTHENTICATION

    @staticmethod
    def validate_authorization_redirect_uri(request: Request, client: Client) -> str:
        asked = request.payload.redirect_uri or ""
        if not client.check_redirect_uri(asked):
            raise InvalidRequestError("The redirect_uri is not one that the client registered.")
        return asked

    def generate_authorization_code(self) -> str:
        return secrets.token_urlsafe(32)

    def save_authorization_code(self, code: str, request: Request) -> None:
        asked = request.payload
        codes.keep(
            code,
            user=request.user,
            client=request.client.row,
            redirect_uri=asked.redirect_uri,
            scopes=request.scope.split(),
            challenge=str(asked.data["code_challenge"]),
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        row = codes.find(code, client.row)
        return Code(row) if row else None

    def create_token_response(self) -> Answer:
        self.request.payload.check_resource()
        try:
            return _answer(tokens.exchange(self.request.authorization_code.row))
        except Spent as error:
            raise InvalidGrantError("Invalid 'code' in request.") from error


class RefreshGrant(RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = metadata.AUTHENTICATION

    def authenticate_refresh_token(self, refresh_token: str) -> Token | None:
        row = tokens.find_refresh(refresh_token)
        return Token(row) if row else None

    def create_token_response(self) -> Answer:
        asked = self.request.payload
        asked.check_resource()
        ratelimits.take(REFRESHES, self.request.refresh_token.row.grant_id)
        try:
            return _answer(tokens.rotate(asked.data["refresh_token"], (asked.scope or "").split()))
        except Spent as error:
            raise InvalidGrantError() from error


class Revocation(RevocationEndpoint):
    CLIENT_AUTH_METHODS = metadata.AUTHENTICATION

    def check_params(self, request: Request, client: Client) -> None:
        """What kind of token it is, is seen by the token: hints are not needed."""
        if "token" not in request.form:
            raise InvalidRequestError("Missing 'token' in request.")

    def query_token(self, token: str, token_type_hint: str | None) -> Token | None:
        row = tokens.find_refresh(token) or tokens.find_access(token)
        return Token(row) if row else None

    def revoke_token(self, token: Token, request: Request) -> None:
        tokens.revoke(token.row)


def _answer(issued: tokens.Issued) -> Answer:
    body = {
        "access_token": issued.access,
        "token_type": "Bearer",
        "expires_in": int(tokens.ACCESS_LIFETIME.total_seconds()),
        "refresh_token": issued.refresh,
        "scope": " ".join(issued.scopes),
    }
    return 200, body, CodeGrant.TOKEN_RESPONSE_HEADER


class Server(AuthorizationServer):
    def query_client(self, client_id: str) -> Client | None:
        row = clients.find(client_id)
        return Client(row) if row else None

    def create_oauth2_request(self, request: HttpRequest) -> Request:
        return Request(request)

    def handle_response(self, status_code: int, payload: Any, headers: Any) -> HttpResponse:
        """Every answer that goes by way of the browser says whose it is (RFC 9207)."""
        response = super().handle_response(status_code, payload, headers)
        if "Location" in response:
            response["Location"] = f"{response['Location']}&{_issuer()}"
        return response

    def answer(self, grant: CodeGrant, user: User | None) -> HttpResponse:
        """To the client, by way of the browser: a code where `user` has allowed it, else that
        they have not."""
        return self.create_authorization_response(grant.request, grant_user=user, grant=grant)


def _issuer() -> str:
    query = QueryDict(mutable=True)
    query["iss"] = metadata.issuer()
    return query.urlencode()


server = Server(None, None)
server.register_grant(CodeGrant, [Pkce()])
server.register_grant(RefreshGrant)
server.register_endpoint(Revocation)
