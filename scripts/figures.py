"""Makes every committed record and figure anew; --redraw draws the recorded numbers and trains nothing."""

from pathlib import Path

from dlconcepts import gallery, glossary
from dlconcepts.commands.cli import Parser
from dlconcepts.evidence import records
from dlconcepts.gallery.record_text import summary

FIGURES = Path(__file__).parent.parent / "figures"

if __name__ == "__main__":
    parser = Parser(prog="figures.py", description=__doc__)
    parser.add_argument("--redraw", action="store_true", help="start from the records")
    parser.add_argument("--tune", action="store_true", help="search each arm's tuned value anew")
    options = parser.parse_args()
    request = gallery.Request(tune=options.tune, out=records.FOLDER, figures=FIGURES)
    make = gallery.redraw_all if options.redraw else gallery.run_all
    for record in make(glossary.concepts(), request):
        if not options.redraw:
            print(summary(record))
        print(FIGURES / f"{record.concept}.png")
