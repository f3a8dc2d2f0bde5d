"""Runs a concept: trains its arms, writes the record, judges the statements, draws the figure."""

from .concept_figure import recorded as recorded
from .concept_figure import redraw_all as redraw_all
from .concept_figure import show as show
from .concept_run import expected as expected
from .concept_run import run as run
from .concept_run import run_all as run_all
from .request import QUICK_IMAGES as QUICK_IMAGES
from .request import Request as Request
from .request import arms_of as arms_of
from .request import concept as concept
