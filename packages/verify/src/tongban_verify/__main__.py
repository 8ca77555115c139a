"""`python -m tongban_verify FILE`."""

import sys

from tongban_verify.command import main

sys.exit(main())
