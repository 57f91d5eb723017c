"""`/api/account` and `/api/user/me`."""

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import cookies, validation
from accounts.profile import asked, avatars, deletion, downloads, exports, services
from accounts.profile.errors import BadPicture
from accounts.profile.pictures import BYTES_MOST
from accounts.profile.serializers import account, export, me
from accounts.serializers import picture_url
from chatsvg.caching import NO_STORE
from chatsvg.ids import parse_id


class Me(APIView):
    """GET who is signed in, in the contract's older shape."""

    def get(self, request):
        return Response({"user": me(request.user)}, headers=NO_STORE)


class Account(APIView):
    """GET the account. PATCH its name. DELETE it, with password, or email where there is none."""

    def get(self, request):
        return Response(account(request.user), headers=NO_STORE)

    def patch(self, request):
        user = services.rename(request.user, validation.name(request.data))
        return Response(account(user), headers=NO_STORE)

    def delete(self, request):
        deletion.delete(request.user, request.auth, **asked.deletion(request.data))
        response = Response({"message": "Account deleted"}, headers=NO_STORE)
        cookies.sign_out(response)
        return response


class AnyBytes(BaseParser):
    """The body as it is; what it is, its first bytes say."""

    media_type = "*/*"

    def parse(self, stream, media_type=None, parser_context=None):
        return stream.read(BYTES_MOST + 1)


class Avatar(APIView):
    """PUT a picture, as the body or as the file of a form. DELETE it."""

    parser_classes = (MultiPartParser, AnyBytes)

    def put(self, request):
        user = avatars.set_avatar(request.user, uploaded(request))
        return Response({"avatar": picture_url(user)}, headers=NO_STORE)

    def delete(self, request):
        avatars.remove_avatar(request.user)
        return Response({"avatar": None}, headers=NO_STORE)


def uploaded(request):
    """The bytes of the first file, or of the body."""
    try:
        files = list(request.FILES.values())
    except ParseError as error:
        raise BadPicture() from error
    if files:
        return files[0].read(BYTES_MOST + 1)
    return request.data if isinstance(request.data, bytes) else b""


class ExportList(APIView):
    """GET the latest exports. POST to have one made: 202."""

    def get(self, request):
        mine = [export(one) for one in exports.of(request.user)]
        return Response({"exports": mine}, headers=NO_STORE)

    def post(self, request):
        return Response({"export": export(exports.ask(request.user))}, status=202, headers=NO_STORE)


class ExportDetail(APIView):
    """GET how far it is. 404 for what is not the caller's."""

    def get(self, request, export_id):
        mine = exports.find(request.user, parse_id(export_id))
        return Response({"export": export(mine)}, headers=NO_STORE)


class ExportDownload(APIView):
    """GET the archive."""

    def get(self, request, export_id):
        return downloads.response(exports.find(request.user, parse_id(export_id)))
