"""The same command twice."""

from .box import SHORT, Box, contents, same_but_timing
from .rows import Trial, row


@row("repeats: the same run, the same record and figures in three formats")
def run_twice(box: Box) -> Trial:
    a, b = box.place(), box.place()
    for out in (a, b):
        assert box.run(*SHORT, "--format", "png,svg,pdf", "--out", str(out)).done()
    images = [{n: d for n, d in contents(out).items() if not n.endswith(".json")} for out in (a, b)]
    return Trial(images[0] == images[1], same_but_timing(a / "epochs.json", b / "epochs.json"), "the same bytes")


@row("repeats: every committed figure drawn again")
def redraw_twice(box: Box) -> Trial:
    a, b = box.place(), box.place()
    for out in (a, b):
        assert box.run("run", "--all", "--redraw", "--format", "png,svg", "--out", str(out)).done()
    return Trial(contents(a) == contents(b), len(contents(a)) >= 2, f"{len(contents(a))} files, the same bytes")
