"""Opening what the store holds of entries, for tests that look at all of it."""

from typing import Any

from tongban.ledger.models import Entry
from tongban.ledger.openings import open_stored, opening_keys


def opened(**which: object) -> dict[str, dict[str, Any]]:
    """Give the whole opening of every entry that fits, by name, in the order of names."""
    rows = Entry.objects.filter(**which).order_by("id").values_list("id", "leaf", "opening")
    keys = opening_keys()
    found = {name: open_stored(stored, bytes(leaf), keys) for name, leaf, stored in rows}
    return {name: each.as_dict() for name, each in found.items() if each is not None}


def fields_of(**which: object) -> dict[str, dict[str, Any]]:
    """Give the values of the fields of every entry that fits, by name."""
    return {
        name: {field: held["value"] for field, held in each["fields"].items()}
        for name, each in opened(**which).items()
    }
