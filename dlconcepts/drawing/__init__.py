"""Axes and plain numbers in, figures out."""

import os
from contextlib import suppress

# figures go into files: a name in MPLBACKEND that matplotlib does not know is no matter here, and would end its import
if wanted := os.environ.pop("MPLBACKEND", ""):
    import matplotlib

    os.environ["MPLBACKEND"] = wanted
    with suppress(ValueError):
        matplotlib.rcParams["backend"] = wanted
