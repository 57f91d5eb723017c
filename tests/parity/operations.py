"""Every operation in the words of each face: they are run as they stand here.

Names in them stand for what the test has made before: a job, a drawing, a webhook and so on.
"""

from typing import NamedTuple

PROMPT = "a red fox asleep"


class Operation(NamedTuple):
    """What it is called, and what each face calls it; None where a face does not have it.

    `needs`: a job of its own, for each face, which nobody draws before it is asleep. `shows`: what
    the answer tells: a name, or words of which one stands there. `truth`: a query, and what the
    database answers in the end. `is_live`: progress is told before the result.
    `is_for_real`: test keys may not.
    """

    title: str
    rest: str | None = None
    python: str | None = None
    typescript: str | None = None
    cli: str | None = None
    mcp: str | None = None
    webhook: str | None = None
    needs: str = ""
    shows: tuple[str, ...] = ()
    truth: tuple[str, str] | None = None
    is_live: bool = False
    is_for_real: bool = False


BODIES = {
    "/v1/svg/generate": {"prompt": "prompt"},
    "/v1/estimate": {"prompt": "prompt"},
    "/v1/webhooks": {"url": "url"},
    "/v1/webhooks/{webhook}": {"description": "changed"},
    "/v1/webhooks/{webhook}/rotate": {},
    "/v1/webhooks/settings": {"creditsLowThreshold": 9},
}
"""What requests carry; values that are names stand for what was made."""

_STATUS = "SELECT status FROM generations_job WHERE id = '{job}'"
_DRAWINGS = "SELECT count(*)::text FROM generations_generation WHERE id = '{drawing}'"
_WEBHOOKS = "SELECT count(*)::text FROM realtime_webhookendpoint WHERE id = '{webhook}'"
_SECRETS = "SELECT count(*)::text FROM realtime_webhooksecret WHERE endpoint_id = '{webhook}'"
_ATTEMPTS = (
    "SELECT (count(*) > 1)::text FROM realtime_webhookattempt WHERE delivery_id = '{delivery}'"
)

