"""Command lines that cannot be meant."""

import json

from tests.commands.test_wrong_use import LINES

from .box import Box
from .rows import Trial, row

ALL_AT_ONCE = """
import contextlib, io, json, sys
from dlconcepts.commands import cli
from dlconcepts.images import data_set as data
data.load = None  # whoever reads data ends in a TypeError
found = []
for line in json.load(sys.stdin):
    with contextlib.redirect_stderr(io.StringIO()) as said:
        try:
            code = cli.main(line)
        except SystemExit as end:
            code = end.code
    found.append([code, said.getvalue()])
print(json.dumps(found))
"""


@row(f"words: {len(LINES)} command lines with a wrong value")
def wrong(box: Box) -> Trial:
    found = json.loads(box.python(ALL_AT_ONCE, json.dumps(LINES)))
    amiss = [line for line, (code, said) in zip(LINES, found, strict=True) if code != 2 or said.count("\n") != 1]
    return Trial(not amiss, True, "each exit code 2 and one line" if not amiss else " ".join(amiss[0]))
