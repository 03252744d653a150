"""`python -m lfr_sim.cli`: the same as `lfr-sim`."""

import sys

from . import main

sys.exit(main())
