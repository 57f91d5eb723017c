"""What is wrong with a model endpoint, and how it is mended, by asking it a few questions."""

from difflib import get_close_matches
from urllib.parse import urlsplit

import httpx2

from chatsvg.doctor import Finding
from chatsvg.doctor.troubles import Trouble, explain
from generations.providers.addresses import alternatives
from generations.providers.base import Endpoint
from generations.providers.probes import Answer, Probe
from generations.providers.remarks import said, setting, with_notes

FEW = 8  # models that are all told; of longer lists only those with a like name
_INSTEAD = (httpx2.InvalidURL, ValueError)


def diagnose(endpoint: Endpoint, may_cost: bool) -> Finding:
    """How one endpoint stands. With `may_cost` it has to say a word as well."""
    try:
        probe = Probe(endpoint)
        try:
            return with_notes(endpoint, _look(endpoint, probe, may_cost))
        finally:
            probe.close()
    except httpx2.HTTPError as error:
        return with_notes(endpoint, _unreached(endpoint, error))
    except _INSTEAD:  # such as a key that no header can carry
        where = setting(endpoint, "apiKey")
        sentence = "The address or the key holds characters that cannot be sent."
        return Finding("broken", sentence, f"Correct {where}.")


def _look(endpoint: Endpoint, probe: Probe, may_cost: bool) -> Finding:
    """Only a call shows whether a model that is not listed is there all the same."""
    listed = probe.models()
    finding = _judge(endpoint, probe, listed)
    is_hopeless = finding.state == "broken" and listed.models is None
    if is_hopeless or not may_cost:
        return finding
    return _spoken(endpoint, probe.speak(), finding)


def _judge(endpoint: Endpoint, probe: Probe, listed: Answer) -> Finding:
    if listed.models is not None:
        return _listed(endpoint, listed.models, listed.ms)
    if 300 <= listed.status < 400:
        return _moved(endpoint, listed)
    if listed.status in (429, 402) or listed.status >= 500:
        return _unwilling(endpoint, listed)
    if listed.status == 401:
        return _refused(endpoint, listed)
    return _without_list(endpoint, probe, listed)


# --- A server that lists its models ---


def _listed(endpoint: Endpoint, names: list[str], ms: float) -> Finding:
    detail = f"{endpoint.upstream} is one of {len(names)} models at {endpoint.base_url}."
    if _is_among(endpoint.upstream, names):
        return Finding("ok", detail, ms=ms)
    if endpoint.auth == "api-key":
        detail = f"{endpoint.base_url} answers; it lists models, and not one's deployments."
        return Finding("note", detail, f"--call shows whether {endpoint.upstream} is one.", ms=ms)
    detail = f"{endpoint.upstream} is not among the {len(names)} models at {endpoint.base_url}."
    return Finding("broken", detail, _rename(endpoint, names), ms=ms)


def _is_among(name: str, names: list[str]) -> bool:
    """Ollama leaves out `:latest`, Gemini puts `models/` before, OpenRouter adds `:free`."""
    known = {one.removeprefix("models/") for one in names}
    asked = name.removeprefix("models/")
    if asked in known or f"{asked}:latest" in known:
        return True
    return "/" in asked and asked.partition(":")[0] in known


def _rename(endpoint: Endpoint, names: list[str]) -> str:
    where = setting(endpoint, "upstream")
    if not names:
        return "Have the server load a model."
    near = get_close_matches(endpoint.upstream, names, n=4, cutoff=0.4)
    told = names if len(names) <= FEW else near
    if not told:
        return f"Set {where} to one of them."
    return f"Set {where} to one of: {', '.join(one[:80] for one in told)}."


# --- One that does not ---


def _without_list(endpoint: Endpoint, probe: Probe, listed: Answer) -> Finding:
    """Some list no models, and some keys may not see the list, yet calls are taken."""
    called = probe.empty_call()
    if called.understood:
        detail = f"{endpoint.base_url} takes calls; it lists no models."
        return Finding("ok", detail, ms=called.ms)
    if called.status in (401, 403):
        return _refused(endpoint, called)
    if "deployment" in called.text.lower() and called.status == 404:
        return _no_deployment(endpoint, called)
    if called.status >= 500:
        return _unwilling(endpoint, called)
    return _elsewhere(endpoint, probe, called)


