"""Whatever a QR code says, by whoever holds whichever keys, the verifier ends with a verdict."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.verify.forging import CREDIT_CODE, FORGER, FORGERS, NOON, NUMBER, listed, trust_statement, written
from tongban.kernel.cbor import encoded, tagged
from tongban_verify import Anchor, Report, Verdict, anchor_from_bytes, cbor
from tongban_verify.codes import COSE, is_code, read_code, verify_code
from tongban_verify.documents import verify_file
from tongban_verify.strict import Unreadable
from tongban_verify.trust import Doubt

ADDRESS = f"https://yunxi.example/verify/{NUMBER}/"
TRUSTING = anchor_from_bytes(written(trust_statement()))
MIDNIGHT = 1795363200  # 2026-11-23 in China
CLAIMS: Mapping[Any, Any] = {
    2: NUMBER.removeprefix("1.2.156.3005.2."),
    5: MIDNIGHT,
    6: int(NOON.timestamp()) - 60,
    -65537: ["营业执照", "知味面馆有限公司", bytes(32), 3],
}
SCALARS = st.integers(-(2**64), 2**64 - 1) | st.binary(max_size=40) | st.text(max_size=20)
FLAT = SCALARS | st.lists(SCALARS, max_size=4) | st.dictionaries(SCALARS, SCALARS, max_size=4)
VALUES = FLAT | st.lists(FLAT, max_size=4) | st.dictionaries(SCALARS, FLAT, max_size=4)


def forge_code(
    claims: Any = CLAIMS,
    header: Any = None,
    parts: Any = None,
    *,
    alg: str = "Ed25519",
    address: str = ADDRESS,
) -> bytes:
    """Make a code that is signed by an office's own key, whatever it says."""
    key = FORGERS[alg].bureau
    protected = encoded({1: COSE[alg], 4: bytes.fromhex(listed(key)["kid"])} if header is None else header)
    payload = encoded(claims)
    signature = key.sign(encoded(["Signature1", protected, address.encode(), payload]))
    message = tagged(18, [protected, {}, payload, signature] if parts is None else parts)
    return f"{address}#{int.from_bytes(message)}".encode()


def spoken(report: Report) -> Report:
    """Hold that a report says one line in each language."""
    for language in ("zh", "en"):
        assert report.sentence(language)
        assert not set(report.sentence(language)) & set("\n\r\x1b\u202e")
    return report


def reasons(data: bytes, anchor: Anchor | None = TRUSTING) -> list[str]:
    return [each.code for each in spoken(verify_file(data, anchor, NOON)).reasons]


@pytest.mark.parametrize("alg", COSE)
def test_what_an_office_signed_holds_but_for_its_present_status(alg: str) -> None:
    anchor = anchor_from_bytes(written(trust_statement(by=FORGERS[alg])))
    assert reasons(forge_code(alg=alg), anchor) == ["no_status_list"]


def test_without_keys_to_trust_nothing_is_certain() -> None:
    assert reasons(forge_code(), None) == ["no_anchor"]
    assert reasons(forge_code(), Anchor(TRUSTING.fingerprint)) == ["no_statement"]


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({5: int(NOON.timestamp()) + 1}, "not_yet"),
        ({6: int(NOON.timestamp()) + 1}, "not_yet"),
        ({4: int(NOON.timestamp())}, "expired"),
        ({6: 0}, "key_period"),
        ({2: "11100000MB0143028R001"}, "shape"),
        ({7: 1}, "shape"),
        ({5: "today"}, "shape"),
        ({-65537: {1: "a", 2: "b", 3: bytes(32), 4: 0}}, "shape"),
        ({-65537: ["a", "b", bytes(31), 0]}, "shape"),
    ],
)
def test_what_does_not_hold_is_named(claims: dict[int, Any], code: str) -> None:
    assert reasons(forge_code({**CLAIMS, **claims}))[0] == code


def test_a_licence_of_another_office_is_not_this_offices_to_vouch_for() -> None:
    other = "11100000000013338W009.11330105002500287C.2025052201.002.0"
    assert CREDIT_CODE not in other
    assert reasons(forge_code({**CLAIMS, 2: other})) == ["issuer"]


