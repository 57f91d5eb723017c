"""News from the apps below, told to whom it concerns."""

from django.dispatch import receiver

from accounts.signals import session_ended
from generations.signals import job_changed, job_progressed, job_sketched
from realtime import events, publish


@receiver(job_changed)
def push_change(sender, event, **kwargs):
    publish.to_user(event.user_id, events.job_updated(event))


@receiver(job_progressed)
def push_hint(sender, job_id, user_id, stage, progress, **kwargs):
    publish.to_user(user_id, events.job_progressed(job_id, stage=stage, progress=progress))


@receiver(job_sketched)
def push_sketch(sender, job_id, user_id, elements, progress, svg, **kwargs):
    sketch = events.job_sketched(job_id, elements=elements, progress=progress, svg=svg)
    publish.hint_to_user(user_id, sketch)


@receiver(session_ended)
def close_sockets(sender, user_id, session_id, **kwargs):
    publish.end_session(user_id, session_id)
