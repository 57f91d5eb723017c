"""`/api/webhooks…`: for people, who are signed in."""

from rest_framework.views import APIView

from realtime.webhooks import views


class Signed(APIView):
    """Sees all that somebody has."""

    def mode(self):
        return None


class WebhookList(views.WebhookList, Signed):
    """GET one's webhooks. POST a URL for a new one: its secret is shown this once."""


class WebhookDetail(views.WebhookDetail, Signed):
    """GET, PATCH or DELETE a webhook of one's own. 404 for others."""


class Rotate(views.Rotate, Signed):
    """POST for a new secret. The one before it signs as well for a day, unless `endPrevious`."""


class Test(views.Test, Signed):
    """POST to have an event sent that tells of nothing: 202 and its delivery."""


class Deliveries(views.Deliveries, Signed):
    """GET what was and is to be sent to a webhook, newest first; `cursor` is the `nextCursor` of
    the page before, which is null at the end."""


class Replay(views.Replay, Signed):
    """POST to have a delivery sent again, now, under its old id: 202."""


class Settings(views.Settings, Signed):
    """GET or PATCH at how many credits `credits.low` is told."""
