"""What may be asked for, and what it would cost."""

from rest_framework.response import Response

from accounts.keys.views import KeyView
from credits.plans import DRAWING_PRICE
from generations import estimates, providers
from generations.choices import DEFAULT_STYLE, STYLES
from generations.v1 import asked


class Styles(KeyView):
    """GET the styles."""

    scope = "svg:read"

    def get(self, request):
        styles = [{"id": style, "name": label} for style, label in STYLES.items()]
        return Response({"styles": styles, "default": DEFAULT_STYLE})


class Models(KeyView):
    """GET the models; one is not available while all that it was asked for of late has failed."""

    scope = "svg:read"

    def get(self, request):
        failing = estimates.failing()
        models = [
            {
                "id": model.name,
                "name": model.label,
                "price": DRAWING_PRICE,
                "isAvailable": model.name not in failing,
            }
            for model in providers.models()
        ]
        return Response({"models": models, "default": providers.default_model().name})


class Estimate(KeyView):
    """POST what /svg/generate takes: its price, the credits after it, and how long it would take.
    Nothing is drawn."""

    scope = "svg:generate"

    def post(self, request):
        wanted = asked.drawing(request.data, is_test=request.auth.is_test)
        count = asked.count(request.data)
        price = 0 if request.auth.is_test else DRAWING_PRICE * count
        available = request.user.wallet.available
        after = available - price
        return Response(
            {
                "n": count,
                "model": wanted.model,
                "style": wanted.style,
                "price": price,
                "credits": {
                    "available": available,
                    "after": max(0, after),
                    "isEnough": after >= 0,
                },
                "queue": _told(estimates.estimate(wanted.model)),
            }
        )


def _told(estimate):
    """Seconds are null where nothing was drawn yet."""
    return {
        "waiting": estimate.waiting,
        "waitingSeconds": estimate.waiting_seconds,
        "drawingSeconds": estimate.drawing_seconds,
        "estimatedSeconds": estimate.seconds,
    }
