"""Runs programs together: starts them at once, starts again what dies, stops them in order."""

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chatsvg.embedded import processes
from chatsvg.embedded.home import PROJECT, Home

LOOK_SECONDS = 0.1
STOP_SECONDS = 5
TRIES_UNTIL_READY = 3


class SupervisorError(Exception):
    """The programs cannot be run; the text says which one and why."""


@dataclass
class Program:
    """One process to keep running. `is_ready` is asked after it was started."""

    name: str
    argv: Sequence[str]
    is_ready: Callable[[], bool] = lambda: True
    before_start: Callable[[], None] = lambda: None
    env: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen | None = None
    pauses: processes.Pauses = field(default_factory=processes.Pauses)
    tries: int = 0
    ready: bool = False

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Keeps programs running until SIGINT or SIGTERM; to be made in the main thread.

    Programs are stopped in the order in which they are given.
    """

    def __init__(self, programs: Sequence[Program], *, home: Home, say: Callable[[str], None]):
        self.programs = programs
        self.home = home
        self.say = say
        self.stopping = False
        self._alarm = processes.SignalAlarm()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)

    def end_orphans(self) -> None:
        """End what an earlier run left, if it was killed where the kernel ends no children."""
        for program in self.programs:
            pid = processes.read_pid(self._pid_file(program))
            if orphan := processes.find_process(pid, *program.argv[1:], cwd=PROJECT):
                processes.end_orphan(orphan, (signal.SIGTERM, 1))

    def start(self) -> None:
        for program in self.programs:
            self._start(program)

    def wait_ready(self, seconds: float) -> None:
        """Return when all are ready, or when we are asked to stop. Raises SupervisorError."""
        end = time.monotonic() + seconds
        while not self.stopping and not self._all_ready():
            if time.monotonic() > end:
                late = [program.name for program in self.programs if not program.ready]
                raise SupervisorError(
                    f"Not ready after {seconds:.0f} s: {', '.join(late)}; see {self.home.log}."
                )
            self._mend(until_ready=True)
            self._sleep()

    def watch(self, *also: Callable[[], None]) -> None:
        """Start again what dies, and look after `also`, until we are asked to stop."""
        while not self.stopping:
            self._mend()
            for look in also:
                look()
            self._sleep()

    def stop(self) -> None:
        """Ask all to end, and end those that do not."""
        for program in self.programs:
            if program.process is not None and program.running:
                program.process.terminate()
        processes.wait_until(lambda: not any(map(_is_running, self.programs)), STOP_SECONDS)
        for program in self.programs:
            if program.process is not None:
                processes.end_child(program.process)
                self._pid_file(program).unlink(missing_ok=True)

    def _start(self, program: Program) -> None:
        program.before_start()
        program.tries += 1
        program.ready = False
        program.process = processes.spawn(
            program.argv,
            log=self._log(program),
            cwd=PROJECT,
            env={**os.environ, **program.env},
            ended_by=signal.SIGKILL,  # nobody would wait for it to finish
        )
        processes.write_pid(self._pid_file(program), program.process.pid)

    def _all_ready(self) -> bool:
        for program in self.programs:
            program.ready = program.ready or (program.running and program.is_ready())
        return all(program.running and program.ready for program in self.programs)

    def _mend(self, *, until_ready: bool = False) -> None:
        for program in self.programs:
            if program.running or self.stopping:
                continue
            if until_ready and program.tries == TRIES_UNTIL_READY:
                raise SupervisorError(self._complaint(program))
            if program.pauses.is_due():
                self.say(f"{program.name} ended ({_how(program.process)}); starting it again")
                self._start(program)

    def _complaint(self, program: Program) -> str:
        log = self._log(program)
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        return f"{program.name} does not stay up ({_how(program.process)}), {log} says:\n{tail}"

    def _sleep(self) -> None:
        select.select([self._alarm], [], [], LOOK_SECONDS)
        self._alarm.clear()

    def _ask_to_stop(self, *_: object) -> None:
        self.stopping = True

    def _pid_file(self, program: Program) -> Path:
        return self.home.run / f"{program.name}.pid"

    def _log(self, program: Program) -> Path:
        return self.home.log / f"{program.name}.log"


def _is_running(program: Program) -> bool:
    return program.running


def _how(process: subprocess.Popen | None) -> str:
    code = process.returncode if process else None
    return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
