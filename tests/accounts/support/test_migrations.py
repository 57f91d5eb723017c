"""The way back from what people reply to us."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from accounts.models import Ticket, TicketReply
from tests import factories

pytestmark = pytest.mark.django_db
FOLLOW_UPS = ("accounts", "0013_follow_ups")


def test_way_back_from_follow_ups_keeps_what_people_wrote():
    """The step itself, in the transaction of the test: PostgreSQL takes back tables as well."""
    person = factories.person()
    written = {"type": "bug", "subject": "s", "message": "m", "email": person.email}
    ticket = Ticket.objects.create(user=person, **written)
    ticket.replies.create(message="It happened again.")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or the table waits for its checks
    loader = MigrationLoader(connection)
    step = loader.get_migration(*FOLLOW_UPS)
    before = loader.project_state([("accounts", "0012_staff_actions")])

    with connection.schema_editor(atomic=False) as editor:
        step.unapply(before.clone(), editor)
    assert TicketReply.objects.get().message == "It happened again."
    with connection.schema_editor(atomic=False) as editor:
        step.apply(before.clone(), editor)

    ticket.replies.create(message="And again.")
    assert TicketReply.objects.filter(staff=None).count() == 2
