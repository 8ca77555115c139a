"""Canonical JSON against what RFC 8785 prints, and against a program that was not written here (PyPI jcs)."""

import json
import struct
from typing import Any

import jcs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernel.test_canonical import letters, values
from tongban.kernel.canonical import canonical
from tongban.kernel.errors import Invalid
from tongban_verify import strict

# RFC 8785, appendix B: a number's eight bytes and how it is written.
NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}
# Section 3.2.3: names in the order of their UTF-16 units, as they come and as they are written.
SORTED = (
    r'{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",'
    r'"\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control",'
    r'"\u00f6":"Latin Small Letter O With Diaeresis"}',
    '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis",'
    '"€":"Euro Sign","\U0001f600":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
)
floats = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(("eight", "text"), NUMBERS.items())
def test_each_number_of_the_rfc_is_written_as_it_is_there(eight: str, text: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(eight))
    assert canonical(number).decode() == text


@pytest.mark.parametrize("eight", ["7fffffffffffffff", "7ff0000000000000", "fff0000000000000"])
def test_what_the_rfc_says_is_no_number_is_refused(eight: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(eight))
    with pytest.raises(Invalid):
        canonical(number)


def test_the_names_of_the_rfc_come_in_its_order() -> None:
    as_given, written = SORTED
    assert canonical(json.loads(as_given)) == written.encode()
    assert strict.canonical(json.loads(as_given)) == written.encode()


@given(values | floats | st.dictionaries(letters, floats))
def test_another_program_writes_the_same_bytes(value: Any) -> None:
    assert canonical(value) == jcs.canonicalize(value)


@given(values)
def test_the_verifier_writes_the_same_bytes_too(value: Any) -> None:
    assert strict.canonical(value) == jcs.canonicalize(value)
