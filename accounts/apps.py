from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        from accounts import checks  # noqa: F401
        from accounts.backstage import letters as _of_backstage  # noqa: F401
        from accounts.backstage import receivers as _backstage  # noqa: F401
        from accounts.emails import letters as _of_emails  # noqa: F401
        from accounts.keys import receivers as _of_keys  # noqa: F401
        from accounts.mail import condition as of_mails
        from accounts.mail import metrics as figures_of_mails
        from accounts.mail import writers  # noqa: F401
        from accounts.oauth import checks as _of_oauth  # noqa: F401
        from accounts.oauth_server import receivers as _of_apps  # noqa: F401
        from accounts.passwords import letters as _of_passwords  # noqa: F401
        from accounts.profile import letters as _of_profile  # noqa: F401
        from accounts.staff import receivers as _of_staff  # noqa: F401
        from accounts.staff import roles
        from accounts.support import checks as _of_mailboxes  # noqa: F401
        from accounts.support import letters as _of_support  # noqa: F401
        from accounts.support import receivers as _support  # noqa: F401
        from chatsvg import status
        from chatsvg.metrics import register

        register(figures_of_mails.read)
        status.register(of_mails.parts)
        post_migrate.connect(roles.give_permissions, dispatch_uid="accounts.staff.roles")