def _no_deployment(endpoint: Endpoint, called: Answer) -> Finding:
    detail = f"{urlsplit(endpoint.base_url).netloc} has no deployment {endpoint.upstream}."
    remedy = f"Correct {setting(endpoint, 'baseUrl')}; a new deployment takes some minutes."
    return Finding("broken", detail, remedy, said(endpoint, called), called.ms)


def _elsewhere(endpoint: Endpoint, probe: Probe, called: Answer) -> Finding:
    """Nothing of OpenAI's protocol is at the address: look for it on the same server."""
    for url in alternatives(endpoint.base_url):
        if _answers(probe, url):
            remedy = f"Set {setting(endpoint, 'baseUrl')} to {url}, which answers."
            return Finding("broken", _nothing(endpoint, called), remedy, ms=called.ms)
    remedy = f"Correct {setting(endpoint, 'baseUrl')}: the part before /chat/completions."
    notes = said(endpoint, called)
    return Finding("broken", _nothing(endpoint, called), remedy, notes, called.ms)


def _answers(probe: Probe, url: str) -> bool:
    try:
        found = probe.models(url)
    except httpx2.HTTPError:
        return False
    return found.models is not None or found.status == 401


def _nothing(endpoint: Endpoint, called: Answer) -> str:
    if called.json is None and called.status == 200:
        return f"{endpoint.base_url} answers with something else, such as a web page."
    return f"{endpoint.base_url} knows no chat/completions ({called.status})."


# --- Refusals ---


def _refused(endpoint: Endpoint, answer: Answer) -> Finding:
    where = setting(endpoint, "apiKey")
    if endpoint.auth == "none":
        detail, remedy = f"{endpoint.base_url} wants a key, and none is set.", f"Set {where}."
    else:
        detail = f"{endpoint.base_url} refuses the key ({answer.status})."
        remedy = f"Correct {where}; it may be another service's, or have ended."
    return Finding("broken", detail, remedy, said(endpoint, answer), answer.ms)


def _unwilling(endpoint: Endpoint, answer: Answer) -> Finding:
    notes = said(endpoint, answer)
    if answer.status in (402, 429):
        detail = f"{endpoint.base_url} answers, and lets us wait ({answer.status})."
        return Finding("note", detail, "Look at its limits and at its balance.", notes, answer.ms)
    detail = f"{endpoint.base_url} has a fault of its own ({answer.status})."
    return Finding("broken", detail, "Look at its log or status page.", notes, answer.ms)


def _moved(endpoint: Endpoint, answer: Answer) -> Finding:
    target = answer.location.partition("?")[0].removesuffix("/models")
    where = setting(endpoint, "baseUrl")
    detail = f"{endpoint.base_url} sends us elsewhere ({answer.status}); calls do not follow."
    return Finding("broken", detail, f"Set {where} to {target or 'where it leads'}.", ms=answer.ms)


# --- A word of it ---


def _spoken(endpoint: Endpoint, answer: Answer, before: Finding) -> Finding:
    """What a real call showed counts more than any list."""
    if answer.speaks:
        detail = f"{endpoint.upstream} at {endpoint.base_url} speaks."
        notes = (before.detail,) if before.state != "ok" else ()
        return Finding("ok", detail, notes=notes, ms=answer.ms)
    if answer.status in (401, 403):
        return _refused(endpoint, answer)
    if answer.status in (402, 429) or answer.status >= 500:
        return _unwilling(endpoint, answer)
    detail = f"{endpoint.upstream} at {endpoint.base_url} does not speak ({answer.status})."
    remedy = before.remedy or f"Look at {setting(endpoint, 'upstream')} and at its abilities."
    return Finding("broken", detail, remedy, said(endpoint, answer), answer.ms)


# --- One that is away ---


def _unreached(endpoint: Endpoint, error: httpx2.HTTPError) -> Finding:
    parts = urlsplit(endpoint.base_url)
    where = setting(endpoint, "baseUrl")
    trouble = explain(error, parts.hostname or "", parts.port) or _hung_up(parts.netloc, error)
    return Finding("broken", trouble.detail, f"{trouble.remedy} {where} says where.")


def _hung_up(where: str, error: httpx2.HTTPError) -> Trouble:
    if isinstance(error, httpx2.ProxyError):
        return Trouble("The proxy on the way refuses.", "Look at HTTPS_PROXY and NO_PROXY.")
    detail = f"{where} does not speak HTTP as we do ({type(error).__name__})."
    return Trouble(detail, "It may want https://, or be something else.")
