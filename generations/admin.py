"""Jobs, attempts and drawings, for staff: what became of them, never what somebody wrote or got."""

from django.contrib import admin
from unfold.admin import TabularInline

from accounts.models import StaffAction
from accounts.staff.read_only import ReadOnly
from generations import services, staff
from generations.errors import FAILURES
from generations.models import Attempt, AuditRun, Generation, Job

Kind = StaffAction.Kind


class Failed(admin.SimpleListFilter):
    """By the codes that there are, not by reading every job for those that it has."""

    title, parameter_name = "error code", "error_code"

    def lookups(self, request, model_admin):
        return [(code, code) for code in FAILURES]

    def queryset(self, request, queryset):
        return queryset.filter(error_code=self.value()) if self.value() else queryset


class AttemptInline(TabularInline):
    model = Attempt
    extra = 0
    can_delete = False
    hide_title = True
    fields = readonly_fields = (
        *("number", "asked", "outcome", "started_at", "took", "first_byte_seconds"),
        *("prompt_tokens", "completion_tokens", "cost_usd", "error_code", "raw_error"),
    )

    def has_add_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).defer("answer", "notes")

    @admin.display(description="asked")
    def asked(self, attempt):
        who = [attempt.model, attempt.provider, attempt.upstream]
        repair = f" (repair {attempt.repair})" if attempt.repair else ""
        return " → ".join(dict.fromkeys(filter(None, who))) + repair

    @admin.display(description="seconds")
    def took(self, attempt):
        return "" if attempt.seconds is None else f"{attempt.seconds:.1f}"


@admin.register(Job)
class JobAdmin(ReadOnly):
    list_display = (
        *("created_at", "short", "user", "status", "charge", "error_code"),
        "attempt",
    )
    list_select_related = ("user",)
    list_filter = ("status", "charge", Failed)
    search_help_text = "Id of a job, or how it begins, or e-mail or id of a person"
    list_display_links = ("created_at", "short")
    told = (
        *("user", "status", "error_code", "price", "charge", "created_at", "started_at"),
        *("finished_at", "style", "model", "is_private", "generation", "is_test", "key"),
    )
    fieldsets = (
        (None, {"fields": told}),
        (
            "Machinery",
            {
                "classes": ("collapse",),
                "fields": (
                    *("stage", "progress", "attempt", "lease_expires_at", "available_at"),
                    *("woken_at", "deadline_at"),
                ),
            },
        ),
    )
    inlines = (AttemptInline,)
    actions = ("cancel", "requeue")

    def get_queryset(self, request):
        return super().get_queryset(request).defer("prompt")

    def has_cancel_permission(self, request):
        return request.user.has_perm("generations.cancel_job")

    def has_requeue_permission(self, request):
        return request.user.has_perm("generations.requeue_job")

    @admin.action(description="Cancel the chosen jobs; they cost nothing", permissions=["cancel"])
    def cancel(self, request, queryset):
        self.each(request, queryset, staff.cancel, "Canceled", kind=Kind.CANCEL)

    @admin.action(description="Give the chosen running jobs another try", permissions=["requeue"])
    def requeue(self, request, queryset):
        def again(job):
            services.requeue_lost(job.pk)

        self.each(request, queryset, again, "Queued again", kind=Kind.REQUEUE)


@admin.register(AuditRun)
class AuditRunAdmin(ReadOnly):
    list_display = ("at", "faults")
    search_fields = ()
    person = ""


@admin.register(Generation)
class GenerationAdmin(ReadOnly):
    list_display = ("created_at", "short", "user", "style", "model", "provider", "is_private")
    list_display_links = ("created_at", "short")
    list_select_related = ("user",)
    list_filter = ("is_private",)
    search_help_text = "Id of a drawing, or how it begins, or e-mail or id of a person"
    exclude = ("prompt", "svg", "notes", "remix_of")

    def get_queryset(self, request):
        return super().get_queryset(request).defer("prompt", "svg", "notes")
