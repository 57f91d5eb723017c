"""The desk's own pages: find, a person, and the page on which a deed is asked for."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from accounts.models import ApiKey, Session, StaffAction, User
from accounts.staff import rights
from chatsvg.backoffice import deeds, finding
from chatsvg.backoffice.person import FIRST, SECTIONS, Look, facts
from chatsvg.backoffice.tables import kind
from chatsvg.errors import DomainError
from generations.models import Generation, Job

IN = {Job: "jobs", Generation: "drawings", ApiKey: "keys", Session: "sessions", User: FIRST}
"""The section of a person in which a row is."""


def show(request, template, **context):
    return render(
        request, f"admin/desk/{template}.html", admin.site.each_context(request) | context
    )


@never_cache
def find(request):
    typed = request.GET.get("q", "").strip()
    found = finding.hits(request, typed) if typed else []
    people = [hit for hit in found if hit.is_person]
    if len(found) == 1 or ("@" in typed and len(people) == 1):
        return redirect((people or found)[0].link)
    return show(request, "find", title="Find", typed=typed, found=found)


@never_cache
def person(request, person_id, section=FIRST):
    if not request.user.has_perm("accounts.view_user"):
        raise PermissionDenied
    if section not in SECTIONS:
        raise Http404
    if not request.user.has_perm(SECTIONS[section].permission):
        raise PermissionDenied
    someone = get_object_or_404(User.objects.select_related("wallet"), pk=person_id)
    look = Look(someone, request.user, request.GET.get("before", ""))
    return show(
        request,
        "person",
        title=someone.shown_name,
        person=someone,
        facts=[(label, kind(value), value) for label, value in facts(someone, request.user)],
        buttons=look.buttons(someone),
        tabs=_tabs(someone, request.user, section),
        section=SECTIONS[section],
        is_later=bool(look.before),
        tables=SECTIONS[section].read(look),
    )


def _tabs(someone, staff, now):
    return [
        (one.title, reverse("admin:person_section", args=[someone.pk, name]), name == now)
        for name, one in SECTIONS.items()
        if staff.has_perm(one.permission)
    ]


@never_cache
def do(request, name, target_id):
    if (deed := deeds.DEEDS.get(name)) is None:
        raise Http404
    if not request.user.has_perm(deed.permission):
        raise PermissionDenied
    row = get_object_or_404(deed.rows(), pk=target_id)
    person = deeds.person_of(row)
    refusal = rights.refused(request.user, person).get(deed.kind)
    form = deed.form(request.POST or None)
    if form.is_valid() and _is_done(request, deed, row, form):
        return redirect(_after(request, row, deed))
    return show(
        request,
        "do",
        title=deed.label,
        deed=deed,
        row=row,
        noun=row._meta.verbose_name,
        person=person,
        refusal=refusal.title if refusal else "",
        link=finding.link(row),
        form=form,
        back=_after(request, row, deed),
    )


def _is_done(request, deed, row, form) -> bool:
    """Whether it was, now or before; where it is refused the form says why."""
    asked = dict(form.cleaned_data)
    reason, once = asked.pop("reason"), asked.pop("once")
    try:
        is_new = deeds.carry_out(deed, deeds.Asked(row, request.user, reason, once, asked))
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return False
    if is_new:
        desk = admin.site.get_model_admin(type(row))
        desk.log_change(request, row, f"{deed.done} ({reason})")
    messages.success(request, f"{deed.done}." if is_new else "This was done already.")
    return True


def _after(request, row, deed) -> str:
    """To the person, at the section in which the row is; to the row itself to read it."""
    if deed.kind == StaffAction.Kind.READ:
        return finding.link(row)
    section = IN[type(row)]
    may = request.user.has_perm
    if may("accounts.view_user") and may(SECTIONS[section].permission):
        return reverse("admin:person_section", args=[deeds.person_of(row).pk, section])
    return reverse("admin:index")