OPERATIONS = (
    Operation(
        "Ask for a drawing",
        "POST /v1/svg/generate",
        "client.generate(prompt)",
        "client.generate({ prompt })",
        "chatsvg draw '{prompt}' --no-wait --json",
        "generate_svg(prompt=prompt, wait_seconds=0)",
        shows=("creditsCharged|credits_charged", "queued|QUEUED|RUNNING|running|SUCCEEDED"),
    ),
    Operation(
        "Wait for it",
        "GET /v1/svg/job/{job} Prefer: wait=30",
        "client.wait(job)",
        "client.wait(job)",
        "chatsvg draw '{prompt}' --json",
        "get_job_status(job_id=job, wait_seconds=30)",
        "generation.succeeded",
        needs="job",
        shows=("SUCCEEDED", "<svg"),
    ),
    Operation(
        "Live progress",
        "GET /v1/events",
        "client.wait(job, on_progress=seen)",
        "client.wait(job, { onProgress })",
        "chatsvg draw '{prompt}' --watch --json",
        "generate_svg(prompt=prompt, wait_seconds=30)",
        needs="job",
        shows=("SUCCEEDED",),
        is_live=True,
    ),
    Operation(
        "Events of all jobs",
        "GET /v1/events",
        None,
        "client.events()",
        needs="job",
        shows=("job", "SUCCEEDED"),
        is_live=True,
    ),
    Operation(
        "See a job",
        "GET /v1/svg/job/{job}",
        "client.job(job)",
        "client.job(job)",
        None,
        "get_job_status(job_id=job)",
        "generation.succeeded",
        shows=("job", "SUCCEEDED", "<svg"),
    ),
    Operation(
        "Cancel a job",
        "POST /v1/svg/job/{job}/cancel",
        "client.cancel(job)",
        "client.cancel(job)",
        "chatsvg cancel {job} --json",
        "cancel_job(job_id=job)",
        "generation.canceled",
        needs="waiting",
        shows=("job", "CANCELED"),
        truth=(_STATUS, "CANCELED"),
    ),
    Operation(
        "List jobs",
        "GET /v1/svg/jobs",
        "client.jobs()",
        "client.jobs()",
        "chatsvg jobs --limit 100 --json",
        shows=("job",),
    ),
    Operation(
        "List drawings",
        "GET /v1/svg/drawings",
        "client.drawings()",
        "client.drawings()",
        None,
        "list_resources()",
        shows=("drawing",),
    ),
    Operation(
        "See a drawing",
        "GET /v1/svg/drawings/{drawing}",
        "client.drawing(drawing)",
        "client.drawing(drawing)",
        "chatsvg get {drawing} --json",
        "read_resource(f'chatsvg://drawings/{drawing}')",
        "generation.succeeded",
        shows=("<svg",),
    ),
    Operation(
        "Export a drawing",
        "GET /v1/svg/drawings/{drawing}/export?format=jsx",
        "client.export(drawing, 'jsx')",
        "client.export(drawing, { format: 'jsx' })",
        "chatsvg get {drawing} --format jsx",
        shows=("viewBox", "props"),
    ),
    Operation(
        "Delete a drawing",
        "DELETE /v1/svg/drawings/{drawing}",
        "client.delete(drawing)",
        "client.deleteDrawing(drawing)",
        "chatsvg delete {drawing}",
        truth=(_DRAWINGS, "0"),
    ),
    Operation(
        "List styles",
        "GET /v1/styles",
        "client.styles()",
        "client.styles()",
        "chatsvg styles",
        "list_styles()",
        shows=("line-art",),
    ),
    Operation(
        "List models",
        "GET /v1/models",
        "client.models()",
        "client.models()",
        "chatsvg models",
        "list_styles()",
        shows=("studio",),
    ),
    Operation(
        "Credits",
        "GET /v1/credits",
        "client.credits()",
        "client.credits()",
        "chatsvg credits --json",
        None,
        "credits.low",
        shows=("10|9",),
    ),
    Operation(
        "Estimate",
        "POST /v1/estimate",
        "client.estimate(prompt)",
        "client.estimate({ prompt })",
        "chatsvg estimate '{prompt}' --json",
        shows=("price",),
    ),
    Operation(
        "See when credits are low",
        "GET /v1/webhooks/settings",
        None,
        "client.webhooks.threshold()",
        shows=("9",),
    ),
    Operation(
        "Say when credits are low",
        "PATCH /v1/webhooks/settings",
        None,
        "client.webhooks.setThreshold(9)",
        is_for_real=True,
        shows=("9",),
    ),
    Operation(
        "Usage",
        "GET /v1/usage",
        "client.usage()",
        "client.usage()",
        "chatsvg keys --json",
        shows=("Key of the test",),
    ),
    Operation(
        "Create a webhook",
        "POST /v1/webhooks",
        "client.create_webhook(url)",
        "client.webhooks.create({ url })",
        "chatsvg webhooks create {url} --json",
        shows=("url", "whsec_"),
    ),
    Operation(
        "List webhooks",
        "GET /v1/webhooks",
        "client.webhooks()",
        "client.webhooks.list()",
        "chatsvg webhooks --json",
        shows=("webhook",),
    ),
    Operation(
        "See a webhook",
        "GET /v1/webhooks/{webhook}",
        "client.webhook(webhook)",
        "client.webhooks.get(webhook)",
        shows=("webhook",),
    ),
    Operation(
        "Change a webhook",
        "PATCH /v1/webhooks/{webhook}",
        "client.update_webhook(webhook, description='changed')",
        "client.webhooks.update(webhook, { description: 'changed' })",
        "chatsvg webhooks update {webhook} --url {url} --json",
        shows=("webhook",),
    ),
    Operation(
        "Rotate its secret",
        "POST /v1/webhooks/{webhook}/rotate",
        "client.rotate_webhook(webhook)",
        "client.webhooks.rotate(webhook)",
        "chatsvg webhooks rotate {webhook} --json",
        shows=("webhook", "whsec_"),
        truth=(_SECRETS, "2"),
    ),
    Operation(
        "Test it",
        "POST /v1/webhooks/{webhook}/test",
        "client.test_webhook(webhook)",
        "client.webhooks.test(webhook)",
        "chatsvg webhooks test {webhook} --json",
        None,
        "webhook.test",
    ),
    Operation(
        "List deliveries",
        "GET /v1/webhooks/{hook}/deliveries?limit=100",
        "client.deliveries(hook)",
        "client.webhooks.deliveries(hook)",
        "chatsvg webhooks deliveries {hook} --limit 100 --json",
        shows=("delivery",),
    ),
    Operation(
        "Replay a delivery",
        "POST /v1/webhooks/deliveries/{delivery}/replay",
        "client.replay(delivery)",
        "client.webhooks.replay(delivery)",
        "chatsvg webhooks replay {delivery} --json",
        shows=("delivery",),
        truth=(_ATTEMPTS, "true"),
    ),
    Operation(
        "Delete a webhook",
        "DELETE /v1/webhooks/{webhook}",
        "client.delete_webhook(webhook)",
        "client.webhooks.delete(webhook)",
        "chatsvg webhooks delete {webhook}",
        truth=(_WEBHOOKS, "0"),
    ),
)
