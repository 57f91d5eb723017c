"""What was asked for (jobs, attempts, events) and what was made (generations)."""

from generations.models.audits import AuditRun
from generations.models.drawings import Gap, Generation, Withdrawn
from generations.models.events import Feed, JobEvent
from generations.models.jobs import Attempt, Job

__all__ = ["Attempt", "AuditRun", "Feed", "Gap", "Generation", "Job", "JobEvent", "Withdrawn"]
