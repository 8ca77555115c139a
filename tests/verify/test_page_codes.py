"""The page that verifies says of the QR codes of licences what the Python verifier says."""

import zlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.verify.forging import FINGERPRINT, FORGERS, NOON, forge_presentation, trust_statement, written
from tests.verify.in_page import differing, file_of
from tests.verify.test_codes import CLAIMS, forge_code
from tests.verify.vectors import Vector
from tongban_verify.codes import COSE

pytestmark = pytest.mark.browser


def codes_of_all_kinds(chance: Random) -> Iterator[bytes]:
    """Give codes by each algorithm, with each claim another, with flipped bits, and behind any CBOR."""
    yield from (forge_code(alg=alg) for alg in COSE)
    odd: list[Any] = [
        0,
        -1,
        2**64 - 1,
        -(2**64),
        b"",
        bytes(32),
        "",
        "证",
        [],
        {},
        [1, "a", b"b", 2],
        {1: {2: [3]}},
    ]
    for value in odd:
        yield from (forge_code(value), forge_code(header=value), forge_code(parts=value))
        yield from (forge_code({**CLAIMS, name: value}) for name in (*CLAIMS, 4, 7))
        yield from (forge_code({**CLAIMS, -65537: [*CLAIMS[-65537][:at], value]}) for at in range(4))
    for moment in (NOON.timestamp() - 1, NOON.timestamp(), NOON.timestamp() + 1, 0):
        yield from (forge_code({**CLAIMS, name: int(moment)}) for name in (4, 5, 6))
    whole = forge_code()
    address, _, digits = whole.partition(b"#")
    message = int(digits).to_bytes((int(digits).bit_length() + 7) // 8)
    for _ in range(150):
        flipped, inside = bytearray(whole), bytearray(message)
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        inside[chance.randrange(len(inside))] ^= 1 << chance.randrange(8)
        yield from (bytes(flipped), b"%s#%d" % (address, int.from_bytes(inside)))
    for length in range(1, 80):
        yield b"%s#%d" % (address, int.from_bytes(b"\xd2" + chance.randbytes(length)))


def test_it_says_what_python_says_of_codes(opened: Page) -> None:
    trusted = {alg: written(trust_statement(by=FORGERS[alg])) for alg in COSE}
    vectors = [
        Vector(f"code {at}", data, trust, NOON)
        for at, data in enumerate(codes_of_all_kinds(Random(20261128)))
        for trust in trusted.values()
    ]
    vectors += [
        Vector("code alone", forge_code(), None, NOON),
        Vector("code", forge_code(), FINGERPRINT, NOON),
    ]
    said = {code for each in vectors for code in each.expected()["codes"]}
    assert said >= {"no_status_list", "signature", "shape", "unknown_key", "expired", "not_yet", "unreadable"}
    assert differing(opened, vectors) == []


def test_it_says_what_python_says_of_codes_in_a_status_list(opened: Page) -> None:
    trust, told = written(trust_statement()), CLAIMS[-65537][:3]
    lists = [
        b"x",
        b"",
        *(status_list(status) for status in range(4)),
        forge_presentation(by=FORGERS["ES256"])[1],
    ]
    vectors = [
        Vector(f"code at {place}", forge_code({**CLAIMS, -65537: [*told, place]}), trusted, NOON, found)
        for place in (0, 3, 15, 16, -1, 2**64 - 1)
        for trusted in (trust, None)
        for found in lists
    ]
    said = {tuple(each.expected()["codes"]) for each in vectors}
    assert said >= {
        (),
        ("list_invalid",),
        ("suspended",),
        ("other_status",),
        ("list_other",),
        ("list_unreadable",),
    }
    assert differing(opened, vectors) == []


def status_list(status: int) -> bytes:
    """Give an office's list in which place 3 of 16 has a status."""
    lst = urlsafe_b64encode(zlib.compress(bytes([status << 6, 0, 0, 0]))).rstrip(b"=").decode()
    return forge_presentation(
        lambda part, found: found | {"status_list": {"bits": 2, "lst": lst}} if part == "list" else found
    )[1]


def test_what_was_scanned_may_be_pasted(opened: Page) -> None:
    opened.get_by_label("或粘贴扫描二维码得到的文字").fill(forge_code().decode())
    expect(opened.locator("#verdict")).to_contain_text("尚不能确认")
    opened.get_by_label("选择信任文件").set_input_files(file_of(written(trust_statement())))
    expect(opened.locator("#verdict")).to_contain_text("知味面馆有限公司")
    expect(opened.locator("#verdict")).to_contain_text("未核对当前状态")
    opened.get_by_label("选择状态列表").set_input_files(file_of(status_list(2), "list.jwt"))
    expect(opened.locator("#verdict")).to_contain_text("状态列表已过期")
    opened.get_by_label("或粘贴扫描二维码得到的文字").fill(
        forge_code(address="https://false.example/").decode() + "1"
    )
    expect(opened.locator("#verdict")).not_to_contain_text("尚不能确认")
    opened.get_by_label("或粘贴扫描二维码得到的文字").fill("")
    expect(opened.locator("#result")).to_be_hidden()
