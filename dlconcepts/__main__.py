"""python -m dlconcepts"""

import sys

from .commands.cli import program

sys.exit(program())
