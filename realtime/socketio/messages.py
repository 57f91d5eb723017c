"""Our messages as Socket.IO events: names and payloads exactly as CONTRACT §5.3 gives them."""

from typing import NamedTuple

import orjson

from generations.models import Job
from generations.serializers import shown_status

ENDS = (Job.Status.SUCCEEDED.value, Job.Status.FAILED.value)


class Event(NamedTuple):
    name: str
    payload: dict

    @property
    def packet(self) -> str:
        """Socket.IO's own form: EVENT, in the namespace that needs no name."""
        return "2" + orjson.dumps([self.name, self.payload]).decode()

    @property
    def is_end(self) -> bool:
        """Whether it tells the end of a job, which is told twice."""
        return self.name == UPDATE and self.payload["status"] in ENDS


READY = Event("server:ready", {"ok": True})
UPDATE = "generation-job:update"
NEWS = "notification:new"


def translate(message: dict, *, at_least: int = 0) -> Event | None:
    """What the React client is told of a message; None for what is not for it.

    `at_least` is how far the job's progress was told already: another try begins behind that.
    """
    kind = message["type"]
    if kind in ("job.updated", "job.progressed"):
        return Event(UPDATE, _update(message, at_least))
    if kind == "notification.created":
        return Event(NEWS, message["notification"])
    return None


def _update(message: dict, at_least: int) -> dict:
    status = shown_status(message["status"])
    update = {"jobId": message["jobId"], "status": status}
    if status == Job.Status.FAILED:
        codes = {"errorCode": message["errorCode"], "errorMessage": message["errorMessage"]}
        return {**update, "generationId": None, **codes}
    update["progress"] = max(message["progress"], at_least)
    if status == Job.Status.SUCCEEDED:
        update |= {
            "generationId": message["generationId"],
            "errorCode": None,
            "errorMessage": None,
        }
    return update
