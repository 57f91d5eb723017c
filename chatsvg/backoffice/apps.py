import json

from django.apps import AppConfig
from django.contrib.admin import apps as admin

from chatsvg import roles

WITHOUT_PAGES = ("worker", "upkeep", "beat")  # processes that do without the desk: 4 MB


class BackofficeConfig(AppConfig):
    name = "chatsvg.backoffice"
    default = True

    def ready(self):
        if roles.mine() in WITHOUT_PAGES:
            return
        from unfold import fields

        # where Pygments happens to be there, unfold colours JSON by inline styles: our policy
        # forbids those
        fields.prettify_json = plain_json


class AdminConfig(admin.AdminConfig):
    default = False
    default_site = "chatsvg.backoffice.site.Desk"

    def ready(self):
        if roles.mine() in WITHOUT_PAGES:
            admin.SimpleAdminConfig.ready(self)
        else:
            super().ready()


def plain_json(data, encoder) -> str:
    return json.dumps(data, sort_keys=True, indent=2, cls=encoder)
