"""A command line in, an exit code out."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from chatsvg_client import errors
from chatsvg_client.cli.shell import FAILED, INTERRUPTED, USAGE, Shell, complain, exit_code
from chatsvg_client.cli.words import parser
from chatsvg_client.config import Misuse


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    try:
        code: int = asked.run(Shell(asked, os.environ))
        sys.stdout.flush()
        return code
    except Misuse as error:
        return complain(str(error), USAGE)
    except errors.ChatSVGError as error:
        return complain(_told(error), exit_code(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        return complain(f"{error.filename or 'file'}: {error.strerror}", FAILED)
    except KeyboardInterrupt:
        return complain("interrupted", INTERRUPTED)


def _told(error: errors.ChatSVGError) -> str:
    members = {"": error.code, "request ": error.request_id}
    known = ", ".join(f"{name}{value}" for name, value in members.items() if value)
    return f"{error.message} ({known})" if known else error.message
