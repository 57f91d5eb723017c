"""deploy/k8s as `kubectl kustomize` renders it: no cluster is needed."""

import re

import pytest
import yaml
from django.db import connection

from chatsvg import alive, roles, start
from chatsvg.outbound import urls
from tests.contract import routes
from tests.deploy.reading import (
    DEPLOY,
    OVERLAY,
    PROCESSES,
    SECRET,
    document,
    objects,
    rendered,
    settings_of,
    text,
    variables,
)

OURS = (*PROCESSES, "migrate")
AT_NIGHT = {"backup"}
OF_THE_POD = {"POD_IP", "SITE_HOST"}  # what ALLOWED_HOSTS is made of
ADDRESSES = {
    "DATABASE_URL": "postgresql://chatsvg@db.internal/chatsvg",
    "REDIS_URL": "redis://redis.internal/0",
}


def pods() -> dict[str, dict]:
    """The spec of the pods of each process."""
    found = objects("Deployment") | objects("Job")
    return {name: one["spec"]["template"]["spec"] for name, one in found.items()}


def container(name: str) -> dict:
    [one] = pods()[name]["containers"]
    return one


def environment(name: str) -> dict[str, str]:
    return given_to(container(name))


def given_to(container: dict) -> dict[str, str]:
    """What a container is given, secrets in place."""
    [settings] = objects("ConfigMap").values()
    given = dict(settings["data"])
    for one in container["env"]:
        told = one.get("value") or ADDRESSES.get(one["name"]) or SECRET.format(one["name"])
        given[one["name"]] = re.sub(r"\$\((\w+)\)", lambda found: given[found[1]], told)
    return given


def test_every_process_is_there_once():
    assert pods().keys() == set(OURS) == set(start.PROCESSES)
    for name in OURS:
        assert container(name)["args"] == [name]
        assert "command" not in container(name)  # the image's own


@pytest.mark.parametrize("name", OURS)
def test_process_starts_with_what_it_is_given(name, monkeypatch):
    given = environment(name)
    assert given.keys() - OF_THE_POD <= variables()

    made = settings_of({key: given[key] for key in given.keys() - OF_THE_POD}, monkeypatch)

    assert made["PRODUCTION"]
    assert made["ALLOWED_HOSTS"] == [given["SITE_HOST"], "web", "live", given["POD_IP"]]
    assert made["PUBLIC_URL"] == f"https://{given['SITE_HOST']}"
    assert made["SECURE_PROXY_SSL_HEADER"]
    assert made["STORAGES"]["default"]["OPTIONS"]["bucket_name"] == given["S3_BUCKET"]


def test_secrets_are_named_and_never_written():
    kinds = {one["kind"] for one in rendered("deploy/k8s/overlays/k3s-traefik")}
    assert "Secret" not in kinds
    for name in OURS:
        for one in container(name)["env"]:
            if re.search("SECRET|KEY|TOKEN|PASSWORD|DSN|_URL", one["name"]):
                assert one["valueFrom"]["secretKeyRef"]["name"] == "chatsvg-secrets"


def test_secrets_without_which_nothing_starts_are_not_optional():
    needed = {"SECRET_KEY", "JWT_SECRET", "DATABASE_URL", "REDIS_URL", "METRICS_TOKEN"}
    named = {
        one["name"]
        for one in container("web")["env"]
        if "secretKeyRef" in one.get("valueFrom", {})
        and not one["valueFrom"]["secretKeyRef"].get("optional")
    }
    assert named == needed


def test_fallbacks_can_be_given():
    named = {one["name"] for one in container("web")["env"]}

    assert {"SECRET_KEY_FALLBACKS", "JWT_SECRET_FALLBACKS"} <= named


