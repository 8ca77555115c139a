"""What changed for people between two versions, in words."""

from pathlib import Path
from shutil import copytree

import pytest

from tests.items import city
from tongban.items import api as items


def changed(folder: Path, file: str, old: str, new: str) -> tuple[items.Change, ...]:
    pack = folder / "open-company"
    copytree(city.FOLDER, pack)
    path = pack / file
    written = path.read_text("utf-8")
    assert old in written
    path.write_text(written.replace(old, new, 1), "utf-8")
    return items.diff(city.bundle(), items.bundle_of(items.load_pack(pack), city.around().book))


def test_the_same_pack_differs_in_nothing() -> None:
    assert items.diff(city.bundle(), city.bundle()) == ()


REG, WHEN = "items/registration.yaml", "when: company.trade_word_holders"
CHANGES = {
    "another choice": (
        (
            "pack.yaml",
            "value: free_use, label: {zh: 无偿使用, en: free use}",
            "value: gift, label: {zh: 赠与, en: gift}",
        ),
        ("question", "changed", "choices added: gift; removed: free_use"),
    ),
    "another default": (
        ("pack.yaml", "    default: 5\n", "    default: 8\n"),
        ("question", "changed", "was 5, now 8"),
    ),
    "another number of the law": (
        ("parameters.yaml", "value: 50", "value: 40"),
        ("parameter", "changed", "2024-07-01: 50 → 40"),
    ),
    "a shorter promise": (
        (REG, "promised: {amount: 1", "promised: {amount: 0"),
        ("limit", "changed", "was 1 working days, now on the spot"),
    ),
    "another rule": (
        (REG, f"{WHEN} = 0", f"{WHEN} <= 1"),
        ("check", "changed", "now `company.trade_word_holders <= 1`"),
    ),
    "no machine any more": (
        (REG, "automatic_yes: true", "automatic_yes: false"),
        ("decision", "changed", "who may decide"),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_said_in_words(name: str, tmp_path: Path) -> None:
    (file, old, new), (about, how, says) = CHANGES[name]
    found = changed(tmp_path, file, old, new)
    told = [(change.about, change.how) for change in found if says in change.words.en]
    assert told == [(about, how)], [change.words.en for change in found]
    assert all(change.words.zh for change in found)


@pytest.mark.parametrize(
    ("file", "old", "new", "about"),
    [
        ("items/account.yaml", "- code: account.day_ahead", "- code: account.day", "check"),
        ("pack.yaml", "  - id: hand_over\n", "  - id: handed_over\n", "confirmation"),
    ],
)
def test_another_word_is_another_thing(file: str, old: str, new: str, about: str, tmp_path: Path) -> None:
    found = changed(tmp_path, file, old, new)
    assert [(change.about, change.how) for change in found] == [(about, "added"), (about, "removed")]


def test_an_item_less_is_an_item_less(tmp_path: Path) -> None:
    pack = tmp_path / "open-company"
    copytree(city.FOLDER, pack)
    (pack / "items" / "account.yaml").unlink()
    path = pack / "pack.yaml"
    path.write_text(path.read_text("utf-8").replace("fund, account]", "fund]"), "utf-8")
    found = items.diff(city.bundle(), items.bundle_of(items.load_pack(pack), city.around().book))
    assert [(c.how, c.key) for c in found if c.about == "item"] == [("removed", "account")]


def test_a_comment_changes_nothing_for_anybody(tmp_path: Path) -> None:
    assert changed(tmp_path, "pack.yaml", "# 开办企业", "# 设立企业") == ()
