"""What can be refused about credits."""

from chatsvg.errors import PaymentRequired


class InsufficientCredits(PaymentRequired):
    title = "Not enough credits."
