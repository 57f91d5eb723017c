"""The roles of staff: groups, whose permissions are completed after every migration.

A superuser gives a role to somebody in the admin (“staff status” and the group). What a superuser
adds to a group by hand stays.
"""

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission

Part = dict[str, tuple[str, ...]]  # permissions by app

SUPPORT: Part = {
    "accounts": (
        *("view_user", "view_session", "view_identity", "view_mail", "view_export"),
        *("view_doomedfile", "view_ticket", "view_apikey", "view_staffaction"),
    ),
    "credits": ("view_wallet", "view_entry"),
    "generations": ("view_job", "view_attempt", "view_generation"),
    "realtime": ("view_notification", "view_webhookendpoint", "view_webhookdelivery"),
}
ANSWERS: Part = {
    "accounts": ("answer_ticket",),
    "generations": ("unpublish_generation", "read_job"),
}
BILLING: Part = {
    "credits": (
        *("grant_wallet", "refund_entry"),
        *("view_subscription", "view_payment", "view_paymentevent"),
    ),
    "generations": ("retry_job",),
}
OPERATIONS: Part = {
    "accounts": ("suspend_user", "revoke_session", "revoke_apikey", "view_metrics", "view_visit"),
    "generations": (
        *("cancel_job", "requeue_job", "retry_job", "read_job", "unpublish_generation"),
        "view_auditrun",
    ),
    "realtime": ("replay_webhookdelivery",),
}
ROLES: dict[str, tuple[Part, ...]] = {
    "support": (SUPPORT, ANSWERS),
    "billing": (SUPPORT, BILLING),
    "operations": (SUPPORT, OPERATIONS),
}
"""The names of the groups, and the permissions of each by app."""


def give_permissions(sender: AppConfig, using: str, **kwargs: object) -> None:
    """After the migrations of an app, and after Django has made the permissions of its models."""
    for name, parts in ROLES.items():
        group, _ = Group.objects.using(using).get_or_create(name=name)
        wanted = [codename for part in parts for codename in part.get(sender.label, ())]
        if wanted:
            known = Permission.objects.using(using).filter(content_type__app_label=sender.label)
            group.permissions.add(*known.filter(codename__in=wanted))
