"""What most of the admin is: looked at, and changed by actions alone."""

from collections.abc import Callable

from django.contrib import admin, messages

from chatsvg.errors import DomainError


class ReadOnly(admin.ModelAdmin):
    """Who may view a model may look. Actions name the permission that each of them takes."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def each(self, request, queryset, act: Callable, done: str) -> None:
        """`act(row)` on every chosen row; the history keeps `done`, and refusals are shown."""
        count = 0
        for row in queryset:
            try:
                act(row)
            except DomainError as refusal:
                self.message_user(request, f"{row}: {refusal}", messages.ERROR)
            else:
                self.log_change(request, row, done)
                count += 1
        if count:
            self.message_user(request, f"{done}: {count}", messages.SUCCESS)
