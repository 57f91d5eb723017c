"""Who may look at the figures."""

from rest_framework.permissions import BasePermission

from accounts.backstage import cookies, services
from accounts.backstage.errors import NotBackstage


class MayLook(BasePermission):
    """Raises NotBackstage (401) for everybody else, signed in or not."""

    def has_permission(self, request, view):
        if not services.may_look(cookies.read_pass(request._request), request.user):
            raise NotBackstage()
        return True
