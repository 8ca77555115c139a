"""Whatever the verifier is given, by whoever holds whichever keys, it ends with a verdict and a sentence."""

import json
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verify.conftest import Handed
from tests.verify.forging import (
    FINGERPRINT,
    NOON,
    STAGES,
    forge,
    forge_presentation,
    places_in,
    trust_statement,
    with_value_at,
    written,
)
from tests.verify.sm2_ones import sm2_ones
from tests.verify.vectors import Vector, edges
from tongban_verify import (
    Anchor,
    Report,
    Verdict,
    anchor_from_bytes,
    anchor_from_fingerprint,
    verify_file,
    verify_presentation,
)
from tongban_verify.strict import Unreadable
from tongban_verify.tlog_proof import HEADING
from tongban_verify.trust import Doubt

ANCHOR = anchor_from_fingerprint(FINGERPRINT)
TRUSTING = anchor_from_bytes(written(trust_statement()))
KINDS = ("licence", "notice", "evidence", "receipt")
# What a careless reader takes for something else: equal to 1, walkable, without a hash, of another alphabet.
TRAPS = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        1,
        -1,
        2**53 - 1,
        "",
        "0",
        "01",
        "1",
        [],
        {},
        [[]],
        [{}],
        {"": None},
        {"zh": 1, "en": []},
        ["01"],
        "0001-01-01T00:00:00+08:00",
        "9999-12-31T23:59:59-08:00",
        "2026-11-23T04:05:10",
        "2026-W48-1",
        "20261123",
        "２０２６-11-23",
        "ab" * 32,
        "ab" * 64,
        "\u202e\x1b[31m\n有效：",
        "x" * 5000,
        "\ud800",
    ]
)
ANYTHING = TRAPS | st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def spoken(report: Report) -> Report:
    """Hold that a report says one sentence in each language, with nothing in it that a terminal obeys."""
    for language in ("zh", "en"):
        sentence = report.sentence(language)
        assert sentence
        assert not set(sentence) & set("\n\r\x1b\u202e")
    json.dumps(report.as_dict())
    assert report.exit_code in (0, 1, 2, 3)
    return report


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_forged_with_every_key_fits_until_something_is_altered(kind: str) -> None:
    assert spoken(verify_file(forge(kind), ANCHOR, NOON)).verdict is Verdict.VALID
    assert spoken(verify_file(forge(kind), None, NOON)).verdict is Verdict.CANNOT_TELL


@pytest.mark.parametrize(
    ("vector", "codes"),
    [*edges(), *sm2_ones(Random(20261128), bits=20)],
    ids=lambda of: getattr(of, "name", ""),
)
def test_each_edge_is_where_it_is_said_to_be(vector: Vector, codes: list[str]) -> None:
    report = spoken(verify_file(vector.data, vector.anchor, vector.now))
    assert [reason.code for reason in report.reasons] == codes


@settings(max_examples=600)
@given(st.data(), st.sampled_from(KINDS), st.sampled_from(STAGES), st.sampled_from([ANCHOR, None]))
def test_no_part_of_a_file_makes_the_verifier_fail_however_well_it_is_signed(
    data: st.DataObject, kind: str, stage: str, anchor: Anchor | None
) -> None:
    def alter(part: str, found: Any) -> Any:
        if part != stage:
            return found
        path = data.draw(st.sampled_from(places_in(found)))
        return with_value_at(found, path, data.draw(ANYTHING))

    spoken(verify_file(forge(kind, alter), anchor, NOON))


@settings(max_examples=400)
@given(st.data(), st.sampled_from(["claims", "shown", "list"]))
def test_no_part_of_a_presentation_or_its_status_list_makes_the_verifier_fail(
    data: st.DataObject, stage: str
) -> None:
    def alter(part: str, found: Any) -> Any:
        if part != stage:
            return found
        return with_value_at(found, data.draw(st.sampled_from(places_in(found))), data.draw(ANYTHING))

    try:
        presentation, listed = forge_presentation(alter)
    except (ValueError, TypeError):  # the forger cannot write it
        return
    spoken(verify_presentation(presentation, TRUSTING, NOON, status_list=listed))


@settings(max_examples=300)
@given(st.booleans(), st.floats(0, 1, exclude_max=True), st.integers(0, 7))
def test_no_flipped_bit_leaves_a_presentation_valid(in_list: bool, place: float, bit: int) -> None:
    presentation, listed = map(bytearray, forge_presentation())
    assert verify_presentation(bytes(presentation), TRUSTING, NOON, status_list=bytes(listed)).exit_code == 0
    changed = listed if in_list else presentation
    changed[int(place * len(changed))] ^= 1 << bit
    report = spoken(verify_presentation(bytes(presentation), TRUSTING, NOON, status_list=bytes(listed)))
    assert report.verdict is not Verdict.VALID


@given(st.binary(max_size=200), st.sampled_from([b"", HEADING, b"-----BEGIN PUBLIC KEY-----\n", b"{"]))
def test_no_bytes_make_it_fail(data: bytes, start: bytes) -> None:
    spoken(verify_file(start + data, ANCHOR, NOON))
    with suppress(Unreadable, Doubt):
        anchor_from_bytes(start + data)


@given(st.text("abc=+/ \nindex0123456789—", max_size=120), st.binary(max_size=60))
def test_no_text_behind_a_proofs_heading_makes_it_fail(text: str, data: bytes) -> None:
    spoken(verify_file(HEADING + text.encode() + data, ANCHOR, NOON))


@settings(max_examples=400)
@given(st.sampled_from(KINDS), st.floats(0, 1, exclude_max=True), st.integers(0, 7))
def test_no_flipped_bit_leaves_a_file_valid(kind: str, place: float, bit: int) -> None:
    changed = bytearray(forge(kind))
    changed[int(place * len(changed))] ^= 1 << bit
    report = spoken(verify_file(bytes(changed), ANCHOR, NOON))
    assert report.verdict in (Verdict.INVALID, Verdict.UNREADABLE)


@settings(max_examples=200)
@given(st.floats(0, 1, exclude_max=True), st.integers(0, 7))
def test_no_flipped_bit_leaves_a_trust_file_as_it_was(specimen: Handed, place: float, bit: int) -> None:
    whole = bytearray(json.dumps(specimen.tree["trust"], ensure_ascii=False).encode())
    whole[int(place * len(whole))] ^= 1 << bit
    with pytest.raises((Unreadable, Doubt)):
        anchor_from_bytes(bytes(whole))


@pytest.mark.parametrize("depth", [63, 64, 65, 5000])
def test_nesting_ends_where_it_is_said_to(depth: int) -> None:
    deep = (
        b'{"format":"tongban-evidence/1","evidence":'
        + b"[" * (depth - 1)
        + b"]" * (depth - 1)
        + b',"trust":{}}'
    )
    codes = [reason.code for reason in verify_file(deep, ANCHOR, NOON).reasons]
    assert codes == (["shape"] if depth <= 64 else ["unreadable"])