def test_the_algorithm_is_the_keys_own() -> None:
    header = {1: COSE["ES256"], 4: bytes.fromhex(listed(FORGER.bureau)["kid"])}
    assert reasons(forge_code(header=header)) == ["unknown_key"]


@settings(max_examples=400)
@given(st.floats(0, 1, exclude_max=True), st.integers(0, 7))
def test_no_flipped_bit_of_the_text_leaves_a_code_as_good(place: float, bit: int) -> None:
    changed = bytearray(forge_code())
    changed[int(place * len(changed))] ^= 1 << bit
    report = spoken(verify_file(bytes(changed), TRUSTING, NOON))
    assert report.verdict in (Verdict.INVALID, Verdict.UNREADABLE)


@settings(max_examples=400)
@given(st.floats(0, 1, exclude_max=True), st.integers(0, 7))
def test_no_flipped_bit_of_the_message_leaves_a_code_as_good(place: float, bit: int) -> None:
    address, _, digits = forge_code().partition(b"#")
    number = int(digits)
    message = bytearray(number.to_bytes((number.bit_length() + 7) // 8))
    message[int(place * len(message))] ^= 1 << bit
    report = spoken(verify_file(b"%s#%d" % (address, int.from_bytes(message)), TRUSTING, NOON))
    assert report.verdict in (Verdict.INVALID, Verdict.UNREADABLE)


@settings(max_examples=400)
@given(st.sampled_from(["claim", "claims", "header", "parts"]), st.sampled_from([*CLAIMS, 4]), VALUES)
@example("claim", 5, 2**64 - 1)
@example("claim", 6, -(2**64))
def test_nothing_that_an_office_could_sign_makes_the_verifier_fail(part: str, name: int, value: Any) -> None:
    made = {**CLAIMS, name: value} if part == "claim" else value
    data = forge_code(**{"claims" if part == "claim" else part: made})
    if is_code(data):
        spoken(verify_code(data, TRUSTING, NOON))


@given(st.binary(max_size=300))
@example(b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff")
@example(b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff")
@example(b"\x81" * 300)
def test_no_bytes_behind_the_tag_make_it_fail(data: bytes) -> None:
    spoken(verify_file(b"https://a.example/#%d" % int.from_bytes(b"\xd2" + data), TRUSTING, NOON))


@given(VALUES)
def test_what_is_written_is_read_and_both_sides_write_alike(value: Any) -> None:
    data = encoded(value)
    assert cbor.encoded(value) == data
    assert cbor.decoded(data) == value


@given(st.binary(max_size=60))
def test_what_is_read_has_one_way_of_being_written(data: bytes) -> None:
    try:
        value = cbor.decoded(data)
    except Unreadable:
        return
    assert encoded(value) == data


@pytest.mark.parametrize(
    "data", [b"\x18\x17", b"\x5f\x41a\xff", b"\xf5", b"\xa2\x02\x01\x01\x01", b"\x01\x01", b"\x62a", b""]
)
def test_a_second_way_of_writing_is_refused(data: bytes) -> None:
    """A long head, an open string, true, names out of order, a rest, cuts (RFC 8949, 4.2.1)."""
    with pytest.raises(Unreadable):
        cbor.decoded(data)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("00", 0),
        ("1903e8", 1000),
        ("1bffffffffffffffff", 2**64 - 1),
        ("3903e7", -1000),
        ("3bffffffffffffffff", -(2**64)),
        ("4401020304", b"\x01\x02\x03\x04"),
        ("62c3bc", "ü"),
        ("8301820203820405", [1, [2, 3], [4, 5]]),
        ("a201020304", {1: 2, 3: 4}),
        ("a26161016162820203", {"a": 1, "b": [2, 3]}),
    ],
)
def test_the_standards_own_examples_are_read_and_written(data: str, value: Any) -> None:
    """RFC 8949, appendix A."""
    assert cbor.decoded(bytes.fromhex(data)) == value
    assert encoded(value).hex() == data


def test_what_is_no_code_is_not_taken_for_one() -> None:
    digits = forge_code().partition(b"#")[2]
    for data in (digits, b"#" + digits, b"https://a/#0" + digits, b"ftp://a/#" + digits, b"https://a/#12a"):
        assert not is_code(data)
        with pytest.raises((Unreadable, Doubt)):
            read_code(data)
