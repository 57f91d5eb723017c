"""`python -m chatsvg_client.cli`."""

import sys

from chatsvg_client.cli.command_line import main

sys.exit(main())
