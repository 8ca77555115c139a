"""What the store holds of an entry's private part, and why it may not open."""

import json
from functools import cache
from pathlib import Path

from tongban.kernel.canonical import canonical
from tongban.kernel.errors import Conflict, Invalid, NotFound
from tongban.kernel.seals import AES_BYTES, SM4_BYTES
from tongban.kernel.texts import Text
from tongban.ledger.keys import is_guomi
from tongban.ledger.models import Entry, RecoveredEntry
from tongban.ledger.places import keys_folder, opening_keys_folder
from tongban.ledger.rules import Leaf, Opening, read_opening
from tongban.ledger.sealing import OpeningKeys, period_of


class PeriodForgotten(NotFound):
    """The opening's key was destroyed by the retention schedule; the entry itself stays proven."""


@cache
def _keys(folder: Path) -> OpeningKeys:
    return OpeningKeys(folder, new_key_bytes=seal_key_bytes)


def seal_key_bytes() -> int:
    """Give how long a key is that this node makes to seal something: its length says for which cipher."""
    return SM4_BYTES if is_guomi(keys_folder()) else AES_BYTES


def opening_keys() -> OpeningKeys:
    """Give the keys of this node's openings, the same at each call, for it knows the month's."""
    return _keys(opening_keys_folder())


def open_stored(stored: str, leaf: bytes, keys: OpeningKeys) -> Opening | None:
    """Open what is stored beside a leaf, None when its key is gone; raises Invalid unless it fits."""
    shown: Leaf = json.loads(leaf)
    period = period_of(shown)
    try:
        text = keys.open(stored, leaf, period) if period else stored.encode()
        if text is None:
            return None
        found = read_opening(json.loads(text))
    except ValueError as broken:
        raise _not_this_leafs() from broken
    if found.leaf_bytes() != leaf or canonical(found.as_dict()) != text:  # written in its one way
        raise _not_this_leafs()
    return found


def opening(entry_id: str) -> Opening:
    """Give an entry's private opening, for its holder.

    Raises PeriodForgotten where the retention schedule has forgotten it, saying when and under which
    rule; NotFound where recovery found no contents; Conflict where it ought to open and does not.
    """
    row = Entry.objects.filter(pk=entry_id).values_list("leaf", "opening").first()
    if row is None:
        raise NotFound(
            "ledger.no_opening",
            what=Text("没有该存证条目。", "There is no such entry."),
            todo=Text("请核对存证编号。", "Check the entry's name."),
        )
    leaf, stored = bytes(row[0]), row[1]
    if not stored:
        raise _without_contents(entry_id)
    found = open_stored(stored, leaf, opening_keys())
    if found is None:
        raise _without_key(entry_id, period_of(json.loads(leaf)))
    return found


def forgotten() -> dict[str, Opening]:
    """Give the evidence of each period that was forgotten: the entry that says when and under which rule."""
    rows = Entry.objects.filter(kind="ledger.forgotten").order_by("-pk").values_list("leaf", "opening")
    keys = opening_keys()
    found = (open_stored(stored, bytes(leaf), keys) for leaf, stored in rows if stored)
    return {each.value("period"): each for each in found if each is not None}


def _without_contents(entry_id: str) -> Conflict | NotFound:
    if RecoveredEntry.objects.filter(pk=entry_id, contents_missing=True).exists():
        return NotFound(
            "ledger.contents_missing",
            what=Text(
                f"条目 {entry_id} 恢复时内容缺失。", f"The contents of {entry_id} were missing at recovery."
            ),
            todo=Text("请由人工补全。", "Have a person complete it."),
        )
    return Conflict(
        "ledger.opening_emptied",
        what=Text(f"条目 {entry_id} 的内容已被清空。", f"The opening of {entry_id} has been emptied."),
        todo=Text(
            "并非按期遗忘：请保全现场，由审计管理员核查。",
            "No retention schedule did this: keep everything as it is, and have the auditor look.",
        ),
    )


def _without_key(entry_id: str, period: str) -> Conflict | PeriodForgotten:
    why = forgotten().get(period)
    if why is None:
        return Conflict(
            "ledger.opening_key_missing",
            what=Text(
                f"条目 {entry_id} 的密钥 {period} 不在。",
                f"The key {period} of the entry {entry_id} is missing.",
            ),
            todo=Text("请从密钥的备份恢复。", "Restore it from the copy of the keys."),
        )
    at, basis, entry = why.value("at"), why.value("basis"), why.value("entry")
    return PeriodForgotten(
        "ledger.forgotten",
        what=Text(
            f"条目 {entry_id} 已于 {at} 按期遗忘（{basis['zh']}），见存证 {entry}。",
            f"The entry {entry_id} was forgotten on schedule at {at} ({basis['en']}); see the entry {entry}.",
        ),
        todo=Text(
            "内容不可恢复；条目的存在仍可证明。", "Its contents are gone; that it was there stays proven."
        ),
    )


def _not_this_leafs() -> Invalid:
    return Invalid(
        "ledger.opening_wrong",
        what=Text("存证内容与其公开条目不符。", "The opening does not open its leaf."),
        todo=Text("请用备份恢复，并由审计管理员核查。", "Restore it from a copy, and have the auditor look."),
    )
