"""Tickets, for those who answer them: read in the list, answered on the page of each."""

import re
from functools import partial
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.contrib.postgres.search import SearchQuery, SearchVectorExact
from django.db.models import Q
from django.db.models.lookups import Exact
from django.template.loader import render_to_string
from unfold.widgets import (
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from accounts.models import StaffAction, Ticket
from accounts.models.tickets import BY_NUMBER, BY_WORDS, NUMBER
from accounts.staff import actions
from accounts.staff.actions import once_for
from accounts.staff.read_only import REASON_TYPED, ReadOnly, about
from accounts.staff.terms import NOTHING
from accounts.support import services
from accounts.support.asked import MESSAGE_MAX
from chatsvg.text import clean

Kind = StaffAction.Kind
SHOWN = 70  # characters of a subject, in the list
WORDS_MOST = 8  # that are looked for at once
SAID = "The answer says it."
QUEUED = "The answer waits to be sent to {}. The page of the ticket says when it was."


class AnswerForm(forms.ModelForm):
    """`once` makes that a form which is sent twice answers once."""

    answer = forms.CharField(
        required=False,
        label="Your answer",
        max_length=MESSAGE_MAX,
        widget=UnfoldAdminTextareaWidget,
        help_text="Goes out by mail as it stands. Nobody else's affairs, no passwords.",
    )
    close = forms.BooleanField(
        required=False,
        label="Close the ticket",
        help_text="With an answer, or with a reason instead.",
        widget=UnfoldBooleanSwitchWidget,
    )
    reason = forms.CharField(
        required=False,
        max_length=REASON_TYPED,
        label="Why it is closed without an answer",
        widget=UnfoldAdminTextInputWidget,
        help_text="Stays in the record, where its person may read it.",
    )
    once = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput, label="")

    class Meta:
        model = Ticket
        fields = ()

    def clean_answer(self):
        return clean(self.cleaned_data["answer"])

    def clean(self):
        asked = super().clean()
        if not asked.get("answer") and not asked.get("close") and not self.errors:
            raise forms.ValidationError("Write an answer, or close the ticket.")
        if asked.get("close") and not asked.get("answer") and not asked.get("reason"):
            self.add_error("reason", "Say why, or write an answer.")
        return asked


def _numbered(term):
    """By what people call it: the end of its id."""
    digits = term.text.removeprefix("#").lower()
    is_number = re.fullmatch(rf"[0-9a-f]{{{NUMBER}}}", digits)
    return Q(Exact(BY_NUMBER, digits)) if is_number else NOTHING


def _worded(term):
    """By words of its subject or message, each whole or how it begins."""
    words = re.findall(r"\w+", term.text)[:WORDS_MOST]
    if not words:
        return NOTHING
    query = SearchQuery(
        " & ".join(f"{word}:*" for word in words), config="simple", search_type="raw"
    )
    return Q(SearchVectorExact(BY_WORDS, query))


@admin.register(Ticket)
class TicketAdmin(ReadOnly):
    """Nobody changes what was written; who may answer has a field for it."""

    form = AnswerForm
    change_form_template = "admin/accounts/ticket/change_form.html"
    list_display = ("created_at", "subject_cut", "status", "type", "email")
    list_display_links = ("created_at", "subject_cut")
    list_select_related = ("user",)
    list_filter = ("status", "type")
    search_help_text = "E-mail, number, id, or words of the subject or the message"
    actions = ("close", "reopen")
    written = (
        "created_at",
        "number",
        "status",
        "type",
        "user",
        "email",
        "proved",
        "subject",
        "message",
    )
    whence = ("context_url", "user_agent", "ip_address", "request_id")
    readonly_fields = (*written, *whence, "answers")

    def has_change_permission(self, request, obj=None):
        return request.user.has_perm("accounts.answer_ticket")

    has_answer_permission = has_change_permission

    def named(self, term):
        """The one list that is searched by words as well: people wrote them to us."""
        mailbox = Q(email__startswith=term.text.lower())
        request = ~Q(request_id="") & Q(request_id=term.text)
        return super().named(term) | mailbox | _worded(term) | _numbered(term) | request

    def get_fieldsets(self, request, obj=None):
        sets = [
            (None, {"fields": (*self.written, "answers")}),
            ("Where it came from", {"fields": self.whence, "classes": ("collapse",)}),
        ]
        if self.has_change_permission(request):
            sets.insert(1, ("Answer", {"fields": ("answer", "close", "reason", "once")}))
        return sets

    def save_model(self, request, obj, form, change):
        """What was answered is the reason itself, and stays with the ticket."""
        asked, once = form.cleaned_data, form.cleaned_data["once"]
        told = {"staff": request.user, "person": obj.user, "about": about(obj)}
        told["reason"] = SAID if asked["answer"] else asked["reason"]
        if asked["answer"]:
            send = partial(
                services.answer, obj, staff=request.user, message=asked["answer"], once=once
            )
            actions.act(send, kind=Kind.ANSWER, once=once, **told)
            self.message_user(request, QUEUED.format(obj.mailbox), messages.INFO)
        if asked["close"]:
            close = partial(services.move, obj, Ticket.Status.CLOSED)
            actions.act(close, kind=Kind.CLOSE, once=once_for(once, "close"), **told)

    @admin.action(description="Close the chosen tickets", permissions=["answer"])
    def close(self, request, queryset):
        close = partial(services.move, status=Ticket.Status.CLOSED)
        self.each(request, queryset, close, "Closed", kind=Kind.CLOSE)

    @admin.action(description="Open the chosen tickets again", permissions=["answer"])
    def reopen(self, request, queryset):
        reopen = partial(services.move, status=Ticket.Status.OPEN)
        self.each(request, queryset, reopen, "Opened again", kind=Kind.REOPEN)

    @admin.display(description="subject", ordering="subject")
    def subject_cut(self, ticket):
        is_long = len(ticket.subject) > SHOWN
        return f"{ticket.subject[:SHOWN]}…" if is_long else ticket.subject

    @admin.display(description="mailbox is theirs", boolean=True)
    def proved(self, ticket):
        return ticket.is_proved

    @admin.display(description="answers")
    def answers(self, ticket):
        replies = ticket.replies.select_related("staff", "mail")
        return render_to_string("admin/accounts/ticket/answers.html", {"replies": replies})
