"""python -m dlconcepts"""

import sys

from .cli import program

sys.exit(program())
