"""The admin's site: django-unfold's, with a desk in front of the lists."""

import time
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.views.generic import RedirectView
from unfold.dataclasses import SearchResult
from unfold.sites import UnfoldAdminSite


class Desk(UnfoldAdminSite):
    """`find` leads from an e-mail or an id to what it names; `person` shows somebody; `do` is one
    page for every deed of staff."""

    # the account page changes passwords with every check, and signs the other devices out
    password_change = password_change_done = staticmethod(
        RedirectView.as_view(url="/account#signin")
    )

    def admin_view(self, view, cacheable=False):
        """What somebody's role does not open is said in the desk, with a way on."""
        looked_at = super().admin_view(view, cacheable)

        @wraps(looked_at)
        def answer(request, *args, **kwargs):
            try:
                return looked_at(request, *args, **kwargs)
            except PermissionDenied:
                shown = {**self.each_context(request), "title": "Not for your role"}
                shown["desk_roles"] = ", ".join(group.name for group in request.user.groups.all())
                return TemplateResponse(request, "admin/desk/refused.html", shown, status=403)

        return answer

    def extra_urls(self):
        from chatsvg.backoffice import views  # which ask for models: not before these are loaded

        pages = {
            "find/": (views.find, "find"),
            "person/<uuid:person_id>/": (views.person, "person"),
            "person/<uuid:person_id>/<slug:section>/": (views.person, "person_section"),
            "do/<slug:name>/<uuid:target_id>/": (views.do, "do"),
        }
        return [
            path(route, self.admin_view(view), name=name) for route, (view, name) in pages.items()
        ]

    def search(self, request, extra_context=None):
        """What is typed into the command box: lists by name, and whatever an id or e-mail names.
        Never kept: what somebody may see changes, and so does what there is."""
        from chatsvg.backoffice import finding

        began, typed = time.monotonic(), request.GET.get("s", "").strip()
        if not typed:
            return HttpResponse()
        lists = self._search_apps(self.get_app_list(request), typed.lower())
        found = [
            SearchResult(title=hit.title, description=hit.kind, link=hit.link, icon=hit.icon)
            for hit in finding.hits(request, typed)
        ]
        pages = Paginator([*found, *lists], 100)
        shown = {
            "page_obj": pages,
            "results": pages.page(1),
            "page_counter": 0,
            "execution_time": time.monotonic() - began,
        }
        return TemplateResponse(request, "unfold/helpers/command_results.html", shown)
