"""What both faces of webhooks do: for people who are signed in, and for programs with a key.

A face says whose endpoints are meant: `is_test` of a key, or None for all that somebody has.
"""

from rest_framework.response import Response

from chatsvg import ratelimits
from chatsvg.caching import NO_STORE
from chatsvg.ids import parse_id
from chatsvg.paging import page_size, read_cursor
from chatsvg.ratelimits import rules
from realtime.webhooks import alarms, asked, serializers, services
from realtime.webhooks.errors import AccountsOwn

USUAL = 20  # deliveries on a page


class Face:
    """Mixed into a view."""

    request: object

    def endpoint(self, webhook_id):
        return services.find(self.request.user, parse_id(webhook_id), is_test=self.mode())

    def count(self):
        ratelimits.take(rules.WEBHOOKS, self.request.user.pk)


class WebhookList(Face):
    """GET one's webhooks. POST a URL for a new one: its secret is shown this once."""

    def get(self, request):
        mine = services.endpoints_of(request.user, is_test=self.mode())
        shown = [serializers.endpoint(one) for one in mine]
        return Response({"webhooks": shown}, headers=NO_STORE)

    def post(self, request):
        wish = asked.wish(request.data, is_test=self.mode())
        self.count()
        made = services.create(request.user, wish)
        return Response(serializers.made(made), status=201, headers=NO_STORE)


class WebhookDetail(Face):
    """GET, PATCH or DELETE a webhook of one's own. 404 for others."""

    def get(self, request, webhook_id):
        return _shown(self.endpoint(webhook_id))

    def patch(self, request, webhook_id):
        changes = asked.changes(request.data)  # a bad body is refused wherever it is sent
        return _shown(services.change(self.endpoint(webhook_id), changes))

    def delete(self, request, webhook_id):
        services.delete(self.endpoint(webhook_id))
        return Response({"success": True}, headers=NO_STORE)


class Rotate(Face):
    """POST for a new secret. The one before it signs as well for a day, unless `endPrevious`."""

    def post(self, request, webhook_id):
        kind, ends_previous = asked.kind(request.data), asked.ends_previous(request.data)
        endpoint = self.endpoint(webhook_id)
        self.count()
        made = services.rotate(endpoint, kind=kind, ends_previous=ends_previous)
        return Response(serializers.made(made), headers=NO_STORE)


class Test(Face):
    """POST to have an event sent that tells of nothing: 202 and its delivery."""

    def post(self, request, webhook_id):
        endpoint = self.endpoint(webhook_id)
        self.count()
        return _accepted(services.test(endpoint))


class Deliveries(Face):
    """GET what was and is to be sent to a webhook, newest first; `cursor` is the `nextCursor` of
    the page before, which is null at the end."""

    def get(self, request, webhook_id):
        endpoint = self.endpoint(webhook_id)
        limit = page_size(request.query_params.get("limit"), usual=USUAL)
        after = read_cursor(request.query_params.get("cursor", ""))
        page = services.deliveries(endpoint, limit=limit, after=after)
        shown = [serializers.delivery(one) for one in page.deliveries]
        return Response({"deliveries": shown, "nextCursor": page.next_cursor}, headers=NO_STORE)


class Replay(Face):
    """POST to have a delivery sent again, now, under its old id: 202."""

    def post(self, request, delivery_id):
        mine = services.find_delivery(request.user, parse_id(delivery_id), is_test=self.mode())
        self.count()
        return _accepted(services.replay(mine))


class Settings(Face):
    """GET or PATCH at how many credits `credits.low` is told."""

    def get(self, request):
        return _settings(request.user)

    def patch(self, request):
        body = request.data
        if self.mode():
            raise AccountsOwn()
        alarms.set_threshold(request.user.pk, asked.threshold(body))
        return _settings(request.user)


def _shown(endpoint):
    return Response({"webhook": serializers.endpoint(endpoint)}, headers=NO_STORE)


def _accepted(delivery):
    return Response({"delivery": serializers.delivery(delivery)}, status=202, headers=NO_STORE)


def _settings(user):
    return Response({"creditsLowThreshold": alarms.threshold(user.pk)}, headers=NO_STORE)
