"""deploy/compose.yaml, as far as it can be judged without Docker."""

import re
import shutil
import subprocess

import pytest

from chatsvg import roles, start
from chatsvg.embedded.home import PROJECT
from tests.deploy.reading import PROCESSES, SECRET, document, settings_of, text, variables

OURS = (*PROCESSES, "migrate", "bucket")
MAY_WRITE = {"postgres": ["/var/lib/postgresql"], "s3": ["/data"], "proxy": ["/acme"]}
MAY_WRITE |= {"prometheus": ["/prometheus"], "grafana": ["/var/lib/grafana"]}


@pytest.fixture(scope="module")
def compose() -> dict:
    return document("deploy/compose.yaml")


@pytest.fixture(scope="module")
def services(compose) -> dict:
    return compose["services"]


@pytest.fixture(scope="module")
def filled_in() -> dict[str, str]:
    """env.example with a value for everything that has to have one."""
    names = re.findall(r"^([A-Z0-9_]+)=$", text("deploy/env.example"), re.MULTILINE)
    return {name: SECRET.format(name) for name in names} | {
        "CHATSVG_HOST": "chatsvg.example",
        "EMAIL_PORT": "465",
        "FRONTEND_URL": "https://client.example",
    }


def environment(service, values) -> dict[str, str]:
    """As Compose gives it: `${NAME}`, `${NAME:-else}` and `${NAME:?why}` filled in."""

    def value(found) -> str:
        return values.get(found[1]) or found[2] or ""

    return {
        name: re.sub(r"\$\{([A-Z0-9_]+)(?::-([^}]*)|:\?[^}]*)?\}", value, told)
        for name, told in service["environment"].items()
    }


@pytest.mark.parametrize("name", OURS)
def test_process_starts_with_what_it_is_given(services, filled_in, monkeypatch, name):
    given = environment(services[name], filled_in)

    assert given.keys() <= variables()
    made = settings_of(given | {"PRODUCTION": "true"}, monkeypatch)
    assert made["PRODUCTION"]
    assert made["ALLOWED_HOSTS"][0] == "chatsvg.example"
    assert made["SECURE_PROXY_SSL_HEADER"]
    assert made["STORAGES"]["default"]["OPTIONS"]["bucket_name"] == "chatsvg"
    assert made["METRICS_TOKEN"]


def test_everything_that_is_asked_for_is_in_the_example(compose, filled_in):
    asked = set(re.findall(r"\$\{([A-Z0-9_]+)", text("deploy/compose.yaml")))

    assert asked == filled_in.keys()


@pytest.mark.parametrize("name", OURS)
def test_every_setting_of_the_example_is_passed_on(services, filled_in, name):
    given = environment(services[name], filled_in)
    settings = {one: value for one, value in filled_in.items() if one in variables()}

    assert len(settings) > 25
    assert settings.items() <= given.items()
    assert services[name]["env_file"] == [{"path": "settings.env", "required": False}]


def test_nothing_but_the_first_part_of_the_example_must_be_filled_in(filled_in):
    must = text("deploy/env.example").partition("\n\n")[0]
    names = set(re.findall(r"^([A-Z0-9_]+)=$", must, re.MULTILINE))

    required = set(re.findall(r"\$\{([A-Z0-9_]+):\?", text("deploy/compose.yaml")))
    assert names == required


@pytest.mark.parametrize("name", PROCESSES)
def test_process_is_one_that_the_image_can_become(services, name):
    assert services[name]["command"] == [name]
    assert name in start.PROCESSES


