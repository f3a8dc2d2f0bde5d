"""LaTeX as MathML, which browsers show without a script."""

from xml.etree import ElementTree

from latex2mathml.converter import convert
from markupsafe import Markup

NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
ELEMENTS = {
    *("math", "mrow", "mi", "mo", "mn", "mtext", "mspace", "mstyle", "mpadded", "mphantom", "menclose", "merror"),
    *("mfrac", "msqrt", "mroot", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts"),
    *("mtable", "mtr", "mtd", "mprescripts", "none"),
}
ATTRIBUTES = {
    *("display", "stretchy", "fence", "form", "separator", "accent", "accentunder", "movablelimits", "largeop"),
    *("lspace", "rspace", "minsize", "maxsize", "symmetric", "linethickness", "columnalign", "columnspacing"),
    *("rowspacing", "width", "height", "depth", "voffset", "mathvariant", "displaystyle", "scriptlevel"),
}


def mathml(latex: str, plain: str) -> Markup:
    """The formula as a block; `plain` is the same for those who hear the page.

    Only MathML passes: what latex2mathml copies unescaped, as in \\text{a < b}, is refused. Raises ValueError.
    """
    try:
        root = ElementTree.fromstring(convert(latex, display="block"))
    except ElementTree.ParseError as problem:
        raise ValueError(f"formula {latex!r}: cannot be written as MathML ({problem})") from None
    for element in root.iter():
        element.tag = element.tag.removeprefix(NAMESPACE)
        if element.tag not in ELEMENTS or not element.attrib.keys() <= ATTRIBUTES:
            raise ValueError(f"formula {latex!r}: unexpected <{element.tag}> with {sorted(element.attrib)}")
    root.set("alttext", plain)
    return Markup(ElementTree.tostring(root, encoding="unicode"))
