"""Draw from the terminal, through the same pipeline as everybody."""

import contextlib
import logging
import os
import sys
import threading
import time
from pathlib import Path
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from chatsvg.database import give_back
from chatsvg.demo import DEMO_EMAIL
from chatsvg.errors import DomainError
from generations import pipeline, providers, services, upkeep
from generations.choices import STYLES
from generations.errors import JobEnded, sentence
from generations.frames.cut import drawn
from generations.models import Generation, Job
from generations.signals import job_changed, job_progressed, job_sketched

LET_GO_SECONDS = 3  # for the call of a canceled drawing to be closed
INTERRUPTED = 130  # the shell's exit code for Ctrl-C
LINE_SECONDS = 1  # between two lines of a log


class Command(BaseCommand):
    help = "Describe a drawing, get an SVG file."

    def run_from_argv(self, argv):
        logging.getLogger("generations").setLevel(logging.ERROR)  # the bar has this terminal
        super().run_from_argv(argv)

    def add_arguments(self, parser):
        names = [model.name for model in providers.models()]
        parser.add_argument("prompt")
        parser.add_argument("--style", choices=STYLES, default="flat")
        parser.add_argument("--model", choices=names, default=None)
        parser.add_argument("-o", "--output", help="the SVG file to write; standard output if none")
        parser.add_argument("--user", default=DEMO_EMAIL, help="e-mail of the one who pays")
        parser.add_argument(
            "--watch", action="store_true", help="draw it in this process, and count its elements"
        )
        parser.add_argument("--private", action="store_true", help="keep it out of the gallery")

    def handle(self, *args, prompt, style, model, output, user, private, watch, **options):
        payer = User.objects.filter(email=user.strip().lower()).first()
        if payer is None:
            raise CommandError(f"Nobody has the e-mail {user}.")
        if output and (Path(output).is_dir() or not os.access(Path(output).parent, os.W_OK)):
            raise CommandError(f"Cannot write {output}; nothing was drawn.")
        asked = {"prompt": prompt, "style": style, "model": model, "privacy": private}
        try:
            wanted = services.read_recipe(asked)
            key = f"draw:{uuid4()}"
            job, _ = services.submit(payer, wanted, idempotency_key=key, wakes=not watch)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        ended = self.carry_out(job, Watch(job.pk) if watch else Bar(job.pk))
        if ended.status != Job.Status.SUCCEEDED:
            raise CommandError(sentence(ended.error_code) or "No drawing came of it.")
        self.deliver(ended.generation, output)
        self.tell(ended, payer)

    def carry_out(self, job: Job, bar: "Bar") -> Job:
        """Work on the job here, unless a running worker was faster, and show how it goes."""
        worker = threading.Thread(target=_work, args=(job.pk,), name="draw", daemon=True)
        worker.start()
        try:
            while not (ended := _fresh(job)).has_ended:
                bar.show(ended.progress)
                time.sleep(0.1)
            bar.close(ended)
        except KeyboardInterrupt:
            with contextlib.suppress(JobEnded):
                services.cancel(job.user, job.pk)
            raise CommandError(sentence("CANCELED"), returncode=INTERRUPTED) from None
        finally:
            worker.join(LET_GO_SECONDS)
            bar.end()
        return ended

    def deliver(self, generation: Generation, output: str | None) -> None:
        if output is None:
            self.stdout.write(generation.svg)
            return
        try:
            Path(output).write_text(generation.svg, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"Cannot write {output}: {error.strerror}") from error

    def tell(self, job: Job, payer: User) -> None:
        """What it cost and who drew it, on standard error: standard output may be the drawing."""
        drawing = job.generation
        cost = sum((a.cost_usd or 0) for a in job.attempts.all())
        paid = f", ${cost:.4f} to the model" if cost else ""
        payer.wallet.refresh_from_db()
        self.stderr.write(
            f"{drawing.size_bytes} bytes by {drawing.provider}: {job.price} credit{paid}; "
            f"{payer.wallet.available} left"
        )
        for note in drawing.notes:
            self.stderr.write(f"note: {note}")


class Bar:
    """A progress bar on standard error, fed by rows and, in between, by hints."""

    WIDTH = 30

    def __init__(self, job_id) -> None:
        self.job_id, self.shown = job_id, -1
        self.is_terminal = sys.stderr.isatty()
        job_progressed.connect(self.hint)
        job_changed.connect(self.change)

    def hint(self, sender, job_id, progress, **kwargs):
        if job_id == self.job_id:
            self.show(progress)

    def change(self, sender, event, **kwargs):
        if event.job_id == self.job_id:
            self.show(event.progress)

    def show(self, progress: int) -> None:
        if progress > self.shown:
            self.shown = progress
            self.write()

    def close(self, job: Job) -> None:
        self.show(job.progress)

    def line(self) -> str:
        done = self.WIDTH * self.shown // 100
        return f"[{'#' * done}{'.' * (self.WIDTH - done)}] {self.shown:3d} %"

    def write(self) -> None:
        line = self.line()
        print(f"\r{line}" if self.is_terminal else line, end="", file=sys.stderr, flush=True)
        if not self.is_terminal:
            print(file=sys.stderr)

    def end(self) -> None:
        job_progressed.disconnect(self.hint)
        job_changed.disconnect(self.change)
        if self.is_terminal:
            print(file=sys.stderr)


class Watch(Bar):
    """The bar, and how many elements the growing drawing has. In a log, a line a second."""

    def __init__(self, job_id) -> None:
        super().__init__(job_id)
        self.elements, self.written_at = 0, 0.0
        self.turn = threading.Lock()  # progress and frames come from threads of their own
        job_sketched.connect(self.sketch)

    def sketch(self, sender, job_id, elements, **kwargs):
        if job_id == self.job_id:
            self.elements = elements
            self.write()

    def close(self, job: Job) -> None:
        if job.generation:
            self.elements = drawn(job.generation.svg)
        self.shown, self.written_at = job.progress, 0.0
        self.write()

    def line(self) -> str:
        noun = "element" if self.elements == 1 else "elements"
        return f"{super().line()}  {self.elements:3d} {noun:8}"

    def write(self) -> None:
        with self.turn:
            now = time.monotonic()
            if self.is_terminal or now - self.written_at >= LINE_SECONDS:
                self.written_at = now
                super().write()

    def end(self) -> None:
        job_sketched.disconnect(self.sketch)
        super().end()


def _work(job_id) -> None:
    """Do here what worker and sweep do elsewhere: no worker need be running."""
    try:
        while Job.objects.under_way().filter(pk=job_id).exists():
            pipeline.run(job_id)
            upkeep.end_overdue()
            time.sleep(0.2)
    finally:
        give_back()


def _fresh(job: Job) -> Job:
    return Job.objects.select_related("generation").get(pk=job.pk)
