"""A process that carries out tasks: Celery's worker, without the command around it.

That would load a shell, and every page's code for Django's system checks, which `migrate` has made:
17 MB in each worker.

    python -m chatsvg.working worker -n NAME -Q QUEUES -c THREADS
"""

import argparse
import os
import sys

from chatsvg import cores
from chatsvg.memory import NEEDLESS, without

os.environ.setdefault("CELERY_SKIP_CHECKS", "true")
READY = "chatsvg.ready"


def main(name: str, queues: str, threads: int) -> int:
    """Work until a signal comes; the exit code."""
    cores.keep_to_mine()
    with without(*NEEDLESS):
        from celery.utils.nodenames import host_format

        from chatsvg.celery import app

        worker = app.Worker(
            hostname=host_format(f"{name}@%h"),
            queues=queues,
            pool="threads",
            concurrency=threads,
            include=[READY],
            loglevel="INFO",
            quiet=True,
            without_gossip=True,
            without_mingle=True,
        )
    worker.start()
    return worker.exitcode or 0


if __name__ == "__main__":
    words = argparse.ArgumentParser(prog="chatsvg.working worker")
    words.add_argument("-n", metavar="NAME", required=True)
    words.add_argument("-Q", metavar="QUEUES", required=True)
    words.add_argument("-c", metavar="THREADS", type=int, required=True)
    asked = words.parse_args(sys.argv[2:])
    sys.exit(main(asked.n, asked.Q, asked.c))
