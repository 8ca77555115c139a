"""Every kind of entry there is, with its fields: what the record of the node can say, and no more.

A room that needs a new kind adds it in work.py or house.py, and docs/ledger.md follows (a test holds the two
together). A kind's name is public, in the leaf; its fields are private. A change in what a field
means, or in what a kind must have, is a new version of the kind; tests/ledger/kinds.json remembers each.
"""

from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text
from tongban.ledger.fields import Kind
from tongban.ledger.kinds.house import HOUSE
from tongban.ledger.kinds.work import WORK

RESERVED = ("at", "entry", "kind_version", "office")  # written by the ledger itself, never by a caller

KINDS: dict[str, Kind] = {**WORK, **HOUSE}


def kind_named(name: str) -> Kind:
    """Give the kind of that name; raises Invalid when none is declared by it."""
    found = KINDS.get(name)
    if found is None:
        raise Invalid(
            "ledger.kind_unknown",
            what=Text(f"存证类型“{name}”未登记。", f"There is no kind of entry named {name!r}."),
            todo=Text(
                "请使用已登记的类型，或先在 ledger/kinds 中登记。",
                "Use a declared kind, or declare it in ledger/kinds first.",
            ),
        )
    return found
