"""A kind means for ever what it meant when it was written: no version changes under those who read it.

`kinds.json` holds every version of every kind that there has been. A kind may gain optional fields; what it
must have, what it loses and under which key it is sealed are settled, and a change of these is a new version.
`python -m tests.ledger.test_kinds` adds what is new, and refuses what would rewrite the past.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tongban.ledger.classes import CLASSES, FOR_GOOD, KEPT_FOR_A_TIME, class_of
from tongban.ledger.kinds import KINDS, Kind

BOOK = Path(__file__).with_name("kinds.json")
Book = dict[str, dict[str, Any]]  # by `<kind> <version>`


def shape(kind: Kind) -> dict[str, Any]:
    return {"required": sorted(kind.required), "optional": sorted(kind.optional), "kept": kind.kept}


def today() -> Book:
    return {f"{kind.name} {kind.version}": shape(kind) for kind in KINDS.values()}


def rewritten(book: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Say which versions say something else now than they once said."""
    found = []
    for name, was in book.items():
        if name not in now:
            kind, _, version = name.partition(" ")
            if not any(f"{kind} {later}" in now for later in range(int(version) + 1, int(version) + 50)):
                found.append(f"{name} is gone")
            continue
        is_now = now[name]
        if was["required"] != is_now["required"] or was["kept"] != is_now["kept"]:
            found.append(f"{name} must have {was['required']} and is kept as {was['kept']}")
        if not set(was["optional"]) <= set(is_now["optional"]):
            found.append(f"{name} has lost {sorted(set(was['optional']) - set(is_now['optional']))}")
    return found


def test_no_version_of_a_kind_is_rewritten_and_every_one_is_in_the_book() -> None:
    book: Book = json.loads(BOOK.read_text("utf-8"))
    assert rewritten(book, today()) == []
    assert {name: book.get(name) for name in today()} == today(), "run python -m tests.ledger.test_kinds"


KIND = "pack.published 1"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"required": ["pack"]}, "must have"),
        ({"optional": []}, "has lost"),
        ({"kept": "cases"}, "is kept as"),
        (None, "is gone"),
    ],
)
def test_a_rewritten_kind_is_found(change: dict[str, Any] | None, said: str) -> None:
    now = today()
    if change is None:
        del now[KIND]
    else:
        now[KIND] = now[KIND] | change
    [found] = rewritten(today(), now)
    assert said in found


def test_a_new_version_or_one_more_optional_field_rewrites_nothing() -> None:
    now = today()
    now[KIND] = now[KIND] | {"optional": [*now[KIND]["optional"], "note"]}
    assert rewritten(today(), now) == []
    now["pack.published 2"] = now.pop(KIND)
    assert rewritten(today(), now) == []


def test_every_kind_has_a_class_and_every_class_a_kind() -> None:
    assert {class_of(name) for name in KINDS} == {kept for _, kept in CLASSES} == {FOR_GOOD, *KEPT_FOR_A_TIME}


def main() -> None:
    """Add what is new to the book; refuses to rewrite what stands in it."""
    book: Book = json.loads(BOOK.read_text("utf-8")) if BOOK.exists() else {}
    wrong = rewritten(book, today())
    if wrong:
        raise SystemExit("; ".join(wrong) + ": give it a new version")
    text = json.dumps({**book, **today()}, indent=1, sort_keys=True)
    BOOK.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
