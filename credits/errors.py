"""What can be refused about credits."""

from chatsvg.errors import Conflict, Invalid, PaymentRequired


class InsufficientCredits(PaymentRequired):
    title = "Not enough credits."


class WalletClosed(Conflict):
    title = "This person is deleted: credits can be neither given nor taken."


class NotACharge(Invalid):
    title = "Only a charge can be refunded."


class RefundedAlready(Conflict):
    title = "This charge was given back already."
