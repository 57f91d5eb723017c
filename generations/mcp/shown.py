"""How jobs and drawings look to assistants: for programs, for models, and to the eye."""

from base64 import b64encode
from typing import Any

from django.http import HttpRequest

from generations import files, names
from generations.errors import DrawingDeleted, sentence
from generations.mcp import pictures
from generations.models import Generation, Job
from generations.v1 import shown as programs
from generations.v1.addresses import origin

MOST_TEXT = 20_000  # characters of SVG in a tool's result; larger ones are read as a resource
LINK_SECONDS = files.LIST_SECONDS  # how long the address of a private drawing works
SVG = "image/svg+xml"
SCHEME = "chatsvg://drawings/"
_DELETED = "The drawing was deleted."


def uri(drawing: Generation) -> str:
    """The drawing's name as a resource."""
    return f"{SCHEME}{drawing.pk}"


def result(request: HttpRequest, job: Job) -> dict[str, Any]:
    """A job as the result of a tool: what it is, in words, and its drawing."""
    told, drawing = job_json(request, job), job.generation
    content: list[dict[str, Any]] = [{"type": "text", "text": _words(job, told)}]
    if drawing:
        content.append(_link(drawing, told))
        if png := pictures.preview(drawing.svg):
            data = b64encode(png).decode()
            content.append({"type": "image", "data": data, "mimeType": "image/png"})
    return {"content": content, "structuredContent": {"job": told}}


def job_json(request: HttpRequest, job: Job) -> dict[str, Any]:
    """As `/v1/svg/job/<id>` has it, and where the drawing is had as a resource."""
    drawing = job.generation
    told = {
        **programs.job(job, origin(request)),
        "progress": job.progress,
        "privacy": job.is_private,
        "resource": None,
        "bytes": None,
    }
    if drawing:
        there = files.path(drawing, seconds=LINK_SECONDS)
        told |= {"url": origin(request) + there, "resource": uri(drawing)}
        told["bytes"] = drawing.size_bytes
        if len(drawing.svg) > MOST_TEXT:
            told["svg"] = None
    if job.has_lost_drawing:
        told |= {"errorCode": DrawingDeleted.code, "errorMessage": _DELETED}
    return told


def resource(drawing: Generation) -> dict[str, Any]:
    """A drawing in a list of resources."""
    return {
        "uri": uri(drawing),
        "name": names.of(drawing),
        "title": drawing.prompt,
        "mimeType": SVG,
        "size": drawing.size_bytes,
    }


def _link(drawing: Generation, told: dict[str, Any]) -> dict[str, Any]:
    lasting = "Works for an hour" if drawing.is_private else "Works for everybody"
    known = {"uri": told["url"], "description": f"{lasting}. Also {told['resource']}."}
    return {"type": "resource_link", **resource(drawing), **known}


def _words(job: Job, told: dict[str, Any]) -> str:
    """For models, and for clients that show nothing else."""
    if job.generation:
        size = f"{told['bytes'] / 1000:.1f} kB"
        return f"Drawn ({size} of SVG): {told['url']}\nIts text: {told['resource']}"
    if job.has_lost_drawing:
        return _DELETED
    if job.has_ended:
        return f"{sentence(job.error_code)} ({job.error_code})"
    return (
        f"Job {job.pk} is {job.status.lower()}, {job.progress} % done. "
        "Ask get_job_status for it in a few seconds."
    )
