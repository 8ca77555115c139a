"""The classes of the retention schedule: what is kept together, and forgotten together.

A kind that no line names by its beginning is part of a case. The class of a kind never changes, for the
keys of the entries that there are follow from it.
"""

FOR_GOOD = "constitution"  # what explains the rest; it is not sealed and never forgotten
CLASSES = (
    ("pack.", FOR_GOOD),
    ("registry.", FOR_GOOD),
    ("catalogue.", FOR_GOOD),
    ("key.", FOR_GOOD),
    ("consumer.", FOR_GOOD),
    ("ledger.", FOR_GOOD),
    ("case.decided", "results"),
    ("licence.", "results"),
    ("notice.", "results"),
    ("share.", "shares"),
    ("staff.", "oversight"),
    ("facts.opened", "oversight"),
    ("grant.", "oversight"),
    ("", "cases"),
)
KEPT_FOR_A_TIME = tuple(dict.fromkeys(kept for _, kept in CLASSES if kept != FOR_GOOD))


def class_of(kind: str) -> str:
    """Give the class of a kind by its name."""
    return next(kept for start, kept in CLASSES if kind.startswith(start))
