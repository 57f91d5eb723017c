"""`/api/csrf` and `/api/auth/…`."""

from django.urls import path, re_path

from accounts import api
from accounts.backstage import api as backstage
from accounts.emails import api as emails
from accounts.keys import api as keys
from accounts.oauth import api as oauth
from accounts.oauth_server import api as apps
from accounts.passwords import api as passwords
from accounts.profile import api as profile
from accounts.profile.pictures import BYTES_MOST
from accounts.sessions.api import SessionDetail, SessionList
from accounts.support import api as support
from chatsvg.middleware import takes_bodies_up_to

AVATAR_MOST = BYTES_MOST + 4096  # and what a form puts around it

urlpatterns = [
    path("csrf", api.Csrf.as_view()),
    path("auth/options", api.Options.as_view()),
    path("auth/register", api.Register.as_view()),
    path("auth/login", api.Login.as_view()),
    path("auth/logout", api.Logout.as_view()),
    path("auth/refresh", api.Refresh.as_view()),
    path("auth/forgot-password", passwords.ForgotPassword.as_view()),
    path("auth/reset-password", passwords.ResetPassword.as_view()),
    path("auth/current-user", api.CurrentUser.as_view()),
    path("auth/sessions", SessionList.as_view()),
    path("auth/sessions/<str:session_id>", SessionDetail.as_view()),
    re_path(r"^auth/(?P<provider>google|github)$", oauth.Start.as_view()),
    re_path(r"^auth/(?P<provider>google|github)/callback$", oauth.Callback.as_view()),
    path("account/identities", oauth.Identities.as_view()),
    path("account/identities/<str:provider>", oauth.IdentityDetail.as_view()),
    path("account/password", passwords.Password.as_view()),
    path("account/email", emails.Email.as_view()),
    path("account/email/verification", emails.Verification.as_view()),
    path("account", profile.Account.as_view()),
    path("account/avatar", takes_bodies_up_to(AVATAR_MOST, "PUT")(profile.Avatar.as_view())),
    path("account/export", profile.ExportList.as_view()),
    path("account/export/<str:export_id>", profile.ExportDetail.as_view()),
    path("account/export/<str:export_id>/download", profile.ExportDownload.as_view()),
    path("user/me", profile.Me.as_view()),
    path("support/contact", support.Contact.as_view()),
    path("admin/request-access", backstage.request_access),
    path("admin/verify", backstage.Verify.as_view()),
    path("admin/logout", backstage.logout),
    path("oauth/grants", apps.GrantList.as_view()),
    path("oauth/grants/<str:grant_id>", apps.GrantDetail.as_view()),
    path("keys", keys.KeyList.as_view()),
    path("keys/usage/summary", keys.Summary.as_view()),
    path("keys/<str:key_id>", keys.KeyDetail.as_view()),
    path("keys/<str:key_id>/stats", keys.KeyStats.as_view()),
]
