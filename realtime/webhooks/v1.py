"""`/v1/webhooks…`: for programs, with keys. A test key sees what is made with test keys alone."""

from accounts.keys.views import KeyView
from realtime.webhooks import views


class Keyed(KeyView):
    """Sees the endpoints of the kind of its key."""

    scope = "webhooks"

    def mode(self):
        return self.request.auth.is_test


class WebhookList(views.WebhookList, Keyed):
    """GET one's webhooks. POST a URL for a new one: its secret is shown this once."""


class WebhookDetail(views.WebhookDetail, Keyed):
    """GET, PATCH or DELETE a webhook of one's own. 404 for others."""


class Rotate(views.Rotate, Keyed):
    """POST for a new secret. The one before it signs as well for a day, unless `endPrevious`."""


class Test(views.Test, Keyed):
    """POST to have an event sent that tells of nothing: 202 and its delivery."""


class Deliveries(views.Deliveries, Keyed):
    """GET what was and is to be sent to a webhook, newest first; `cursor` is the `nextCursor` of
    the page before, which is null at the end."""


class Replay(views.Replay, Keyed):
    """POST to have a delivery sent again, now, under its old id: 202."""


class Settings(views.Settings, Keyed):
    """GET or PATCH at how many credits `credits.low` is told."""
