"""What clients find from the root: well-known documents (RFC 8414, RFC 9728) and the endpoints."""

from django.urls import path

from accounts.oauth_server import views

urlpatterns = [
    path(".well-known/oauth-authorization-server", views.server_metadata),
    path(".well-known/oauth-authorization-server/mcp", views.server_metadata),
    path(".well-known/oauth-protected-resource", views.resource_metadata),
    path(".well-known/oauth-protected-resource/mcp", views.resource_metadata),
    path("oauth/authorize", views.authorize),
    path("oauth/token", views.token),
    path("token", views.token),  # where clients refresh that have forgotten what they discovered
    path("oauth/register", views.register),
    path("oauth/revoke", views.revoke),
]
