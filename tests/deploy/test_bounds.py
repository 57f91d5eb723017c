"""What bounds a request where our processes cannot: the proxy, on one machine and on Kubernetes."""

import re
from itertools import pairwise

import pytest
import yaml

from chatsvg import roles, wire
from tests.contract import routes
from tests.deploy.reading import document, objects, rendered

HEADERS = 32 * 1024


def seconds(word: str) -> int:
    return int(word.removesuffix("s"))


@pytest.fixture(scope="module")
def compose() -> list[str]:
    return document("deploy/compose.yaml")["services"]["proxy"]["command"]


@pytest.fixture(scope="module")
def proxy() -> dict:
    return document("deploy/proxy/chatsvg.yaml")["http"]


@pytest.fixture(scope="module")
def cluster() -> dict:
    """What the cluster's Traefik is given."""
    [values] = [
        one["spec"]["valuesContent"]
        for one in rendered("deploy/k8s/cluster")
        if one["kind"] == "HelmChartConfig"
    ]
    return yaml.safe_load(values)


def flag(command: list[str], name: str) -> str:
    [found] = [word.partition("=")[2] for word in command if word.startswith(f"--{name}=")]
    return found


def largest_body() -> int:
    """That any view takes."""
    return max(max(getattr(one.view, "body_limits", {0: 0}).values()) for one in routes.http())


@pytest.mark.parametrize("entry", ["web", "websecure"])
def test_proxy_bounds_headers_and_the_time_of_a_whole_request(compose, entry):
    patience = seconds(
        flag(compose, f"entrypoints.{entry}.transport.respondingtimeouts.readtimeout")
    )

    assert int(flag(compose, f"entrypoints.{entry}.http.maxheaderbytes")) == HEADERS
    assert 0 < patience <= wire.BODY_SECONDS


def test_traefik_of_the_cluster_does_so_too(cluster):
    assert cluster["additionalArguments"] == [
        f"--entryPoints.websecure.http.maxHeaderBytes={HEADERS}"
    ]
    told = cluster["ports"]["websecure"]["transport"]["respondingTimeouts"]["readTimeout"]
    assert 0 < seconds(told) <= wire.BODY_SECONDS


def test_bodies_are_whole_before_a_web_process_sees_them(proxy):
    routers = [one for one in proxy["routers"].values() if one["service"] == "web"]
    writing, reading = sorted(routers, key=lambda one: "whole" not in one["middlewares"])

    assert "whole" not in reading["middlewares"]  # an archive is passed on as it comes
    assert set(re.findall(r"!Method\(`(\w+)`\)", writing["rule"])) == {"GET", "HEAD"}
    assert len(reading["rule"]) < len(writing["rule"]) < len(proxy["routers"]["live"]["rule"])


def test_bodies_are_whole_on_kubernetes_too():
    ingresses = objects("Ingress")
    [whole] = objects("Middleware")
    key = "traefik.ingress.kubernetes.io/router.middlewares"
    namespace = ingresses["chatsvg"]["metadata"]["namespace"]

    assert ingresses["chatsvg"]["metadata"]["annotations"][key] == (
        f"{namespace}-{whole}@kubernetescrd"
    )
    assert key not in ingresses["live"]["metadata"]["annotations"]  # no stream is kept back


def test_proxy_takes_every_body_that_a_view_takes_and_no_larger_one(proxy):
    on_kubernetes = objects("Middleware")["whole"]["spec"]["buffering"]
    bounds = proxy["middlewares"]["whole"]["buffering"]

    assert bounds == on_kubernetes
    assert largest_body() < bounds["maxRequestBodyBytes"] == wire.BODY_BYTES
    assert bounds["memRequestBodyBytes"] <= 1024 * 1024


def test_web_process_bounds_headers_and_their_time():
    words = roles.short("127.0.0.1", 8000)
    told = dict(pairwise(words))

    assert int(told["--http1-buffer-size"]) == HEADERS
    assert int(told["--http1-header-read-timeout"]) == wire.HEAD_SECONDS * 1000
    assert told["--http"] == "1"  # nothing speaks HTTP/2 to it, whose bounds are others


def test_nobody_is_told_what_serves(proxy):
    for one in proxy["routers"].values():
        if one["service"] == "web":
            assert "quiet" in one["middlewares"]
    assert proxy["middlewares"]["quiet"]["headers"]["customResponseHeaders"] == {"Server": ""}


def test_postgresql_never_writes_down_what_people_wrote():
    command = document("deploy/compose.yaml")["services"]["postgres"]["command"]

    assert {"log_min_error_statement=panic", "log_error_verbosity=terse"} <= set(command)
