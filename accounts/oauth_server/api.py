"""`/api/oauth/grants`: the apps that somebody has connected."""

from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.oauth_server import grants, serializers
from chatsvg.caching import NO_STORE
from chatsvg.ids import parse_id


class GrantList(APIView):
    """GET the apps that one has connected, the newest first."""

    def get(self, request):
        mine = [serializers.grant(one) for one in grants.of(request.user)]
        return Response({"grants": mine}, headers=NO_STORE)


class GrantDetail(APIView):
    """DELETE: disconnect an app, at once. 404 for others', and for those that ended before."""

    def delete(self, request, grant_id):
        grants.end(grants.find(request.user, parse_id(grant_id)))
        return Response({"success": True}, headers=NO_STORE)