def test_tables_and_bucket_are_made_before_anything_runs(services):
    assert services["migrate"]["command"] == ["migrate"]
    command = services["bucket"]["entrypoint"]
    assert command[:2] == ["python", "manage.py"]
    assert list(PROJECT.glob(f"*/management/commands/{command[2]}.py"))
    for name in PROCESSES:
        needs = services[name]["depends_on"]
        assert needs["migrate"]["condition"] == "service_completed_successfully"
        assert needs["bucket"]["condition"] == "service_completed_successfully"
    assert services["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_what_is_waited_for_exists_and_can_be_healthy(services):
    for service in services.values():
        for name, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert services[name]["healthcheck"]["test"]


def test_every_service_is_bounded_and_powerless(services):
    for name, service in services.items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}, name
        check = service["healthcheck"]
        assert check.get("test") or (check["disable"] and service["restart"] == "no"), name
        volumes = [one for one in service.get("volumes", ()) if not one.endswith(":ro")]
        assert [one.split(":")[1] for one in volumes] == MAY_WRITE.get(name, []), name


def test_images_are_named_by_versions(services):
    for name in set(services) - set(OURS):
        assert re.search(r":v?\d+\.\d+[.\w-]*$", services[name]["image"]), name
    assert services["web"]["image"] == "${CHATSVG_IMAGE:-chatsvg:local}"


def test_only_the_proxy_is_reachable_from_outside(services):
    for name, service in services.items():
        for port in service.get("ports", ()):
            assert name == "proxy" or port.startswith("127.0.0.1:"), name
    for name in ("postgres", "valkey", "s3", "prometheus"):
        assert services[name]["networks"] == ["inside"]


def test_processes_have_time_to_end(services, filled_in, monkeypatch):
    made = settings_of(environment(services["worker"], filled_in), monkeypatch)
    longest = made["JOB_DEADLINE_SECONDS"] + made["CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT"]

    for name in ("worker", "upkeep"):
        assert int(services[name]["stop_grace_period"].rstrip("s")) > longest
    for name in ("web", "live"):
        assert int(services[name]["stop_grace_period"].rstrip("s")) > roles.LEAVE_SECONDS


def test_database_takes_all_connections_that_processes_may_open(services, filled_in, monkeypatch):
    wanted = 0
    for name in OURS:
        made = settings_of(environment(services[name], filled_in), monkeypatch)
        wanted += made["DATABASES"]["default"]["OPTIONS"]["pool"]["max_size"]
    [told] = [word for word in services["postgres"]["command"] if "max_connections" in word]

    assert wanted < int(told.split("=")[1])


def test_prometheus_finds_its_token_though_it_may_write_nowhere_else(services, tmp_path):
    prometheus = services["prometheus"]
    folder = prometheus["tmpfs"][0].partition(":")[0]
    [shell, flag, script, name] = [word.replace("$$", "$") for word in prometheus["entrypoint"]]
    became = tmp_path / "prometheus"
    became.write_text(f'#!/bin/sh\ncat {tmp_path}/metrics_token; echo " $*"\n')
    became.chmod(0o700)
    for found, here in ((folder, str(tmp_path)), ("/bin/prometheus", str(became))):
        assert found in script
        script = script.replace(found, here)

    done = subprocess.run(
        [shell, flag, script, name, *prometheus["command"]],
        env={"PATH": "/usr/bin:/bin", "METRICS_TOKEN": "it's a $token"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == f"it's a $token {' '.join(prometheus['command'])}\n", done.stderr
    assert (tmp_path / "metrics_token").stat().st_mode & 0o777 == 0o600
    asked = document("deploy/prometheus/prometheus.yaml")["scrape_configs"][0]["authorization"]
    assert asked["credentials_file"] == f"{folder}/metrics_token"


def test_no_service_wants_a_secret_copied_into_it(compose, services):
    """Docker copies none of the environment into a container that is read-only."""
    assert "secrets" not in compose
    assert not any("secrets" in service for service in services.values())


@pytest.mark.skipif(
    not shutil.which("docker")
    or subprocess.run(["docker", "compose", "version"], capture_output=True).returncode != 0,
    reason="there is no `docker compose` here",
)
def test_compose_reads_it(filled_in, tmp_path):
    file = tmp_path / "env"
    file.write_text("".join(f"{name}={value}\n" for name, value in filled_in.items()))
    done = subprocess.run(
        ["docker", "compose", "--env-file", file, "-f", "deploy/compose.yaml", "config", "--quiet"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
