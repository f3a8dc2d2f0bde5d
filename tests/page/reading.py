"""A page taken apart: its elements, and what stands in its styles and scripts."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """elements: (name, attributes) in order; styles, scripts: what stands between their tags."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.styles, self.scripts, self.words = [], [], [], []
        self.inside = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        assert len(attributes) == len(attrs), f"an attribute twice: {tag} {attrs}"
        self.elements.append((tag, attributes))
        self.inside = tag if "type" not in attributes else None

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside == "style":
            self.styles.append(data)
        elif self.inside == "script":
            self.scripts.append(data)
        else:
            self.words.append(data)

    def all(self, name):
        """The values of an attribute, wherever it stands."""
        return [attributes[name] for _, attributes in self.elements if name in attributes]
