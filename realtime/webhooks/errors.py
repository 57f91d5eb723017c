"""What can be refused about webhooks."""

from chatsvg.errors import Conflict, Forbidden, Invalid, Missing


class WebhookMissing(Missing):
    title = "Webhook not found"


class DeliveryMissing(Missing):
    title = "Webhook delivery not found"


class TooManyWebhooks(Forbidden):
    code = "WEBHOOK_LIMIT_REACHED"


class WebhookDisabled(Conflict):
    code = "WEBHOOK_DISABLED"
    title = "This webhook is disabled. Enable it first."


class TooManySecrets(Conflict):
    code = "WEBHOOK_ROTATED_TOO_OFTEN"
    title = "This webhook has too many secrets in use. End the previous ones, or wait for a day."


class AccountsOwn(Forbidden):
    code = "PRODUCTION_KEY_NEEDED"
    title = "A test key cannot change this for the account"


class UrlRefused(Invalid):
    code = "WEBHOOK_URL_REFUSED"
