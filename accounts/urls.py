"""Pages."""

from django.urls import path

from accounts import views
from accounts.backstage import views as backstage
from accounts.emails import views as emails
from accounts.keys import pages as keys
from accounts.passwords import views as passwords
from accounts.profile import views as profile
from accounts.support import views as support
from chatsvg.middleware import takes_bodies_up_to

app_name = "accounts"
PICTURE_MOST = 8 * 1024 * 1024  # bytes: more than is taken, so that the page itself can say so

urlpatterns = [
    path("signup", views.signup, name="signup"),
    path("signin", views.signin, name="signin"),
    path("signout", views.signout, name="signout"),
    path("forgot-password", passwords.forgot, name="forgot"),
    path("reset-password", passwords.reset, name="reset"),
    path("verify-email", emails.verify, name="verify"),
    path("verify-email/resend", emails.resend, name="resend"),
    path("confirm-email", emails.confirm, name="confirm"),
    path("account", profile.account, name="account"),
    path("account/name", profile.rename),
    path("account/avatar", takes_bodies_up_to(PICTURE_MOST, "POST")(profile.set_avatar)),
    path("account/avatar/remove", profile.remove_avatar),
    path("account/email", profile.change_email),
    path("account/email/verification", profile.verify_email),
    path("account/password", profile.change_password),
    path("account/proof", profile.prove),
    path("account/identities/<str:provider>/disconnect", profile.disconnect),
    path("account/sessions/<str:session_id>/end", profile.end_session),
    path("account/sessions/end-others", profile.end_others),
    path("account/apps/<str:grant_id>/disconnect", profile.disconnect_app),
    path("account/export", profile.ask_export),
    path("account/export/<str:export_id>/download", profile.download_export),
    path("account/delete", profile.delete),
    path("account/deleted", profile.deleted),
    path("api-keys", keys.keys, name="keys"),
    path("api-keys/<uuid:key_id>/revoke", keys.revoke),
    path("contact", support.contact, name="contact"),
    path("contact/tickets", support.tickets, name="tickets"),
    path("contact/tickets/<str:ticket_id>", support.ticket, name="ticket"),
    path("contact/tickets/<str:ticket_id>/reply", support.reply),
    path("backstage", backstage.enter),
    path("backstage/leave", backstage.leave),
    path("files/avatars/<str:name>", profile.avatar),
]
