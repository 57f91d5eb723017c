"""How the admin looks, and what its sidebar leads to: the settings of django-unfold.

Colours are in static/css/admin/theme.css, for no page of ours has styles of its own.
"""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

STYLES = ("theme", "desk", "forms", "tables", "lists", "changelists")


def config(*, is_production: bool) -> dict[str, Any]:
    place = ["Production", "danger"] if is_production else ["Development", "info"]
    return {
        "SITE_TITLE": "ChatSVG",
        "SITE_HEADER": "ChatSVG",
        "SITE_SUBHEADER": "Support desk",
        "SITE_URL": "/",
        "SITE_ICON": partial(_static, "img/logo.svg"),
        "SITE_FAVICONS": [
            {"rel": "icon", "type": "image/svg+xml", "href": partial(_static, "img/favicon.svg")}
        ],
        "STYLES": [partial(_static, f"css/admin/{noun}.css") for noun in STYLES],
        "SHOW_BACK_BUTTON": False,
        "SHOW_HISTORY": True,
        "SHOW_VIEW_ON_SITE": False,
        "ENVIRONMENT": lambda request: place,
        "ENVIRONMENT_TITLE_PREFIX": lambda request: "" if is_production else "[Development]",
        "BORDER_RADIUS": "8px",
        "LOGIN": {"form": "accounts.staff.sign_in.LoginForm"},
        "DASHBOARD_CALLBACK": "chatsvg.backoffice.dashboard.show",
        "ACCOUNT": {"navigation": [{"title": "My account", "link": "/account"}]},
        "SIDEBAR": {"show_search": True, "command_search": True, "navigation": _navigation()},
    }


def _static(path: str, request: HttpRequest | None = None) -> str:
    return static(path)


def _navigation() -> list[dict[str, Any]]:
    """By noun; whoever may not see a list is not led to it."""
    return [
        {
            "items": [
                {"title": "Overview", "icon": "monitoring", "link": reverse_lazy("admin:index")},
                _item(
                    "Tickets", "inbox", "accounts.ticket", badge="chatsvg.backoffice.badges.tickets"
                ),
            ]
        },
        _group(
            "People",
            _item("People", "group", "accounts.user"),
            _item("Sessions", "devices", "accounts.session"),
            _item("Sign-ins elsewhere", "badge", "accounts.identity"),
            _item("API keys", "key", "accounts.apikey"),
            _item("Mails", "mail", "accounts.mail"),
            _item("Notifications", "notifications", "realtime.notification"),
            _item("Exports of data", "download", "accounts.export"),
        ),
        _group(
            "Drawings",
            _item("Jobs", "draw", "generations.job"),
            _item("Drawings", "image", "generations.generation"),
        ),
        _group(
            "Money",
            _item("Wallets", "account_balance_wallet", "credits.wallet"),
            _item("Ledger", "receipt_long", "credits.entry"),
            _item("Subscriptions", "autorenew", "credits.subscription"),
            _item("Payments", "payments", "credits.payment"),
            _item("Payment events", "webhook", "credits.paymentevent"),
        ),
        _group(
            "Webhooks",
            _item("Endpoints", "hub", "realtime.webhookendpoint"),
            _item("Deliveries", "local_shipping", "realtime.webhookdelivery"),
        ),
        _group(
            "House",
            _item("Staff actions", "history", "accounts.staffaction"),
            _item("Audits", "fact_check", "generations.auditrun"),
            _item("Visits backstage", "visibility", "accounts.visit"),
            _item("Files to be deleted", "delete", "accounts.doomedfile"),
            _item("Roles", "shield_person", "auth.group"),
        ),
    ]


def _group(title: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "separator": True, "items": list(items)}


def _item(title: str, icon: str, model: str, **more: str) -> dict[str, Any]:
    app, name = model.split(".")
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{name}_changelist"),
        "permission": partial(_may_view, f"{app}.view_{name}"),
        **more,
    }


def _may_view(permission: str, request: HttpRequest) -> bool:
    return request.user.has_perm(permission)
