"""What happens to credits because of what happens to people."""

from django.dispatch import receiver

from accounts.signals import user_registered
from credits import services
from credits.plans import SIGN_UP_CREDITS


@receiver(user_registered)
def welcome(sender, user, **kwargs):
    """Every person has a wallet, with the credits of a sign-up."""
    services.open_wallet(user)
    services.grant(user.pk, SIGN_UP_CREDITS, reference=f"signup:{user.pk}", reason="Welcome")
    user.wallet.refresh_from_db()
