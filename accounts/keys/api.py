"""`/api/keys`: for people, who are signed in."""

from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.keys import asked, serializers, services, usage
from chatsvg import ratelimits
from chatsvg.caching import NO_STORE
from chatsvg.ids import parse_id
from chatsvg.ratelimits import rules


class KeyList(APIView):
    """GET one's keys, without those that were revoked. POST for a new one: shown this once."""

    def get(self, request):
        mine = services.keys_of(request.user)
        totals = usage.totals(key.pk for key in mine)
        shown = [serializers.key(key, totals[key.pk]) for key in mine]
        return Response({"keys": shown}, headers=NO_STORE)

    def post(self, request):
        wish = asked.key(request.data)
        ratelimits.take(rules.KEY_MAKING, request.user.pk)
        made = services.create(request.user, wish)
        return Response(serializers.made(made), status=201, headers=NO_STORE)


class KeyDetail(APIView):
    """DELETE: revoke a key of one's own, at once. 404 for others, and for those revoked before."""

    def delete(self, request, key_id):
        services.revoke(services.find(request.user, parse_id(key_id)))
        return Response({"success": True}, headers=NO_STORE)


class KeyStats(APIView):
    """GET what was done with a key."""

    def get(self, request, key_id):
        key = services.find(request.user, parse_id(key_id))
        totals = usage.totals([key.pk])[key.pk]
        return Response({"stats": serializers.stats(totals)}, headers=NO_STORE)


class Summary(APIView):
    """GET what was done with all keys that one ever had; between startDate and endDate."""

    def get(self, request):
        totals = usage.summary(request.user, asked.period(request.query_params))
        return Response({"summary": serializers.summary(totals)}, headers=NO_STORE)