@pytest.mark.parametrize("name", OURS)
def test_pod_can_do_nothing_that_it_need_not(name):
    pod, one = pods()[name], container(name)

    assert pod["automountServiceAccountToken"] is False
    assert pod["serviceAccountName"] in objects("ServiceAccount")
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    user, group = re.search(r"^USER (\d+):(\d+)$", text("Dockerfile"), re.MULTILINE).groups()
    assert pod["securityContext"]["runAsUser"] == int(user)
    assert pod["securityContext"]["runAsGroup"] == int(group)
    assert one["securityContext"]["readOnlyRootFilesystem"] is True
    assert one["securityContext"]["allowPrivilegeEscalation"] is False
    assert one["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert one["volumeMounts"] == [{"name": "tmp", "mountPath": "/tmp"}]
    assert "sizeLimit" in pod["volumes"][0]["emptyDir"]


@pytest.mark.parametrize("name", OURS)
def test_pod_says_what_it_needs_and_may_take(name):
    resources = container(name)["resources"]

    assert resources["requests"].keys() == {"cpu", "memory"}
    assert "memory" in resources["limits"]


def test_image_is_named_by_a_version():
    for name in OURS:
        assert re.fullmatch(r"chatsvg:\d+\.\d+\.\d+", container(name)["image"])


@pytest.mark.parametrize("name", PROCESSES)
def test_probes_ask_what_answers(name):
    one = container(name)
    ports = {port["name"]: port["containerPort"] for port in one["ports"]}
    known = {route.address for route in routes.http()}

    for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
        if asked := one[kind].get("httpGet"):
            assert asked["path"] in known
            assert ports[asked["port"]] == 8000
        else:
            assert one[kind]["exec"]["command"] == ["python", "-m", "chatsvg.alive"]
            assert name in alive.FILES
    if name in ("web", "live"):
        assert one["livenessProbe"]["httpGet"]["path"] == "/api/health"  # whatever PostgreSQL does
        assert patience(one["livenessProbe"]) >= 120  # nor where all threads wait for it
        assert patience(one["readinessProbe"]) >= 30


def patience(probe: dict) -> int:
    """For how many seconds it may fail."""
    return probe["periodSeconds"] * probe["failureThreshold"]


@pytest.mark.parametrize("name", PROCESSES)
def test_prometheus_is_told_a_port_that_is_open(name):
    template = objects("Deployment")[name]["spec"]["template"]
    told = int(template["metadata"]["annotations"]["prometheus.io/port"])

    assert told in [port["containerPort"] for port in container(name)["ports"]]
    if name in alive.FILES:
        assert environment(name)["METRICS_PORT"] == str(told)


def test_pods_have_time_to_end(monkeypatch):
    given = environment("worker")
    made = settings_of({key: given[key] for key in given.keys() - OF_THE_POD}, monkeypatch)
    longest = made["JOB_DEADLINE_SECONDS"] + made["CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT"]

    for name in ("worker", "upkeep"):
        assert pods()[name]["terminationGracePeriodSeconds"] > longest
    for name in ("web", "live"):
        [word, seconds] = container(name)["lifecycle"]["preStop"]["exec"]["command"]
        grace = pods()[name]["terminationGracePeriodSeconds"]
        assert word == "sleep"
        assert grace > int(seconds) + roles.LEAVE_SECONDS


def test_nothing_is_away_while_new_pods_come_but_the_schedule():
    for name, one in objects("Deployment").items():
        strategy = one["spec"]["strategy"]
        if name == "beat":
            assert strategy == {"type": "Recreate"}
            assert one["spec"]["replicas"] == 1
        else:
            assert strategy["rollingUpdate"]["maxUnavailable"] == 0


def test_exports_have_room_and_nobody_else_needs_it():
    sizes = {name: pod["volumes"][0]["emptyDir"]["sizeLimit"] for name, pod in pods().items()}

    assert sizes.pop("upkeep") == "4Gi"
    assert set(sizes.values()) == {"256Mi"}


def test_mail_comes_from_the_site_and_has_its_server():
    given = environment("upkeep")

    assert given["EMAIL_HOST_USER"]
    assert given["EMAIL_HOST_PASSWORD"]
    assert given["DEFAULT_FROM_EMAIL"].endswith(f"@{given['SITE_HOST']}>")


def pool(name: str, monkeypatch) -> int:
    """How many connections a process may open."""
    given = environment(name)
    made = settings_of({key: given[key] for key in given.keys() - OF_THE_POD}, monkeypatch)
    return made["DATABASES"]["default"]["OPTIONS"]["pool"]["max_size"]


def test_connections_that_postgresql_must_take_are_said(monkeypatch):
    """All pods that there may be, and another of each kind while they are replaced."""
    most = {one["spec"]["scaleTargetRef"]["name"]: one for one in objects("ScaledObject").values()}
    numbers = {name: one["spec"]["maxReplicaCount"] for name, one in most.items()}
    for one in objects("HorizontalPodAutoscaler").values():
        numbers[one["spec"]["scaleTargetRef"]["name"]] = one["spec"]["maxReplicas"]
    for name, one in objects("Deployment").items():
        numbers.setdefault(name, one["spec"].get("replicas", 0))
        numbers[name] += one["spec"]["strategy"].get("rollingUpdate", {}).get("maxSurge", 0)
    wanted = sum(pool(name, monkeypatch) * number for name, number in numbers.items())

    assert f"`max_connections` above {wanted}," in text("deploy/OPERATIONS.md")


# --- The backup -------------------------------------------------------------------------------


def backup() -> dict:
    return objects("CronJob")["backup"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def test_backup_is_what_the_script_does(monkeypatch):
    [database], [saved] = backup()["initContainers"], backup()["containers"]
    [volume] = [one["name"] for one in backup()["volumes"] if "persistentVolumeClaim" in one]

    flags = {"--dbname", "--format", "--no-owner", "--no-privileges", "--file"}
    for script in (database["command"][-1], text("deploy/backup.sh")):
        dump = re.search(r"pg_dump(.+?\.part)", script, re.DOTALL)[1]
        assert set(re.findall(r"--[\w-]+", dump)) == flags
        assert '--dbname "$DATABASE_URL" --format custom' in dump
    assert saved["command"] == ["python", "manage.py", "objects", "save", "/backup/objects"]
    for one in (database, saved):
        assert {"name": volume, "mountPath": "/backup"} in one["volumeMounts"]
    given = given_to(saved)
    made = settings_of({key: given[key] for key in given.keys() - OF_THE_POD}, monkeypatch)
    assert made["STORAGES"]["default"]["OPTIONS"]["bucket_name"] == given["S3_BUCKET"]


def test_backup_dumps_with_the_programs_of_the_server_that_compose_has():
    [database] = backup()["initContainers"]

    assert database["image"] == document("deploy/compose.yaml")["services"]["postgres"]["image"]


def test_backup_can_do_nothing_that_it_need_not():
    like = pods()["migrate"]

    assert backup()["securityContext"] == like["securityContext"]
    assert backup()["automountServiceAccountToken"] is False
    for one in backup()["initContainers"] + backup()["containers"]:
        assert one["securityContext"] == like["containers"][0]["securityContext"]


def test_drains_take_one_pod_at_a_time():
    budgets = objects("PodDisruptionBudget")

    assert budgets.keys() == set(PROCESSES) - {"beat"}  # one alone could never be drained
    for name, one in budgets.items():
        assert one["spec"]["maxUnavailable"] == 1
        labels = objects("Deployment")[name]["spec"]["template"]["metadata"]["labels"]
        assert one["spec"]["selector"]["matchLabels"].items() <= labels.items()


def test_numbers_are_the_autoscalers():
    scaled = {one["spec"]["scaleTargetRef"]["name"] for one in objects("ScaledObject").values()}
    scaled |= {
        one["spec"]["scaleTargetRef"]["name"] for one in objects("HorizontalPodAutoscaler").values()
    }
    counted = {name for name, one in objects("Deployment").items() if "replicas" in one["spec"]}

    assert scaled == {"web", "live", "worker"}
    assert counted == {"upkeep", "beat"}


@pytest.mark.django_db
def test_workers_are_counted_by_a_query_that_the_database_understands():
    [trigger] = objects("ScaledObject")["worker"]["spec"]["triggers"]
    login = objects("TriggerAuthentication")[trigger["authenticationRef"]["name"]]

    with connection.cursor() as cursor:
        cursor.execute(trigger["metadata"]["query"])
        assert cursor.fetchall() == [(0,)]
    assert float(trigger["metadata"]["targetQueryValue"]) < roles.DRAWINGS_UNDER_WAY
    assert login["spec"]["secretTargetRef"][0]["key"] == "DATABASE_URL"


# --- Ways in ----------------------------------------------------------------------------------


def to_live() -> set[str]:
    """What the ASGI server alone answers: addresses that a proxy sends there."""
    patterns = {one.address for one in routes.live()}
    return {one for one in patterns if one.strip("/")}


def of_ingress(path: str) -> str:
    """The service that an address is sent to: of the paths that fit, the longest wins."""
    paths = [
        one
        for name in ("chatsvg", "live")
        for one in objects("Ingress")[name]["spec"]["rules"][0]["http"]["paths"]
    ]
    fits = [
        (len(one["path"]), one["backend"]["service"]["name"])
        for one in paths
        if (path == one["path"] if one["pathType"] == "Exact" else path.startswith(one["path"]))
    ]
    return max(fits)[1]


def of_compose(path: str) -> str:
    rule = document("deploy/proxy/chatsvg.yaml")["http"]["routers"]["live"]["rule"]
    exact = set(re.findall(r"\bPath\(`([^`]+)`\)", rule))
    begins = re.findall(r"PathPrefix\(`([^`]+)`\)", rule)
    return "live" if path in exact or path.startswith(tuple(begins)) else "web"


@pytest.mark.parametrize("sent", [of_ingress, of_compose])
def test_proxy_sends_long_connections_to_live_and_the_rest_to_web(sent):
    expected = {"/ws/events/", "/events/", "/v1/events", "/api/v1/events"}
    expected |= {"/socket.io/", "/mcp", "/mcp/", "/mcp/health"}
    assert {sent(path) for path in expected} == {"live"}

    pages = {re.sub(r"<\w+>", "x", route.address) for route in routes.http()}
    assert len(pages) > 100
    assert {path for path in pages if sent(path) != "web"} == set()


def test_those_are_all_that_the_asgi_server_answers_itself():
    found = {re.sub(r"[\^$?]|\(\?:([^)]*)\)", "", one) for one in to_live()}

    assert {of_ingress(path if path.startswith("/") else f"/{path}") for path in found} == {"live"}


def test_services_find_their_pods():
    for name, service in objects("Service").items():
        labels = objects("Deployment")[name]["spec"]["template"]["metadata"]["labels"]
        assert service["spec"]["selector"].items() <= labels.items()
        assert service["spec"]["ports"][0]["targetPort"] == "http"


def test_live_is_sticky_and_the_cookie_goes_to_other_sites_clients():
    notes = objects("Service")["live"]["metadata"]["annotations"]
    begin = "traefik.ingress.kubernetes.io/service.sticky.cookie"

    assert notes[begin] == "true"
    assert (notes[f"{begin}.secure"], notes[f"{begin}.samesite"]) == ("true", "none")
    cookie = document("deploy/proxy/chatsvg.yaml")["http"]["services"]["live"]["loadBalancer"]
    assert cookie["sticky"]["cookie"]["sameSite"] == "none"


@pytest.mark.parametrize("name", ["chatsvg", "live"])
def test_certificate_is_the_one_that_the_cluster_gets(name):
    ingress = objects("Ingress")[name]
    traefik = objects("HelmChartConfig", "deploy/k8s/cluster")["traefik"]
    values = yaml.safe_load(traefik["spec"]["valuesContent"])

    resolver = ingress["metadata"]["annotations"][
        "traefik.ingress.kubernetes.io/router.tls.certresolver"
    ]
    assert resolver in values["certificatesResolvers"]
    assert ingress["spec"]["tls"][0]["hosts"] == [environment("web")["SITE_HOST"]]


# --- The network ------------------------------------------------------------------------------


def selected(policy: dict) -> set[str]:
    """The processes that a policy is about."""
    selector = policy["spec"]["podSelector"]
    for one in selector.get("matchExpressions", ()):
        assert (one["key"], one["operator"]) == ("app.kubernetes.io/component", "In")
        return set(one["values"])
    wanted = selector.get("matchLabels", {}).get("app.kubernetes.io/component")
    return {wanted} if wanted else set(OURS)


def test_nothing_is_allowed_unless_it_is_named():
    policies = objects("NetworkPolicy")
    everybody = policies.pop("nothing")["spec"]

    assert everybody == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for name, one in policies.items():
        assert selected(one) <= set(OURS) | AT_NIGHT, name
        for way in one["spec"].get("ingress", []) + one["spec"].get("egress", []):
            assert way["ports"], name
            assert way.get("from") or way.get("to"), name


def test_who_gets_to_the_servers():
    policies = objects("NetworkPolicy")

    assert selected(policies["postgres"]) == set(OURS) | AT_NIGHT
    assert selected(policies["redis"]) == set(PROCESSES)
    assert selected(policies["internet"]) == {"web", "live", "worker", "upkeep"} | AT_NIGHT
    ports = {one["port"] for one in policies["internet"]["spec"]["egress"][0]["ports"]}
    assert ports == set(urls.PORTS) - {80}  # which WEBHOOK_ALLOW_HTTP would open, nothing else
    for name in ("internet", "mail"):
        [way] = policies[name]["spec"]["egress"]
        assert {"10.0.0.0/8", "169.254.0.0/16"} <= set(way["to"][0]["ipBlock"]["except"])
    for name in ("postgres", "redis"):
        [way] = policies[name]["spec"]["egress"]
        assert way["to"][0]["ipBlock"]["cidr"].endswith("/24")  # the overlay narrows it


def test_namespace_lets_in_only_what_is_restricted():
    labels = objects("Namespace", "deploy/k8s/cluster")["chatsvg"]["metadata"]["labels"]

    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_who_rolls_out_has_a_token_and_may_apply_all_that_there_is():
    [account] = objects("ServiceAccount", "deploy/k8s/cluster").values()
    token = objects("Secret", "deploy/k8s/cluster")["deployer-token"]
    role = objects("Role", "deploy/k8s/cluster")["deployer"]
    may = {
        (group, kind)
        for rule in role["rules"]
        if {"create", "patch"} <= set(rule["verbs"])
        for group in rule["apiGroups"]
        for kind in rule["resources"]
    }

    assert token["type"] == "kubernetes.io/service-account-token"
    names = token["metadata"]["annotations"]
    assert names["kubernetes.io/service-account.name"] == account["metadata"]["name"]
    assert "data" not in token
    for one in rendered(OVERLAY):
        plural = re.sub("ys$", "ies", re.sub("ss$", "sse", one["kind"].lower()) + "s")
        assert (one["apiVersion"].rpartition("/")[0], plural) in may


def test_who_rolls_out_neither_reads_nor_writes_secrets():
    role = objects("Role", "deploy/k8s/cluster")["deployer"]
    named = {resource for rule in role["rules"] for resource in rule["resources"]}
    verbs = {verb for rule in role["rules"] for verb in rule["verbs"]}

    assert "secrets" not in named
    assert "*" not in named | verbs


def test_every_manifest_is_part_of_a_kustomization():
    for folder in ("base", "overlays/k3s-traefik", "cluster"):
        place = DEPLOY / "k8s" / folder
        named = (place / "kustomization.yaml").read_text()
        for path in place.glob("*"):
            assert path.name == "kustomization.yaml" or path.name in named
