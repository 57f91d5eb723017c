"""`/v1/credits`."""

from rest_framework.response import Response

from accounts.keys.views import KeyView
from chatsvg.text import timestamp
from credits.models import Plan


class Credits(KeyView):
    """GET what the key's person can spend: the balance without what is promised to drawings under
    way. FREE is filled up at `nextRefillAt`."""

    scope = "account:read"

    def get(self, request):
        wallet = request.user.wallet
        is_free = wallet.plan == Plan.FREE
        return Response(
            {
                "credits": wallet.available,
                "balance": wallet.balance,
                "held": wallet.held,
                "plan": wallet.plan,
                "nextRefillAt": timestamp(wallet.next_refill_at) if is_free else None,
            }
        )
