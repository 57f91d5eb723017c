"""The sign-in of the admin."""

from unfold.forms import AuthenticationForm

from accounts import client, limits


class LoginForm(AuthenticationForm):
    """As everywhere: behind the limits of every other sign-in. May raise TooMany."""

    def clean(self):
        email = self.cleaned_data.get("username", "").strip().lower()
        with limits.attempt(email, client.address(self.request)):
            return super().clean()
