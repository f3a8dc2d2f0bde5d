"""The offline page: one HTML file that asks for nothing from anywhere. Gathers plain values, templates show them."""

from importlib.util import find_spec

LIBRARIES = ("jinja2", "pygments", "latex2mathml", "jupytext")  # the extra `page`


def missing() -> list[str]:
    """Which of the libraries that the page is made with are not installed."""
    return [name for name in LIBRARIES if find_spec(name) is None]
