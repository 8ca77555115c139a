"""Openings at rest: sealed under a key of their class and month, so that one small key forgets them all.

What is backed up holds sealed openings alone, in the database as in the journal; the keys lie in a
folder of their own outside both. A key once destroyed makes every copy of its openings unreadable,
wherever the copy lies (docs/decisions/0010). Which key an entry has follows from its public leaf, so
that no row can be passed off as forgotten by pointing it at another key. A key is for AES, or on a node
of the 国密 profile for SM4 (kernel/seals.py).

The order is the proof. A key is on the disk, name and bytes, before the first opening is sealed with
it. To destroy it, zeros are written over it in place and fsynced; the file stays as a mark, so that
the key of a forgotten month is never made again.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from tongban.kernel.errors import Conflict
from tongban.kernel.ids import Chance
from tongban.kernel.seals import AES_BYTES, seal, unseal
from tongban.kernel.texts import Text
from tongban.ledger.classes import FOR_GOOD, class_of
from tongban.ledger.disk import DISK, PRIVATE_FILE, PRIVATE_FOLDER, Disk, replace_file
from tongban.ledger.rules import Leaf

DESTROYED = bytes(AES_BYTES)
SEALED = re.compile(r'"([0-9a-f]{8}):([A-Za-z0-9+/]+=*)"')
CACHED_KEYS = 8  # of a process that writes: the classes of one month


def period_of(leaf: Leaf) -> str:
    """Name the key of an entry, `<class>-<year>-<month>` (UTC); empty for what is kept open for good."""
    kept = class_of(leaf["kind"])
    return "" if kept == FOR_GOOD else f"{kept}-{leaf['hour'][:7]}"


@dataclass(slots=True)
class OpeningKeys:
    """The keys of one node's openings: one each in files `<period>.<id>`, the id a digest of the key.

    A period has one key, or more where two processes began it at once or a lost folder was begun anew;
    a sealed opening names its own. `new_key_bytes` says of how many bytes a key is that is made now, and
    so for which cipher.
    """

    folder: Path
    disk: Disk = field(default_factory=lambda: DISK)
    new_key_bytes: Callable[[], int] = lambda: AES_BYTES
    _sealing: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def seal(self, opening: bytes, leaf: bytes, period: str, chance: Chance) -> str:
        """Seal an opening for its leaf, as a JSON string; raises Conflict for a period that is forgotten."""
        if period not in self._sealing:
            if len(self._sealing) >= CACHED_KEYS:
                self._sealing.clear()
            key = self._current(period, chance)
            self._sealing[period] = (_id(key), key)
        name, key = self._sealing[period]
        return f'"{name}:{b64encode(seal(key, opening, leaf, chance)).decode()}"'

    def open(self, sealed: str, leaf: bytes, period: str) -> bytes | None:
        """Give the opening of a leaf, None when its key is gone; raises ValueError unless it was sealed so.

        The key is read each time: once it is destroyed, no process that still runs may remember it.
        """
        found = SEALED.fullmatch(sealed)
        if found is None:
            raise ValueError("not a sealed opening")
        data = b64decode(found[2], validate=True)
        if b64encode(data).decode() != found[2]:
            raise ValueError("not written in its one way")
        key = self._read(f"{period}.{found[1]}")
        if key is None:
            return None
        return unseal(key, data, leaf)

    def periods(self) -> list[str]:
        """Name the periods that have a key."""
        return sorted({name.partition(".")[0] for name in self.disk.names(self.folder) if self._read(name)})

    def destroy(self, period: str) -> None:
        """Destroy every key of a period for good; nothing of them is left when this returns."""
        self._sealing.pop(period, None)
        for name in self._names(period):  # also what a killed process has left half made
            self.disk.write(self.folder / name, DESTROYED, PRIVATE_FILE)
            self.disk.fsync(self.folder / name)
        self.disk.fsync_folder(self.folder)

    def _names(self, period: str) -> list[str]:
        return [name for name in self.disk.names(self.folder) if name.startswith(f"{period}.")]

    def _read(self, name: str) -> bytes | None:
        """Give a key, None when there is none, it was destroyed, or it is not what its name says."""
        key = self.disk.read(self.folder / name)
        return key if key is not None and key != DESTROYED and name.endswith(f".{_id(key)}") else None

    def _current(self, period: str, chance: Chance) -> bytes:
        """Give a key of the period to seal with, making one when there is none."""
        keys = [key for name in self._names(period) if (key := self._read(name)) is not None]
        if not keys and any(self.disk.read(self.folder / name) == DESTROYED for name in self._names(period)):
            raise Conflict(
                "ledger.period_forgotten",
                what=Text(
                    f"{period} 的存证密钥已按期销毁。", f"The key of {period} was destroyed on schedule."
                ),
                todo=Text("请检查本机时钟。", "Look at this machine's clock."),
            )
        if not keys:
            keys = [chance.bytes(self.new_key_bytes())]
            self.disk.make_folder(self.folder, PRIVATE_FOLDER)
            replace_file(self.disk, self.folder / f"{period}.{_id(keys[0])}", keys[0], PRIVATE_FILE)
        # Also for one that another process has made and may not have come to these lines with.
        self.disk.fsync_folder(self.folder)
        self.disk.fsync_folder(self.folder.parent)
        return keys[0]


def _id(key: bytes) -> str:
    return sha256(key).hexdigest()[:8]
