"""The page that verifies in a browser: it says what the Python verifier says, and asks nobody."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.verify.conftest import Handed
from tests.verify.forging import (
    FINGERPRINT,
    FORGERS,
    NOON,
    forge_presentation,
    places_in,
    trust_statement,
    with_value_at,
    written,
)
from tests.verify.in_page import differing, file_of
from tests.verify.sm2_ones import sm2_ones
from tests.verify.vectors import (
    TRAPS,
    Vector,
    algorithms,
    altered_ones,
    edges,
    forged_ones,
    published_ones,
    unreadable_ones,
)
from tongban.kernel.canonical import canonical
from tongban_verify import page
from tongban_verify.page import policy

pytestmark = pytest.mark.browser


def test_it_says_what_python_says_of_what_is_no_file_of_ours(opened: Page) -> None:
    assert differing(opened, list(unreadable_ones())) == []


def test_it_says_what_python_says_of_files_forged_with_every_key(opened: Page) -> None:
    vectors = [vector for vector, _ in edges()]
    vectors += forged_ones(Random(20261128), a_stage=25)
    verdicts = {each.expected()["verdict"] for each in vectors}
    assert verdicts >= {"valid", "invalid", "cannot_tell"}
    assert differing(opened, vectors) == []


def test_it_says_what_python_says_of_every_algorithm(opened: Page) -> None:
    vectors = list(algorithms(Random(20261128), bits=40))
    assert [each.expected()["verdict"] for each, _ in vectors] == [verdict for _, verdict in vectors]
    assert differing(opened, [each for each, _ in vectors]) == []


def presented(trusted: bytes) -> Iterator[Vector]:
    """Give presentations with and without lists, whole, altered before signing, and cut or flipped."""
    chance = Random(20261128)
    for by in FORGERS.values():
        presentation, listed = forge_presentation(by=by)
        own = written(trust_statement(by=by))
        for lists in (listed, None, b"", b"x", presentation):
            yield Vector(f"shown by {by.bureau.alg}", presentation, own, NOON, lists)
        for hours in (-1, 1):
            yield Vector("at another time", presentation, own, NOON + timedelta(hours=hours), listed)
    presentation, listed = forge_presentation()
    for nobody in (None, FINGERPRINT):
        yield Vector("no keys at hand", presentation, nobody, NOON, listed)
    for stage in ("claims", "shown", "list"):
        for number in range(60):

            def alter(part: str, found: Any, stage: str = stage) -> Any:
                if part != stage:
                    return found
                return with_value_at(found, chance.choice(places_in(found)), chance.choice(TRAPS))

            with suppress(ValueError, TypeError, RecursionError):  # what the forger himself cannot write
                data, lists = forge_presentation(alter)
                yield Vector(f"{stage} {number}", data, trusted, NOON, lists)
    for number in range(60):
        parts = [bytearray(presentation), bytearray(listed)]
        part = parts[number % 2]
        part[chance.randrange(3, len(part))] ^= 1 << chance.randrange(8)
        yield Vector(f"flipped {number}", bytes(parts[0]), trusted, NOON, bytes(parts[1]))
        cut = presentation[: chance.randrange(3, len(presentation))]
        yield Vector(f"cut {number}", cut, trusted, NOON, listed)


def test_it_says_what_python_says_of_presentations_and_status_lists(opened: Page) -> None:
    vectors = list(presented(written(trust_statement())))
    assert {each.expected()["verdict"] for each in vectors} == {
        "valid",
        "invalid",
        "cannot_tell",
        "unreadable",
    }
    assert differing(opened, vectors) == []


def test_a_person_adds_a_status_list_by_choosing_or_dropping_it(opened: Page) -> None:
    [(vector, said)] = [each for each in published_ones() if each[0].name.endswith("as suspended")][:1]
    assert isinstance(vector.trusted, bytes)
    assert vector.status_list is not None
    opened.clock.set_fixed_time(vector.now)
    opened.get_by_label("选择文件").set_input_files(file_of(vector.data))
    opened.get_by_label("选择信任文件").set_input_files(file_of(vector.trusted))
    expect(opened.locator("#verdict")).to_contain_text("有效：")
    expect(opened.locator("#unchecked")).to_contain_text("文件下载之后")
    opened.get_by_label("选择状态列表").set_input_files(file_of(vector.status_list, "list.jwt"))
    expect(opened.locator("#verdict")).to_contain_text(said["zh"])
    expect(opened.locator("#unchecked")).not_to_contain_text("文件下载之后")
    opened.get_by_label("选择状态列表").set_input_files([])
    expect(opened.locator("#verdict")).to_contain_text("有效：")
    drop = """(text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], "list.jwt"));
      document.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, cancelable: true }));
    }"""
    opened.evaluate(drop, vector.status_list.decode())
    expect(opened.locator("#verdict")).to_contain_text(said["zh"])


def test_it_says_what_python_says_of_a_checkpoint_that_sm2_signs_too(opened: Page) -> None:
    assert differing(opened, [vector for vector, _ in sm2_ones(Random(20261128), bits=20)]) == []


@pytest.mark.parametrize(
    ("text", "digest"),  # GB/T 32905-2016, annex A
    [
        ("abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        ("abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_its_sm3_is_the_standards(opened: Page, text: str, digest: str) -> None:
    assert opened.evaluate("(text) => toHex(sm3(UTF8.encode(text)))", text) == digest


def test_it_says_what_python_says_of_real_files_and_of_all_that_is_done_to_them(opened: Page) -> None:
    kept = published_ones()
    assert differing(opened, [vector for vector, _ in kept]) == []
    chance, vectors = Random(20261128), []
    for vector, _ in kept:
        if isinstance(vector.trusted, bytes):
            vectors += altered_ones(vector.name, vector.data, vector.trusted, vector.now, chance)
    verdicts = {each.expected()["verdict"] for each in vectors}
    assert verdicts == {"valid", "invalid", "cannot_tell", "unreadable"}
    assert differing(opened, vectors) == []


def test_a_person_chooses_two_files_and_reads_the_verdict_in_either_language(
    opened: Page, specimen: Handed
) -> None:
    opened.get_by_label("选择文件").set_input_files(file_of(specimen.data))
    expect(opened.get_by_role("status").filter(has_text="尚不能确认")).to_be_visible()
    opened.get_by_label("选择信任文件").set_input_files(file_of(canonical(specimen.tree["trust"])))
    expect(opened.locator("#verdict")).to_contain_text("有效：营业执照")
    expect(opened.locator("#facts")).to_contain_text("tongban/990100/decisions")
    expect(opened.locator("#facts")).to_contain_text("云东县城关镇青石路8号")
    expect(opened.locator("#unchecked")).to_contain_text("持证人本人")
    opened.get_by_role("button", name="English").press("Enter")
    expect(opened.locator("#verdict")).to_contain_text("Valid: Business licence")
    expect(opened.get_by_text("Whether the person who shows it")).to_be_visible()
    expect(opened.get_by_text("是不是持证人本人")).to_be_hidden()


def test_the_fingerprint_may_be_typed_and_a_wrong_one_is_said_to_be(opened: Page, specimen: Handed) -> None:
    opened.get_by_label("选择文件").set_input_files(file_of(specimen.data))
    typed = opened.get_by_label("或填写根密钥指纹")
    typed.fill(specimen.anchor.fingerprint)
    expect(opened.locator("#verdict")).to_contain_text("有效：")
    typed.fill("sha256:" + "0" * 64)
    expect(opened.locator("#verdict")).to_contain_text("另一个根密钥")
    typed.fill("sha256:12")
    expect(opened.locator("#trust-told")).to_contain_text("无法读取")
    expect(opened.locator("#verdict")).to_contain_text("尚不能确认")
    typed.fill("")
    expect(opened.locator("#trust-told")).to_be_empty()


def test_dropped_files_are_told_apart_by_what_they_say(opened: Page, specimen: Handed) -> None:
    drop = """([trust, file]) => {
      const transfer = new DataTransfer();
      for (const text of [trust, file]) transfer.items.add(new File([text], "dropped.json"));
      document.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, cancelable: true }));
    }"""
    opened.evaluate(drop, [canonical(specimen.tree["trust"]).decode(), specimen.data.decode()])
    expect(opened.locator("#verdict")).to_contain_text("有效：营业执照")


def test_what_a_file_says_of_itself_is_shown_as_text(opened: Page, specimen: Handed) -> None:
    tree = specimen.tree
    tree["licence"]["holder_name"] = "<img src=x onerror=alert(1)>"
    opened.get_by_label("选择文件").set_input_files(file_of(canonical(tree)))
    expect(opened.locator("#verdict")).to_contain_text("无效")
    expect(opened.locator("#verdict")).to_contain_text("<img src=x")
    assert opened.locator("img").count() == 0


@pytest.mark.parametrize(
    ("lack", "said"),
    [
        ("Object.defineProperty(globalThis, 'crypto', {value: undefined})", "只在 https 页面或本地文件中"),
        (
            "SubtleCrypto.prototype.importKey = () => Promise.reject(new Error('NotSupported'))",
            "不支持 Ed25519",
        ),
    ],
)
def test_a_browser_that_cannot_verify_is_told_so(
    visitor: Callable[..., BrowserContext], saved: Path, lack: str, said: str
) -> None:
    shown = visitor().new_page()
    shown.add_init_script(lack)
    shown.goto(saved.as_uri())
    expect(shown.get_by_role("alert")).to_contain_text(said)
    expect(shown.get_by_label("选择文件")).to_be_disabled()


def test_without_scripts_it_names_the_program(visitor: Callable[..., BrowserContext], saved: Path) -> None:
    shown = visitor(script=False).new_page()
    shown.goto(saved.as_uri())
    assert "tongban-verify" in shown.content()
    expect(shown.get_by_text("核验需要浏览器允许运行脚本")).to_be_visible()


def test_nothing_on_it_is_wider_than_a_phone(
    visitor: Callable[..., BrowserContext], saved: Path, specimen: Handed
) -> None:
    shown = visitor(phone=True).new_page()
    shown.goto(saved.as_uri())
    shown.get_by_label("选择文件").set_input_files(file_of(specimen.data))
    expect(shown.locator("#result")).to_be_visible()
    assert shown.evaluate("document.documentElement.scrollWidth") <= 360


def test_it_names_no_address_and_forbids_itself_the_network() -> None:
    whole = page().decode()
    assert "://" not in whole
    assert policy() in whole
    assert "'unsafe-" not in policy()
    assert policy().startswith("default-src 'none'; ")
