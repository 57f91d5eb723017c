import json

from django.apps import AppConfig
from django.contrib.admin import apps as admin


class BackofficeConfig(AppConfig):
    name = "chatsvg.backoffice"
    default = True

    def ready(self):
        from unfold import fields

        # where Pygments happens to be there, unfold colours JSON by inline styles: our policy
        # forbids those
        fields.prettify_json = plain_json


class AdminConfig(admin.AdminConfig):
    default = False
    default_site = "chatsvg.backoffice.site.Desk"


def plain_json(data, encoder) -> str:
    return json.dumps(data, sort_keys=True, indent=2, cls=encoder)
