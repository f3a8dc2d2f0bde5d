"""matplotlib's SVG made fit to stand inside a page.

A strict Content-Security-Policy blocks style attributes and stylesheets of a figure's own, and on one page all figures
share their ids. So styles become attributes, ids get the figure's name, and letters are drawn from one common store.
"""

import re
from xml.etree import ElementTree

NAMES = re.compile(r"\{[^}]*\}")  # {http://www.w3.org/2000/svg}path
NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
SHORT = ("d", "x", "y", "width", "height", "points")  # attributes whose numbers are points of the figure
LETTER = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*-[0-9a-f]+$")  # DejaVuSans-Bold-4d
REFERENCE = re.compile(r"#([^)\"]+)")

Letters = dict[str, str]  # id -> <path>, of all figures


def inline(svg: bytes, name: str, alt: str, letters: Letters) -> str:
    """The figure as an element for a page. The outlines of its letters go to `letters`, for `store`."""
    root = plain_names(ElementTree.fromstring(svg))
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in ("metadata", "style"):
                parent.remove(child)
    for element in root.iter():
        shorten(element)
    keep_letters(root, letters)
    own_ids(root, name)
    flatten(root)
    root.attrib = {
        "viewBox": root.get("viewBox", ""),
        "class": "figure",
        "role": "img",
        "aria-label": alt,
        "stroke-linejoin": "round",  # matplotlib's stylesheet says so of all elements
    }
    return written(root)


def store(letters: Letters) -> str:
    """The hidden element that holds the letters of all figures, each once."""
    paths = "".join(letters[key] for key in sorted(letters))
    return f'<svg class="store" width="0" height="0" aria-hidden="true"><defs>{paths}</defs></svg>'


def plain_names(root: ElementTree.Element) -> ElementTree.Element:
    """Without namespaces: HTML knows what is SVG."""
    for element in root.iter():
        element.tag = NAMES.sub("", element.tag)
        element.attrib = {NAMES.sub("", name): value for name, value in element.attrib.items()}
        element.text = element.tail = None
    return root


def shorten(element: ElementTree.Element) -> None:
    """Styles as attributes, and hundredths of a point instead of millionths."""
    for rule in filter(str.strip, element.attrib.pop("style", "").split(";")):
        name, _, value = rule.partition(":")
        element.set(name.strip(), value.strip())
    for name in SHORT:
        if name in element.attrib:
            element.set(name, short(element.attrib[name]))
    if "transform" in element.attrib:
        moved = re.sub(r"translate\([^)]*\)", lambda found: short(found[0]), element.attrib["transform"])
        element.set("transform", moved)


def short(text: str) -> str:
    """Numbers rounded to hundredths, and a path's commands without the spaces that it can do without."""
    text = NUMBER.sub(lambda found: f"{round(float(found[0]), 2) + 0.0:.10g}", text)  # + 0.0: of -0.0 comes 0
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r" ?([MLQCZz]) ?", r"\1", text)


def keep_letters(root: ElementTree.Element, letters: Letters) -> None:
    """Moves the outlines of letters to the common store."""
    for defs in list(root.iter("defs")):
        for path in [child for child in defs if LETTER.match(child.get("id", ""))]:
            key = path.attrib["id"]
            outline = written(path)
            if letters.setdefault(key, outline) != outline:
                raise ValueError(f"letter {key}: two figures draw it differently")
            defs.remove(path)


def own_ids(root: ElementTree.Element, name: str) -> None:
    """Ids that nothing refers to are dropped; the others begin with the figure's name, those of letters stay."""
    values = [value for element in root.iter() for value in element.attrib.values()]
    wanted = {found for value in values if value.startswith(("#", "url(#")) for found in REFERENCE.findall(value)}
    own = {key: f"{name}-{i}" for i, key in enumerate(e.get("id") for e in root.iter() if e.get("id") in wanted)}
    for element in root.iter():
        if (key := element.attrib.pop("id", None)) in own:
            element.set("id", own[key])
        for attribute, value in element.attrib.items():
            if value.startswith(("#", "url(#")):
                element.set(attribute, REFERENCE.sub(lambda found: "#" + own.get(found[1], found[1]), value))


def flatten(parent: ElementTree.Element) -> None:
    """Groups that change nothing give way to what is in them, empty ones to nothing."""
    children = []
    for child in list(parent):
        flatten(child)
        empty = child.tag in ("g", "defs") and not len(child)
        children += [] if empty else list(child) if child.tag == "g" and not child.attrib else [child]
    parent[:] = children


def written(element: ElementTree.Element) -> str:
    return ElementTree.tostring(element, encoding="unicode")
