"""What the page needs of the explorer: its numbers, style and script. All of them lie beside this file."""

from pathlib import Path
from typing import Any

from ..sweeps.record import committed

HERE = Path(__file__).parent


def context() -> dict[str, dict[str, Any]]:
    """The recorded sweeps by name, in the order in which a learner meets them: strict JSON."""
    sweeps = committed()
    return {name: sweeps[name] for name in ("optimizer", "activation", "regularization") if name in sweeps}


def style() -> str:
    return (HERE / "explorer.css").read_text(encoding="utf-8")


def script() -> str:
    """All the script files as one, in a function of its own: their names are no one else's on the page."""
    files = "\n".join(path.read_text(encoding="utf-8") for path in sorted(HERE.glob("*.js")))
    return f"(() => {{\n{files}}})();\n"
