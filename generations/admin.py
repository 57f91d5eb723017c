"""Jobs, attempts and drawings, for staff: what became of them, never what somebody wrote or got."""

from django.contrib import admin

from accounts.staff.read_only import ReadOnly
from generations import services
from generations.models import Attempt, AuditRun, Generation, Job


class AttemptInline(admin.TabularInline):
    model = Attempt
    extra = 0
    can_delete = False
    fields = readonly_fields = (
        "number",
        "repair",
        "model",
        "provider",
        "upstream",
        "outcome",
        "started_at",
        "first_byte_seconds",
        "finished_at",
        "prompt_tokens",
        "completion_tokens",
        "cost_usd",
        "error_code",
        "raw_error",
    )

    def has_add_permission(self, request, obj=None):
        return False


@admin.register(Job)
class JobAdmin(ReadOnly):
    list_display = (
        "id",
        "user",
        "status",
        "stage",
        "charge",
        "error_code",
        "attempt",
        "created_at",
    )
    list_select_related = ("user",)
    list_filter = ("status", "error_code", "model")
    search_fields = ("=id", "user__email")
    ordering = ("-created_at",)
    exclude = ("prompt", "idempotency_key", "request_hash")
    inlines = (AttemptInline,)
    actions = ("cancel", "requeue")

    def has_cancel_permission(self, request):
        return request.user.has_perm("generations.cancel_job")

    def has_requeue_permission(self, request):
        return request.user.has_perm("generations.requeue_job")

    @admin.action(description="Cancel the chosen jobs; they cost nothing", permissions=["cancel"])
    def cancel(self, request, queryset):
        self.each(request, queryset, lambda job: services.cancel(job.user, job.pk), "Canceled")

    @admin.action(description="Give the chosen running jobs another try", permissions=["requeue"])
    def requeue(self, request, queryset):
        self.each(request, queryset, lambda job: services.requeue_lost(job.pk), "Queued again")


@admin.register(AuditRun)
class AuditRunAdmin(ReadOnly):
    list_display = ("at", "faults")
    ordering = ("-at",)


@admin.register(Generation)
class GenerationAdmin(ReadOnly):
    list_display = ("id", "user", "style", "model", "provider", "is_private", "created_at")
    list_select_related = ("user",)
    list_filter = ("is_private",)
    search_fields = ("=id", "user__email")
    ordering = ("-id",)  # in the order of their making (UUIDv7), by the primary key's index
    show_full_result_count = False
    exclude = ("prompt", "svg", "notes")

    def get_queryset(self, request):
        return super().get_queryset(request).defer("prompt", "svg", "notes")
