"""Ask whether any package of ours has a known hole: python deploy/advisories.py

Looks up the exact versions of deploy/requirements-dev.txt and -image.txt with pip-audit. Exit 1
where one has a hole that is not excused below. Where the service that knows them cannot be asked,
says something else than findings, takes longer than SECONDS, or does not know a package, that is
said and is no failure: a change is not to wait for somebody else's server.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parent
FILES = ("requirements-dev.txt", "requirements-image.txt")
EXCUSED: dict[str, str] = {}  # id of an advisory: why it does not touch us, and until when
COMMAND = (
    *(sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes"),
    *("--format", "json", "--progress-spinner", "off", "--requirement"),
)
SECONDS = 240  # for all files together


class Answer(NamedTuple):
    """What is known of packages: who was looked up, who is unknown there, and what is wrong."""

    known: set[str]
    unknown: set[str]
    holes: set[tuple[str, str, str]]  # (package, id of the advisory, versions that mend it)


def read(packages: list[dict]) -> Answer:
    answer = Answer(set(), set(), set())
    for package in packages:
        name = f"{package['name']} {package.get('version', '')}".strip()
        (answer.unknown if "skip_reason" in package else answer.known).add(name)
        for hole in package.get("vulns", ()):
            mended = ", ".join(hole["fix_versions"]) or "none yet"
            answer.holes.add((name, hole["id"], mended))
    return answer


def ask(file: Path, *, until: float) -> list[dict]:
    """What pip-audit says of every package in a file; nothing where it could not ask until then."""
    left = max(until - time.monotonic(), 0.1)
    try:
        done = subprocess.run(  # noqa: S603
            [*COMMAND, str(file)], capture_output=True, text=True, check=False, timeout=left
        )
    except subprocess.TimeoutExpired:
        return _nothing(file, f"no answer within {left:.0f} s")
    try:
        findings = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        findings = None
    if not isinstance(findings, list) or not all(isinstance(one, dict) for one in findings):
        return _nothing(file, f"exit {done.returncode}\n{done.stderr.strip()[-2000:]}")
    return findings


def _nothing(file: Path, why: str) -> list[dict]:
    print(f"advisories: COULD NOT BE ASKED about {file.name}: {why}", file=sys.stderr)  # noqa: T201
    return []


def tell(answer: Answer) -> int:
    """Say it; give the exit code."""
    for package, advisory, mended in sorted(answer.holes):
        excuse = f" (excused: {EXCUSED[advisory]})" if advisory in EXCUSED else ""
        print(f"{package}: {advisory}, mended in {mended}{excuse}")  # noqa: T201
    if not answer.known:
        print("advisories: NOTHING IS KNOWN, nobody could be asked")  # noqa: T201
    else:
        found = f"{len(answer.holes)} known for {len(answer.known)} packages"
        print(f"advisories: {found}; {len(answer.unknown)} could not be looked up")  # noqa: T201
    return int(any(advisory not in EXCUSED for _, advisory, _ in answer.holes))


def main() -> int:
    until = time.monotonic() + SECONDS
    packages = [one for name in FILES for one in ask(FOLDER / name, until=until)]
    return tell(read(packages))


if __name__ == "__main__":
    sys.exit(main())
