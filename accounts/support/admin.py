"""Tickets, for those who answer them: read in the list, answered on the page of each."""

import re
from functools import partial
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.db.models import CharField, Q
from django.db.models.functions import Cast
from django.template.loader import render_to_string
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldBooleanSwitchWidget

from accounts.models import StaffAction, Ticket
from accounts.staff import actions
from accounts.staff.actions import once_for
from accounts.staff.read_only import ReadOnly, about
from accounts.staff.terms import NOTHING
from accounts.support import services
from accounts.support.asked import MESSAGE_MAX
from chatsvg.text import clean

Kind = StaffAction.Kind
SHOWN = 70  # characters of a subject, in the list
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
        help_text="With or without an answer.",
        widget=UnfoldBooleanSwitchWidget,
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
        return asked


def _numbered(term):
    """By what people call it: the end of its id."""
    if not re.fullmatch(r"#?[0-9a-fA-F]{8}", term.text):
        return NOTHING
    by_end = Ticket.objects.annotate(text=Cast("pk", CharField()))
    return Q(pk__in=by_end.filter(text__endswith=term.text.lstrip("#").lower()).values("pk"))


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
        words = Q(subject__icontains=term.text) | Q(message__icontains=term.text)
        mailbox = Q(email__startswith=term.text.lower())
        return super().named(term) | mailbox | words | _numbered(term) | Q(request_id=term.text)

    def get_fieldsets(self, request, obj=None):
        sets = [
            (None, {"fields": (*self.written, "answers")}),
            ("Where it came from", {"fields": self.whence, "classes": ("collapse",)}),
        ]
        if self.has_change_permission(request):
            sets.insert(1, ("Answer", {"fields": ("answer", "close", "once")}))
        return sets

    def save_model(self, request, obj, form, change):
        """What was answered is the reason itself; the record says that it was."""
        asked, once = form.cleaned_data, form.cleaned_data["once"]
        told = {"staff": request.user, "person": obj.user, "about": about(obj), "reason": ""}
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
