"""docs/ledger.md and the code say the same."""

import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.worked_example import DOCS, example_file, example_signer, with_blocks
from tongban.ledger.fields import COMMON, FIELDS, IDENTIFIERS
from tongban.ledger.kinds import KINDS, RESERVED
from tongban.ledger.rules import read_opening, read_promise, read_proof

PAGE = (DOCS / "ledger.md").read_text(encoding="utf-8")


def test_the_page_shows_what_the_code_makes() -> None:
    """When this fails, run `python -m tests.ledger.worked_example`, and read the difference."""
    assert with_blocks(PAGE) == PAGE
    assert (DOCS / "ledger-example.json").read_text(encoding="utf-8") == example_file()


def test_the_example_verifies() -> None:
    shown: dict[str, Any] = json.loads((DOCS / "ledger-example.json").read_text(encoding="utf-8"))
    key = example_signer().vkey("decisions")
    proof, opening = read_proof(shown["proof"], key), read_opening(shown["opening"])
    assert proof.leaf == opening.leaf == read_opening(shown["disclosure"]).leaf
    assert read_promise(shown["promise"], key).leaves == (shown["leaf_hash"],)


def test_every_field_of_a_kind_is_declared_and_every_declared_field_is_used() -> None:
    used = {name for kind in KINDS.values() for name in (*kind.required, *kind.optional)}
    assert used | set(COMMON) | set(RESERVED) == set(FIELDS)
    assert set(IDENTIFIERS) <= set(FIELDS)


def test_no_kind_names_a_field_twice_or_a_reserved_one() -> None:
    for kind in KINDS.values():
        names = [*kind.required, *kind.optional]
        assert len(names) == len(set(names)), kind.name
        assert not set(names) & set(RESERVED), kind.name


@given(st.sampled_from(sorted({*FIELDS, *KINDS})))
def test_names_are_those_that_the_page_allows(name: str) -> None:
    assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", name)
    assert name in KINDS or "." not in name
