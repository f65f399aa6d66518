"""`python -m lamina`: the command line."""

import sys

from lamina.cli.main import main

sys.exit(main())
