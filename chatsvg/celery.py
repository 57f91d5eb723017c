"""The Celery application: workers, upkeep and the schedule."""

import os

from celery.schedules import crontab
from celery.signals import setup_logging, worker_init, worker_ready, worker_shutting_down

from chatsvg import arenas, brokers
from chatsvg.brokers import Application
from chatsvg.connection import bound_answers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsvg.settings")


app = Application("chatsvg")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "sweep": {"task": "generations.sweep", "schedule": 30.0, "options": {"expires": 25}},
    "mails": {"task": "accounts.send_due_mails", "schedule": 60.0, "options": {"expires": 50}},
    "old mails": {"task": "accounts.purge_mails", "schedule": crontab(hour=4, minute=20)},
    "refill": {"task": "credits.refill", "schedule": crontab(minute=7)},
    "subscriptions": {
        "task": "credits.read_subscriptions",
        "schedule": 30.0,
        "options": {"expires": 25},
    },
    "cancellations": {
        "task": "credits.cancel_subscriptions",
        "schedule": 300.0,
        "options": {"expires": 240},
    },
    "plans": {"task": "credits.end_plans", "schedule": 300.0, "options": {"expires": 240}},
    "sessions": {"task": "accounts.purge_sessions", "schedule": crontab(hour=4, minute=10)},
    "dances": {"task": "accounts.purge_oauth_states", "schedule": crontab(minute=22)},
    "connected apps": {"task": "accounts.purge_oauth_server", "schedule": crontab(minute=27)},
    "exports": {
        "task": "accounts.build_due_exports",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "old exports": {"task": "accounts.purge_exports", "schedule": crontab(minute=37)},
    "key usage": {"task": "accounts.roll_up_key_usage", "schedule": crontab(minute=52)},
    "example keys": {
        "task": "accounts.retire_example_keys",
        "schedule": crontab(minute="*/10"),
    },
    "old replies": {"task": "accounts.purge_replies", "schedule": crontab(minute="*/20")},
    "latecomers": {"task": "accounts.forget_late", "schedule": crontab(minute="*/10")},
    "old notifications": {
        "task": "realtime.purge_notifications",
        "schedule": crontab(hour=4, minute=30),
    },
    "old webhooks": {"task": "realtime.purge_webhooks", "schedule": crontab(hour=4, minute=40)},
    "gallery": {
        "task": "generations.refresh_gallery",
        "schedule": 20.0,
        "options": {"expires": 15},
    },
    "gaps": {"task": "generations.close_gaps", "schedule": crontab(minute=52)},
    "old events": {"task": "generations.forget_old", "schedule": crontab(hour=4, minute=50)},
    "audit": {"task": "generations.audit", "schedule": crontab(hour=3, minute=30)},
}


@setup_logging.connect
def leave_logging_to_django(**kwargs: object) -> None:
    """Celery would write lines in a form of its own."""


@worker_init.connect
def be_modest(sender: object, **kwargs: object) -> None:
    bound_answers()
    arenas.share()


@worker_ready.connect
def start_sweeper(sender: object, **kwargs: object) -> None:
    """Every worker process can sweep; the advisory lock lets one at a time do it."""
    from chatsvg.status import recorder
    from generations import providers, sweeper
    from realtime.webhooks import sender as webhooks

    providers.warm_up()
    queues = list(app.amqp.queues.consume_from)
    recording = recorder.start(queues, stands_in="upkeep" not in queues)
    for stop in (sweeper.start(), webhooks.start(), recording, brokers.look_after(sender)):
        worker_shutting_down.connect(lambda stop=stop, **kwargs: stop.set(), weak=False)
