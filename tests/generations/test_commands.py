import io
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command

from credits.models import Wallet
from generations import audit, pipeline
from generations.models import Generation, Job
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def demo():
    return factories.person(email="test@example.com")


def run(name, *args, **options):
    out, err = io.StringIO(), io.StringIO()
    call_command(name, *args, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_draw_writes_a_drawing_and_says_what_it_cost(demo, tmp_path, capfd):
    target = tmp_path / "fox.svg"

    _, told = run("draw", "a red fox asleep", "--style", "flat", "-o", str(target))

    assert ElementTree.parse(target).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    assert "1 credit; 9 left" in told
    assert "100 %" in capfd.readouterr().err
    assert Job.objects.get().status == "SUCCEEDED"


def test_draw_to_standard_output_gives_the_drawing_alone(demo):
    out, _ = run("draw", "a red fox asleep")

    assert out.strip() == Generation.objects.get().svg


@pytest.mark.parametrize(
    ("prompt", "options", "complaint"),
    [
        ("short", [], "Prompt length must be between 10 and 500 characters"),
        ("a red fox asleep", ["--user", "nobody@example.com"], "Nobody has the e-mail"),
    ],
)
def test_draw_refuses_in_one_sentence(demo, prompt, options, complaint):
    with pytest.raises(CommandError, match=complaint):
        run("draw", prompt, *options)


def test_draw_without_credits_is_refused(demo):
    factories.spend(demo, 10)

    with pytest.raises(CommandError, match="You do not have enough credits"):
        run("draw", "a red fox asleep")


def test_draw_that_the_model_refuses_says_that_nothing_was_charged(demo, endpoint):
    from tests.model_server import Behaviour

    endpoint.script(Behaviour(status=401))

    with pytest.raises(CommandError, match="You were not charged"):
        run("draw", "a red fox asleep", "--model", "gpt-4o")

    assert Wallet.objects.get(pk=demo.pk).available == 10


def test_audit_is_quiet_when_all_is_well(demo):
    job = factories.job(demo)
    pipeline.run(job.pk)

    out, _ = run("audit")

    assert all(line.startswith("ok") for line in out.splitlines())


@pytest.mark.parametrize(
    ("break_it", "name"),
    [
        (lambda: Wallet.objects.update(held=1), "held credits equal"),
        (lambda: Wallet.objects.update(balance=99), "balances equal"),
        (lambda: Job.objects.update(charge="HELD", status="QUEUED", finished_at=None), "capture"),
        (lambda: Generation.objects.update(svg=""), "has its drawing"),
        (lambda: Job.objects.get().events.filter(seq=2).delete(), "no gaps"),
    ],
)
def test_audit_exits_1_and_names_what_is_wrong(demo, break_it, name):
    pipeline.run(factories.job(demo).pk)
    break_it()
    out = io.StringIO()

    with pytest.raises(SystemExit) as exit_:
        call_command("audit", stdout=out)

    assert exit_.value.code == 1
    assert any(line.startswith("DRIFT") and name in line for line in out.getvalue().splitlines())


def test_seed_demo_adds_public_drawings_that_are_served(demo, client):
    run("seed_demo", generations=120)

    assert Generation.objects.public().filter(user=demo).count() == 120
    assert Generation.objects.values("style").distinct().count() == 9
    key = Generation.objects.first().storage_key
    assert client.get(f"/files/{key}").status_code == 200
    assert run("audit")[0].count("DRIFT") == 0


def test_sweep_command_ends_what_is_overdue(demo):
    job = factories.job(demo)
    Job.objects.update(deadline_at="2026-01-01T00:00:00Z")

    run("sweep")

    assert Job.objects.get(pk=job.pk).error_code == "TIMEOUT"


def test_nightly_audit_keeps_what_it_found(demo, caplog):
    assert audit.run().faults == 0
    Wallet.objects.update(held=2)

    found = audit.run()

    assert (found.faults, list(found.details)) == (
        1,
        ["held credits equal the price of jobs not yet charged"],
    )
    assert "audit.drift" in caplog.text


def test_draw_to_where_nothing_can_be_written_costs_nothing(demo, tmp_path):
    with pytest.raises(CommandError, match="nothing was drawn"):
        run("draw", "a red fox asleep", "-o", str(tmp_path / "nowhere" / "fox.svg"))

    assert Wallet.objects.get().balance == 10
