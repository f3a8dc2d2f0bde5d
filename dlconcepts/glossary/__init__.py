"""The glossary: terms and statements in our own words, what there is to say of each, and the lessons as notebooks."""

from .entries import (
    Term as Term,
)
from .entries import (
    concepts as concepts,
)
from .entries import (
    find as find,
)
from .entries import (
    key as key,
)
from .entries import (
    near as near,
)
from .entries import (
    page as page,
)
from .entries import (
    problems as problems,
)
from .entries import (
    question as question,
)
from .entries import (
    read as read,
)
from .entries import (
    statements as statements,
)
from .entries import (
    term as term,
)
from .entries import (
    terms as terms,
)
