"""Jobs, attempts and drawings, read-only, for support staff."""

from django.contrib import admin

from credits.admin import ReadOnly
from generations.models import Attempt, AuditRun, Generation, Job


class AttemptInline(admin.TabularInline):
    model = Attempt
    extra = 0
    can_delete = False
    fields = readonly_fields = (
        "number",
        "provider",
        "upstream",
        "outcome",
        "started_at",
        "finished_at",
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
    inlines = (AttemptInline,)


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

    def get_queryset(self, request):
        return super().get_queryset(request).defer("svg")
