"""`chatsvg`: drawings from a shell. Results go to stdout, everything else to stderr."""

from chatsvg_client.cli.command_line import main

__all__ = ["main"]
