"""`/api/account/email` and its verification."""

from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import validation
from accounts.emails import services, verification
from chatsvg.caching import NO_STORE
from chatsvg.errors import Invalid
from chatsvg.text import well_formed

CHANGE_ASKED = "We sent a link to the new address. Open it there to change your e-mail."
VERIFY_ASKED = "We sent you a link. Open it to verify your e-mail."


class Email(APIView):
    """POST email, password: 200; nothing changes before the link in the new mailbox is opened."""

    def post(self, request):
        password = request.data.get("password")
        if not isinstance(password, str) or not password:
            raise Invalid("Current password is required")
        services.ask_change(
            request.user,
            password=well_formed(password),
            new_email=validation.email(request.data),
        )
        return Response({"message": CHANGE_ASKED}, headers=NO_STORE)


class Verification(APIView):
    """POST: 200, another link is on its way to the address of the account."""

    def post(self, request):
        verification.ask(request.user)
        return Response({"message": VERIFY_ASKED}, headers=NO_STORE)
