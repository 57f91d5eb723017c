"""The mails about somebody's data, and about the end of an account."""

from django.conf import settings

from accounts.mail.letters import Context, kind
from accounts.models import Export, Mail
from accounts.profile.exports import is_there


@kind("export_ready")
def export_ready(mail: Mail) -> Context | None:
    """Needless once the export is gone. The link leads to the page: who reads it must sign in."""
    export = Export.objects.filter(pk=mail.context["export"]).first()
    if export is None or not is_there(export):
        return None
    return {"link": f"{settings.PUBLIC_URL}/account#data", "expires_at": export.expires_at}


@kind("account_deleted")
def account_deleted(mail: Mail) -> Context:
    return {"at": mail.created_at}
