"""While a rollout goes on, processes of the version before work with the tables of the new one.

So one release adds, and a later one takes away. What this cannot see, an operation of SQL or
Python, is named below with the reason why it is harmless. And what the version before writes, it
writes here, into the tables of this one.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from django.apps import apps
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import connection, migrations, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models.fields import NOT_PROVIDED

from tests.contract import belongings

OURS = {"chatsvg", "accounts", "credits", "generations", "realtime"}
FIRST_RELEASE = {  # no installation is older than these: there is no version before
    "accounts": "0015_admin_log_by_object",
    "chatsvg": "0001_status",
    "credits": "0007_later_start",
    "generations": "0015_read_prompts",
    "realtime": "0003_webhooks",
}
_FEWER = "takes away indexes alone, CONCURRENTLY; what they answered another one does"
EXCUSED: dict[tuple[str, str], str] = {  # (app, migration): why the version before goes on
    ("credits", "0009_fewer_indexes"): _FEWER,
    ("generations", "0018_fewer_indexes"): _FEWER,
    ("realtime", "0005_fewer_indexes"): _FEWER,
}

m = migrations
HARMLESS = (
    *(m.CreateModel, m.AlterModelOptions, m.AlterModelManagers, m.AlterModelTableComment),
    *(AddIndexConcurrently, RemoveIndexConcurrently, m.RenameIndex),
)
SMALLER = (m.RemoveField, m.DeleteModel, m.RenameField, m.RenameModel, m.AlterModelTable)


class Known(NamedTuple):
    """The state of all tables before an operation, and those that this migration made itself."""

    state: object
    made: set[str]

    def field(self, app: str, model: str, name: str) -> models.Field:
        return self.state.models[app, model.lower()].fields[name]


def complaint(operation, app: str, before: Known) -> str:
    """Why the version before would fail, or everybody would wait; empty where neither is so."""
    name = type(operation).__name__
    if isinstance(operation, HARMLESS):
        return ""
    if isinstance(operation, m.SeparateDatabaseAndState):
        found = (complaint(one, app, before) for one in operation.database_operations)
        return next(filter(None, found), "")
    if isinstance(operation, (m.RunSQL, m.RunPython)):
        return f"{name}: nobody can tell what it does"
    if isinstance(operation, SMALLER):
        return f"{name}: the version before still asks for it"
    if operation.model_name.lower() in before.made:
        return ""
    if isinstance(operation, m.AddField):
        return _of_new_field(operation.field)
    if isinstance(operation, m.AlterField):
        old = before.field(app, operation.model_name, operation.name)
        return _of_changed_field(old, operation.field)
    if isinstance(operation, m.AddIndex):
        return "AddIndex: writing waits for it; AddIndexConcurrently"
    return f"{name}: the version before may break it, and the table is locked"


def _of_new_field(field: models.Field) -> str:
    if field.many_to_many or field.null or field.db_default is not NOT_PROVIDED:
        return ""
    return f"AddField {field.name}: the version before leaves it out; null or db_default"


def _of_changed_field(old: models.Field, new: models.Field) -> str:
    if old.null and not new.null:
        return "AlterField: the version before may still write NULL"
    if old.get_internal_type() != new.get_internal_type():
        return "AlterField: the column is written anew"
    if old.max_length and (new.max_length or 0) < old.max_length:
        return "AlterField: the version before may write longer texts"
    if new.unique and not old.unique:
        return "AlterField: the version before may write the same twice"
    return ""


def complaints(operations, app: str, state) -> Iterator[str]:
    known = Known(state.clone(), set())
    for operation in operations:
        if found := complaint(operation, app, known):
            yield found
        if isinstance(operation, m.CreateModel):
            known.made.add(operation.name_lower)
        operation.state_forwards(app, known.state)


@pytest.fixture(scope="module")
def loader() -> MigrationLoader:
    return MigrationLoader(None)


def is_new(app: str, name: str) -> bool:
    return app in OURS and name > FIRST_RELEASE.get(app, "")


def test_version_before_goes_on_with_the_tables_of_this_one(loader):
    plan = [key for key in loader.graph.nodes if is_new(*key)]
    found = {}
    for app, name in plan:
        before = loader.project_state((app, name), at_end=False)
        if said := list(complaints(loader.get_migration(app, name).operations, app, before)):
            found[app, name] = said

    assert {key: said for key, said in found.items() if key not in EXCUSED} == {}
    assert EXCUSED.keys() <= found.keys()  # no excuse outlives what it excused
    assert all(EXCUSED.values())


def test_first_release_is_what_is_there(loader):
    for app, name in FIRST_RELEASE.items():
        assert (app, name) in loader.graph.nodes


INT, TEXT = models.IntegerField, models.CharField


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (m.RemoveField("job", "prompt"), "RemoveField"),
        (m.DeleteModel("Job"), "DeleteModel"),
        (m.RenameField("job", "prompt", "text"), "RenameField"),
        (m.AddField("job", "size", INT(default=0)), "null or db_default"),
        (m.AddField("job", "size", INT(null=True)), ""),
        (m.AddField("job", "size", INT(default=0, db_default=0)), ""),
        (m.AlterField("job", "started_at", models.DateTimeField()), "NULL"),
        (m.AlterField("job", "error_code", TEXT(max_length=8)), "longer texts"),
        (m.AlterField("job", "error_code", TEXT(max_length=64)), ""),
        (m.AlterField("job", "error_code", models.TextField()), "written anew"),
        (m.AddIndex("job", models.Index(fields=["prompt"], name="x")), "Concurrently"),
        (AddIndexConcurrently("job", models.Index(fields=["prompt"], name="x")), ""),
        (m.RunSQL("SELECT 1"), "nobody can tell"),
        (
            m.AddConstraint("job", models.CheckConstraint(condition=models.Q(pk=1), name="x")),
            "may break it",
        ),
    ],
)
def test_operation_is_judged(loader, operation, said):
    state = loader.project_state(("generations", FIRST_RELEASE["generations"]))

    found = complaint(operation, "generations", Known(state, set()))

    assert (said in found) if said else found == ""


def test_table_that_the_migration_makes_itself_may_have_anything(loader):
    state = loader.project_state(("generations", FIRST_RELEASE["generations"]))
    made = [
        m.CreateModel("New", [("id", models.BigAutoField(primary_key=True)), ("n", INT())]),
        m.AddIndex("new", models.Index(fields=["n"], name="new_n")),
    ]

    assert list(complaints(made, "generations", state)) == []


# --- The version before, at work ---

APPEND_ONLY = {"credits_entry"}
NOW = datetime(2026, 1, 1, tzinfo=UTC)
PART = {"part": "web"}
NOBODYS = {  # what nobody owns: the fields that a row has to have
    "accounts.DoomedFile": {"storage_key": "avatars/x.webp"},
    "accounts.Visit": {"email": "a@b.example", "link_expires_at": NOW},
    "generations.AuditRun": {"faults": 0},
    "chatsvg.ProcessBeat": {"name": "worker", "seen_at": NOW},
    "chatsvg.StatusCheck": {**PART, "at": NOW, "state": "ok"},
    "chatsvg.StatusDay": {**PART, "day": NOW.date(), "first_at": NOW},
    "chatsvg.StatusIncident": {**PART, "began_at": NOW, "ended_at": NOW},
}


@pytest.fixture(scope="module")
def before(loader) -> dict[tuple[str, str], type[models.Model]]:
    """The models of the version before, as its own code has them."""
    state = loader.project_state(list(FIRST_RELEASE.items()))
    return {
        (app, name): state.apps.get_model(app, name) for app, name in state.models if app in OURS
    }


@pytest.fixture
def lived_in(transactional_db) -> None:
    """Tables with rows in them, which this version wrote."""
    belongings.owner()
    for label, fields in NOBODYS.items():
        apps.get_model(label).objects.create(**fields)


def written_again(model: type[models.Model]) -> int:
    """Every row as the version before reads it, goes and is written by it: how many there are."""
    table, fields = model._meta.db_table, model._meta.concrete_fields
    rows = list(model.objects.order_by("pk"))
    known = [{field.attname: getattr(row, field.attname) for field in fields} for row in rows]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SET LOCAL session_replication_role = replica")  # the ledger keeps its rows
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        for row, values in zip(rows, known, strict=True):
            row.save_base(raw=True, force_insert=True)  # times stay what they were
            if table not in APPEND_ONLY:
                assert model.objects.filter(pk=row.pk).update(**values) == 1
        connection.check_constraints()
    assert list(model.objects.order_by("pk").values(*(field.attname for field in fields))) == known
    return len(rows)


def test_version_before_reads_and_writes_every_table(before, lived_in):
    counts = {name: written_again(model) for name, model in before.items()}

    assert {name for name, count in counts.items() if not count} == set()
