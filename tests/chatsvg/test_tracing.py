"""One trace from the request through the job to the model, taken by a real collector."""

import pytest
from django.utils import timezone

from chatsvg.telemetry import tracing
from generations import pipeline
from generations.models import Job
from tests.collectors import Traces
from tests.model_behaviours import Behaviour

pytestmark = pytest.mark.django_db(transaction=True)
PROMPT = "a whale that nobody may know of"
SUBMIT = "POST api/svg/generate-svg"
SENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def traces(settings):
    with Traces() as collector:
        settings.OTEL_ENDPOINT = collector.url
        yield collector
        tracing.stop()


def drawn(api, model="gpt-4o", **headers) -> Job:
    reply = api.submit("k", prompt=PROMPT, model=model)
    assert reply.status_code == 202
    job = Job.objects.get(pk=reply.json()["job"]["id"])
    pipeline.run(job.pk)
    tracing.stop()
    return job


def test_job_and_call_are_of_the_trace_of_their_request(signed_in, endpoint, traces):
    job = drawn(signed_in)

    [asked], [done], [call] = (traces.named(name) for name in (SUBMIT, "job", "model call"))
    assert {asked.trace, done.trace, call.trace} == {asked.trace}
    assert (asked.parent, done.parent, call.parent) == ("", asked.id, done.id)
    assert job.traceparent.startswith(f"00-{asked.trace}-{asked.id}-")
    assert (asked.kind, done.kind, call.kind) == (2, 5, 3)  # server, consumer, client
    assert asked.attributes == {
        "http.request.method": "POST",
        "http.route": "api/svg/generate-svg",
        "http.response.status_code": 202,
    }
    assert done.attributes["job.id"] == str(job.pk)
    assert done.attributes["job.status"] == "SUCCEEDED"
    assert call.attributes["gen_ai.request.model"] == "gpt-4o"


def test_trace_holds_nobodys_secrets(signed_in, person, endpoint, traces):
    drawn(signed_in)

    cookies = [cookie.value for cookie in signed_in.client.cookies.values() if cookie.value]
    whole = b"".join(traces.raw)
    assert traces.spans
    assert [one for one in (PROMPT, person.email, *cookies) if one.encode() in whole] == []


def test_second_try_goes_on_with_the_trace(signed_in, endpoint, traces):
    endpoint.script(Behaviour(status=500))
    job = drawn(signed_in)
    Job.objects.filter(pk=job.pk).update(available_at=timezone.now())

    pipeline.run(job.pk)
    tracing.stop()

    tries = traces.named("job")
    assert [one.attributes["job.attempt"] for one in tries] == [1, 2]
    assert len({one.trace for one in tries}) == len({one.parent for one in tries}) == 1
    assert [one.failed for one in traces.named("model call")] == [True, False]


@pytest.mark.parametrize("is_told", [True, False])
def test_model_is_told_of_the_trace_where_that_is_wanted(
    signed_in, endpoint, traces, settings, is_told
):
    settings.OTEL_MODEL_TRACEPARENT = is_told

    drawn(signed_in)

    sent = {name.lower(): value for name, value in endpoint.log[0].headers.items()}
    [call] = traces.named("model call")
    expected = f"00-{call.trace}-{call.id}" if is_told else ""
    assert sent.get("traceparent", "")[:52] == expected


@pytest.mark.parametrize(("proxies", "sent"), [(0, SENT), (1, SENT), (1, "00-x-y-01"), (1, "")])
def test_trace_of_a_request_is_believed_from_our_proxies_only(
    client, traces, settings, proxies, sent
):
    settings.TRUSTED_PROXIES = proxies

    client.get("/api/health", headers={"traceparent": sent})
    tracing.stop()

    [asked] = traces.named("GET api/health")
    is_believed = bool(proxies) and sent == SENT
    assert (asked.trace == SENT[3:35], asked.parent == SENT[36:52]) == (is_believed, is_believed)


def test_request_is_answered_where_no_collector_is(client, settings, traces):
    settings.OTEL_ENDPOINT = "http://127.0.0.1:9"

    assert client.get("/api/health").status_code == 200


def test_nothing_is_traced_where_nobody_asked(signed_in):
    signed_in.submit("k")

    job = Job.objects.get()
    assert (job.traceparent, len(job.request_id)) == ("", 32)
