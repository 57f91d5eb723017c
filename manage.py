#!/usr/bin/env python3
"""Every command of ChatSVG. Without DATABASE_URL / REDIS_URL they use the embedded servers."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsvg.settings")
    if sys.argv[1:2] == ["dev"]:
        os.environ.setdefault("PRODUCTION", "false")  # also with a DATABASE_URL of one's own
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        raise SystemExit(
            "Django is not installed here. Run: "
            "python3 -m venv .venv && .venv/bin/pip install -q -r deploy/requirements.txt"
        ) from error
    from django.core.exceptions import ImproperlyConfigured

    from chatsvg.database import close_pools
    from chatsvg.embedded import servers_for

    try:
        with servers_for(sys.argv):
            try:
                execute_from_command_line(sys.argv)
            finally:
                close_pools()  # before the servers that they lead to
    except ImproperlyConfigured as error:
        if "--traceback" in sys.argv:
            raise
        raise SystemExit(f"CommandError: {error}") from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
