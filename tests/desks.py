"""Members of staff at the desk, and what they meet there."""

import re
from uuid import UUID, uuid4

from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from generations import pipeline
from generations.models import Attempt, Job
from generations.pipeline.steps import Fault, give_up
from tests import factories

ROLES = ("", "support", "billing", "operations", "superuser")


def member(role: str = "") -> User:
    """Of staff, with a role, with all of them (superuser) or with none."""
    user = factories.person(name=role or "Nobody")
    user.is_staff, user.is_superuser = True, role == "superuser"
    user.save(update_fields=["is_staff", "is_superuser"])
    if role and not user.is_superuser:
        user.groups.add(Group.objects.get(name=role))
    return user


def at_the_desk(role: str = "", user: User | None = None) -> Client:
    client = Client()
    client.force_login(user or member(role))
    return client


def do(client: Client, name: str, row, *, once: UUID | None = None, **fields):
    """Send the form of a deed, with a reason where none is given."""
    asked = {"reason": "because", "once": str(once or uuid4()), **fields}
    return client.post(f"/admin/do/{name}/{row.pk}/", asked)


def text(reply) -> str:
    """What a page says, without its markup."""
    said = re.sub(r"<(script|style)\b.*?</\1>", " ", reply.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", said))


def drawn(user: User) -> Job:
    job = factories.job(user)
    pipeline.run(job.pk)
    job.refresh_from_db()
    return job


def failed(user: User, *, raw_error: str = "429 slow down") -> Job:
    """A job that was charged, asked a model in vain, and gave its price back."""
    job = pipeline.claim(factories.job(user).pk)
    Attempt.objects.create(
        job=job,
        number=job.attempt,
        model="gpt-4o",
        provider="openai",
        outcome=Attempt.Outcome.FAILED,
        prompt_tokens=800,
        completion_tokens=20,
        cost_usd="0.0041",
        error_code="OPENAI_RATE_LIMIT",
        raw_error=raw_error,
    )
    give_up(job, Fault("OPENAI_RATE_LIMIT"))
    return Job.objects.get(pk=job.pk)
