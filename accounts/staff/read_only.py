"""What most of the admin is: looked at, and changed by actions alone."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, Q
from unfold.admin import ModelAdmin
from unfold.forms import ActionForm
from unfold.paginator import InfinitePaginator
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.models import StaffAction, User
from accounts.staff import actions
from accounts.staff.terms import NOTHING, Term
from chatsvg.errors import DomainError

REASON_TYPED = 120  # characters; the rest of the ledger's field says who it was
WHY = "Why? No names or addresses."
AT_ONCE = 100  # rows


class ReasonForm(ActionForm):
    """Beside the list of actions. The reason stays with what was done; `once` makes that a form
    which is sent twice does it once."""

    reason = forms.CharField(
        required=False,
        max_length=REASON_TYPED,
        label="",
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": WHY, "aria-label": "Reason"}),
    )
    once = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput, label="")


class ReadOnly(ModelAdmin):
    """Who may view a model may look. Actions name the permission that each of them takes.

    Lists go by the primary key, whose index is there, and are never counted. They are searched by
    ids, and by the e-mail of whoever a row belongs to (`person`).
    """

    ordering = ("-pk",)
    paginator = InfinitePaginator
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they count whole tables
    list_disable_select_all = True
    list_filter_sheet = True
    search_fields = ("pk",)  # there is a box; what it finds is said below
    person = "user"
    action_form = ReasonForm
    change_form_outer_before_template = "admin/desk/_beside.html"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="id")
    def short(self, row):
        """The end of an id: those that were made at the same time begin alike."""
        return f"…{str(row.pk)[-8:]}"

    def named(self, term: Term) -> Q:
        """The rows that a term names."""
        return term.names("pk")

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        term = Term(search_term)
        theirs = term.belongs(self.person) if self.person else NOTHING
        return queryset.filter(self.named(term) | theirs), False

    def asked(self, request, *needed: str) -> dict | None:
        """The fields beside the action; None, and a message, where one of `needed` is missing."""
        form = self.action_form(request.POST, auto_id=None)
        form.fields["action"].choices = self.get_action_choices(request)
        values = form.cleaned_data if form.is_valid() else {}
        if all(values.get(name) for name in needed):
            return values
        self.message_user(request, f"Please fill in: {', '.join(needed)}.", messages.ERROR)
        return None

    def each(
        self,
        request,
        queryset,
        act: Callable[[Any], object],
        done: str,
        *,
        kind: StaffAction.Kind,
        person: Callable[[Any], User | UUID | None] = lambda row: row.user_id,
        asked: dict | None = None,
    ) -> None:
        """`act(row)` on every chosen row, with the reason that was given; refusals are shown."""
        asked = asked or self.asked(request, "reason", "once")
        if asked is None:
            return
        rows, count = list(queryset[: AT_ONCE + 1]), 0
        if len(rows) > AT_ONCE:
            self.message_user(request, f"At most {AT_ONCE} at once.", messages.ERROR)
            return
        for row in rows:
            try:
                is_new = actions.act(
                    partial(act, row),
                    staff=request.user,
                    kind=kind,
                    person=person(row),
                    about=about(row),
                    reason=asked["reason"],
                    once=actions.once_for(asked["once"], row.pk),
                )
            except DomainError as refusal:
                self.message_user(request, f"{row}: {refusal}", messages.ERROR)
            else:
                if is_new:
                    self.log_change(request, row, f"{done} ({asked['reason']})")
                count += 1
        if count:
            self.message_user(request, f"{done}: {count}", messages.SUCCESS)


def about(row: Model) -> str:
    """A row as the ledger and the record of what staff did name it."""
    return f"{row._meta.model_name}:{row.pk}"
