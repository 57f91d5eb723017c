"""The TypeScript client, built in a folder of the test's own as `npm run build` builds it."""

import re
import shutil
import subprocess
from pathlib import Path

from tests import nodejs
from tests.nodejs import PROJECT

SOURCE = PROJECT / "deploy" / "clients" / "typescript"
MANIFEST = SOURCE / "package.json"
SCHEMA = SOURCE / "src" / "schema.d.ts"
DESCRIPTION = PROJECT / "tests" / "contract" / "schemas" / "v1.json"
KINDS = "--default-non-nullable=false"
EXAMPLE = re.compile(r"^```ts\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = 120


def generated(folder: Path) -> str:
    """The types of the accepted description of `/v1`."""
    target = folder / "schema.d.ts"
    command = nodejs.packages(MANIFEST) / "openapi-typescript" / "bin" / "cli.js"
    _node(folder, command, DESCRIPTION, "--output", target, KINDS)
    return target.read_text()


def build(folder: Path) -> Path:
    """The package with its tests and the README's examples, compiled."""
    for name in ("src", "test"):
        shutil.copytree(SOURCE / name, folder / name)
    for name in ("package.json", "tsconfig.json"):
        shutil.copy(SOURCE / name, folder)
    (folder / "node_modules").symlink_to(nodejs.packages(MANIFEST))
    for number, text in enumerate(examples(), 1):
        (folder / "test" / f"example{number}.ts").write_text(text)
    compile_(folder, ".")
    shutil.copy(folder / "src" / "schema.d.ts", folder / "dist")
    compile_(folder, "test")
    return folder


def examples() -> list[str]:
    """The programs of the README."""
    return EXAMPLE.findall((SOURCE / "README.md").read_text())


def compile_(folder: Path, project: str) -> None:
    tsc = nodejs.packages(MANIFEST) / "typescript" / "bin" / "tsc"
    _node(folder, tsc, "--project", project)


def run_tests(folder: Path, *files: str, **env: str) -> str:
    """What Node.js' own test runner says of files; it fails with them."""
    return _node(folder, "--test", "--test-concurrency=1", "--test-reporter=tap", *files, **env)


def run(folder: Path, file: str, **env: str) -> str:
    """What a program prints; it may not fail."""
    return _node(folder, file, **env)


def _node(folder: Path, *words: object, **env: str) -> str:
    told = subprocess.run(
        [nodejs.node(), *map(str, words)],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SECONDS,
        text=True,
        check=False,
    )
    assert told.returncode == 0, f"{words}:\n{told.stdout[-6000:]}"
    return told.stdout
