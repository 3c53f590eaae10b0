"""Lets ``python -m consolidator`` do what the ``consolidator`` command does."""

import sys

from consolidator.cli.main import main

sys.exit(main())
