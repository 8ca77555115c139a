"""A whole log: every entry and every tile of it, as C2SP tlog-tiles lays them out, against its checkpoint.

The entries are hashed anew and the tree is built from them alone; what the log serves as hashes is only
compared. So it says that this is the log which was signed, and not merely that some of it fits.

A log may say, over its signature, that it has pruned its beginning. Then the hashes over what is gone are
taken from the tiles that must still stand, and the root says whether they are true.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from typing import Final

from tongban_verify.evidence import log_keys
from tongban_verify.merkle import leaf_hash, root_of
from tongban_verify.notes import (
    Head,
    LogKey,
    Pruned,
    cosigners,
    open_checkpoint,
    open_pruned,
    pruned_log,
    read_witness_key,
    sm2_fault,
)
from tongban_verify.report import Reason, Report
from tongban_verify.trust import Anchor, Doubt, Trust, with_own_witnesses

# Gives the file at a path below the log's address, at most so many bytes and one more; None where there
# is none. Raises Unreached where nobody can tell.
Read = Callable[[str, int], bytes | None]

LARGEST_NOTE: Final = 64 * 1024
_WIDTH: Final = 256
_HASH_BYTES: Final = 32
_CIVIL: Final = timezone(timedelta(hours=8))  # whose days a log's note on pruning counts
_LARGEST_LEAF: Final = 65535  # its length stands before it in two bytes
_LEAF: Final = re.compile(  # canonical JSON has one way of writing a leaf, so a pattern can say which
    r'\{"commitment":"[0-9a-f]{64}","hour":"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}Z","kind":"[^"\\\x00-\x1f]+"'
    r'(?:,"office":"[^"\\\x00-\x1f]+")?,"version":1\}'
)


class Unreached(Exception):
    """A file of the log could not be asked for, or did not come to its end."""


def verify_log(read: Read, anchor: Anchor | None, now: datetime) -> Report:
    """Verify a whole log under the keys of a trust statement; memory stays at some hundred entries.

    A checkpoint carries no time; `now` tells only whether what was pruned might be by now. Without a trust
    statement at hand the answer is at best `CANNOT_TELL`, for a log holds no keys.
    """
    facts: dict[str, object] = {"title": {"zh": "日志", "en": "the log"}}
    try:
        found = read("checkpoint", LARGEST_NOTE)
        if found is None:
            return Report((Reason("no_log"),))
        if anchor is None or anchor.statement is None:
            return Report((Reason("no_statement"),), facts)
        trust = with_own_witnesses(anchor.statement, anchor)
        return Report(tuple(_check(found, trust, read, now, facts)), facts)
    except Unreached:
        return Report((Reason("log_unreached" if "log" in facts else "no_log"),), facts)
    except Doubt as doubt:
        return Report((Reason(doubt.code, doubt.place),), facts)


def _check(
    found: bytes, trust: Trust, read: Read, now: datetime, facts: dict[str, object]
) -> Iterator[Reason]:
    head, key, witnesses = _open(found, trust)
    about = {"origin": key.origin, "size": head.size, "witnesses": sorted(witnesses)}
    facts |= {
        "number": key.origin,
        "issuer": {"zh": f"节点 {trust.node} ", "en": f"node {trust.node}"},
        "log": about,
    }
    pruned = _pruned(read("pruned", LARGEST_NOTE), head, key, now)
    if pruned is not None:
        facts["log"] = about | {"minimum": pruned.minimum, "kept_until": pruned.kept_until.isoformat()}
    facts |= _proved(head, key, pruned)
    if len(witnesses) < trust.quorum:
        yield Reason("not_witnessed")
    if _Walk(head.size, read).root(pruned.minimum if pruned else 0) != head.root:
        raise Doubt("log_root")


def _proved(head: Head, key: LogKey, pruned: Pruned | None) -> dict[str, object]:
    """Give what is said of a log in which nothing is found amiss."""
    zh, en = ("（含 SM2）", " (SM2 too)") if key.sm2 else ("", "")
    if pruned is None:
        proved = {
            "zh": f"检查点签名{zh}、全部 {head.size} 条存证和每个哈希文件",
            "en": f"its checkpoint{en}, all of its {head.size} entries and every tile",
        }
        return {"proved": proved}
    left, until = head.size - pruned.minimum, pruned.kept_until.isoformat()
    proved = {
        "zh": f"检查点和清理声明的签名{zh}、现存 {left} 条存证和每个现存的哈希文件",
        "en": f"its checkpoint and its note on pruning{en}, the {left} entries that it keeps and every tile",
    }
    gone = {
        "zh": f"此前 {pruned.minimum} 条已依其声明合法清理，不再保存（保存至 {until}）",
        "en": f"the {pruned.minimum} before them lawfully no longer stand there (kept until {until})",
    }
    return {"proved": proved, "gone": gone}


def _pruned(found: bytes | None, head: Head, key: LogKey, now: datetime) -> Pruned | None:
    """Read what the log says it pruned, None when nothing; raises Doubt where it may not be believed."""
    if found is None:
        return None
    try:
        note = found.decode("utf-8")
        if pruned_log(note) != key.origin:
            raise Doubt("pruned_other", place="pruned")
        pruned = open_pruned(note, key)
    except ValueError as wrong:
        raise Doubt("pruned_note", str(wrong), place="pruned") from wrong
    fault = "pruned_signature" if pruned is None else sm2_fault(note, key, "pruned")
    if pruned is None or fault:
        raise Doubt(fault, place="pruned")
    if pruned.minimum % _WIDTH or not pruned.minimum:
        raise Doubt("pruned_note", "not whole bundles", place="pruned")
    if pruned.minimum > head.size:
        raise Doubt("pruned_beyond", place="pruned")
    if key.origin.endswith("/decisions"):
        raise Doubt("pruned_for_good", place="pruned")
    if now.astimezone(_CIVIL).date() <= pruned.kept_until:
        raise Doubt("pruned_early", place="pruned")
    return pruned


def _open(found: bytes, trust: Trust) -> tuple[Head, LogKey, frozenset[str]]:
    keys = log_keys(trust)
    try:
        note = found.decode("utf-8")
        key = keys[note.partition("\n")[0]]
        head = open_checkpoint(note, key)
        witnesses = cosigners(note, map(read_witness_key, trust.witnesses))
    except (ValueError, KeyError) as wrong:
        raise Doubt("checkpoint", str(wrong)) from wrong
    if fault := sm2_fault(note, key):
        raise Doubt(fault)
    return head, key, witnesses


class _Walk:
    """One pass over a log of `size` entries.

    `rows` holds, level by level, the hashes that the next tile of it must show.
    """

    def __init__(self, size: int, read: Read) -> None:
        self.size = size
        self.read = read
        self.rows: list[list[bytes]] = []
        self.compared: list[int] = []  # full tiles, by level

    def root(self, minimum: int = 0) -> bytes:
        """Give the root over all entries, read from an index on; raises Doubt at the first thing amiss."""
        self._begin_at(minimum)
        for index in range(minimum // _WIDTH, -(-self.size // _WIDTH)):
            self._take(0, [leaf_hash(leaf) for leaf in self._leaves(index)])
        rest: list[bytes] = []
        for level, row in enumerate(self.rows):
            if row:
                self._compare(level, row)
            # What is left of the levels below is the last and lower part of this one (RFC 6962, 2.1).
            hashes = row + rest
            rest = [root_of(hashes)] if hashes else []
        return rest[0] if rest else sha256(b"").digest()

    def _begin_at(self, minimum: int) -> None:
        """Take the hashes over what was pruned from the tiles that reach beyond it and so must stand."""
        before, all_of_it = minimum, self.size  # whole subtrees of a level
        while before:
            index, width = divmod(before, _WIDTH)
            found = self._hashes(len(self.rows), index, all_of_it - index * _WIDTH) if width else []
            self.rows.append(found[:width])
            self.compared.append(index)
            before, all_of_it = before // _WIDTH, all_of_it // _WIDTH

    def _hashes(self, level: int, index: int, width: int) -> list[bytes]:
        width = min(width, _WIDTH)
        place, found, _ = self._file(f"tile/{level}/", index, width, _WIDTH * _HASH_BYTES)
        if len(found) < width * _HASH_BYTES:
            raise Doubt("log_tile", place=place)
        return [found[at : at + _HASH_BYTES] for at in range(0, width * _HASH_BYTES, _HASH_BYTES)]

    def _take(self, level: int, hashes: Sequence[bytes]) -> None:
        if level == len(self.rows):
            self.rows.append([])
            self.compared.append(0)
        self.rows[level].extend(hashes)
        if len(self.rows[level]) == _WIDTH:
            full, self.rows[level] = self.rows[level], []
            self._compare(level, full)
            self.compared[level] += 1
            self._take(level + 1, [root_of(full)])

    def _compare(self, level: int, hashes: list[bytes]) -> None:
        index, width = self.compared[level], len(hashes)
        place, found, is_full = self._file(f"tile/{level}/", index, width, _WIDTH * _HASH_BYTES)
        if found[: width * _HASH_BYTES] != b"".join(hashes):
            raise Doubt("log_tile", place=place)
        if len(found) != (_WIDTH if is_full else width) * _HASH_BYTES:
            raise Doubt("log_tile", place=place)

    def _leaves(self, index: int) -> list[bytes]:
        width = min(_WIDTH, self.size - index * _WIDTH)
        place, data, is_full = self._file("tile/entries/", index, width, _WIDTH * (2 + _LARGEST_LEAF))
        leaves: list[bytes] = []
        at = 0
        while at < len(data) and len(leaves) < width:
            end = at + 2 + int.from_bytes(data[at : at + 2], "big")
            leaves.append(data[at + 2 : end])
            if end > len(data) or not _is_leaf(leaves[-1]):
                raise Doubt("log_entry", place=f"{place}#{index * _WIDTH + len(leaves) - 1}")
            at = end
        if len(leaves) != width or (at != len(data) and (not is_full or width == _WIDTH)):
            raise Doubt("log_entry", place=place)
        return leaves

    def _file(self, folder: str, index: int, width: int, most: int) -> tuple[str, bytes, bool]:
        """Read a file, or the full one that may have taken a partial one's place, and say which it was."""
        place = folder + _numbered(index)
        partial = place if width == _WIDTH else f"{place}.p/{width}"
        found = self.read(partial, most)
        if found is None:
            found = self.read(place, most) if partial != place else None
            if found is None:
                raise Doubt("log_missing", place=partial)
            return place, found, True
        return partial, found, width == _WIDTH


def _is_leaf(leaf: bytes) -> bool:
    try:
        return _LEAF.fullmatch(leaf.decode("utf-8")) is not None
    except UnicodeDecodeError:
        return False


def _numbered(index: int) -> str:
    """Write a tile's number in groups of three digits, all but the last behind an x (tlog-tiles)."""
    parts = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        parts.insert(0, f"x{index % 1000:03d}")
    return "/".join(parts)
