"""Tickets, for those who answer them: read in the list, answered on the page of each."""

from functools import partial
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.template.loader import render_to_string

from accounts.models import Ticket
from accounts.staff.read_only import ReadOnly
from accounts.support import services
from accounts.support.asked import MESSAGE_MAX
from chatsvg.text import clean

SHOWN = 70  # characters of a subject, in the list
QUEUED = "The answer waits to be sent to {}. The page of the ticket says when it was."


class AnswerForm(forms.ModelForm):
    """`once` makes that a form which is sent twice answers once."""

    answer = forms.CharField(
        required=False,
        label="Your answer",
        max_length=MESSAGE_MAX,
        widget=AdminTextareaWidget,
        help_text="Goes out by mail as it stands. Nobody else's affairs, no passwords.",
    )
    close = forms.BooleanField(
        required=False, label="Close the ticket", help_text="With or without an answer."
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


@admin.register(Ticket)
class TicketAdmin(ReadOnly):
    """Nobody changes what was written; who may answer has a field for it."""

    form = AnswerForm
    change_form_template = "admin/accounts/ticket/change_form.html"
    list_display = ("created_at", "about", "status", "type", "email")
    list_display_links = ("created_at", "about")
    list_filter = ("status", "type", "created_at")
    search_fields = ("=id", "email", "user__email", "subject", "message", "=request_id")
    ordering = ("-created_at",)
    actions = ("close", "reopen")
    written = ("created_at", "status", "type", "user", "email", "proved", "subject", "message")
    whence = ("context_url", "user_agent", "ip_address", "request_id")
    readonly_fields = (*written, *whence, "answers")

    def has_change_permission(self, request, obj=None):
        return request.user.has_perm("accounts.answer_ticket")

    has_answer_permission = has_change_permission

    def get_fieldsets(self, request, obj=None):
        sets = [
            (None, {"fields": (*self.written, "answers")}),
            ("Where it came from", {"fields": self.whence, "classes": ("collapse",)}),
        ]
        if self.has_change_permission(request):
            sets.insert(1, ("Answer", {"fields": ("answer", "close", "once")}))
        return sets

    def save_model(self, request, obj, form, change):
        asked = form.cleaned_data
        if asked["answer"]:
            services.answer(obj, staff=request.user, message=asked["answer"], once=asked["once"])
            self.message_user(request, QUEUED.format(obj.mailbox), messages.INFO)
        if asked["close"]:
            services.move(obj, Ticket.Status.CLOSED)

    @admin.action(description="Close the chosen tickets", permissions=["answer"])
    def close(self, request, queryset):
        self.each(request, queryset, partial(services.move, status=Ticket.Status.CLOSED), "Closed")

    @admin.action(description="Open the chosen tickets again", permissions=["answer"])
    def reopen(self, request, queryset):
        self.each(
            request, queryset, partial(services.move, status=Ticket.Status.OPEN), "Opened again"
        )

    @admin.display(description="subject", ordering="subject")
    def about(self, ticket):
        is_long = len(ticket.subject) > SHOWN
        return f"{ticket.subject[:SHOWN]}…" if is_long else ticket.subject

    @admin.display(description="mailbox is theirs", boolean=True)
    def proved(self, ticket):
        return ticket.is_proved

    @admin.display(description="answers")
    def answers(self, ticket):
        replies = ticket.replies.select_related("staff", "mail")
        return render_to_string("admin/accounts/ticket/answers.html", {"replies": replies})
