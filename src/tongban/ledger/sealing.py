"""Openings at rest: sealed under a key of their class and month, so that one small key forgets them all.

What is backed up holds sealed openings alone, in the database as in the journal; the keys lie in a
folder of their own outside both. A key once destroyed makes every copy of its openings unreadable,
wherever the copy lies (docs/decisions/0009). Which key an entry has follows from its public leaf, so
that no row can be passed off as forgotten by pointing it at another key.

The order is the proof. A key is on the disk, name and bytes, before the first opening is sealed with
it. To destroy it, zeros are written over it in place and fsynced; the file stays as a mark, so that
the key of a forgotten month is never made again.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tongban.kernel.errors import Conflict, DurabilityLost
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text
from tongban.ledger.disk import DISK, PRIVATE_FILE, PRIVATE_FOLDER, Disk
from tongban.ledger.kinds import FOR_GOOD, kind_named
from tongban.ledger.rules import Leaf

KEY_BYTES = 32
NONCE_BYTES = 12
DESTROYED = bytes(KEY_BYTES)
CACHED_KEYS = 8  # of a process that writes: the classes of one month


def period_of(leaf: Leaf) -> str:
    """Name the key of an entry, `<class>-<year>-<month>` (UTC); empty for what is kept open for good."""
    kept = kind_named(leaf["kind"]).kept
    return "" if kept == FOR_GOOD else f"{kept}-{leaf['hour'][:7]}"


@dataclass(slots=True)
class OpeningKeys:
    """The keys of one node's openings: 32 bytes each, in a file that is named after its period."""

    folder: Path
    disk: Disk = field(default_factory=lambda: DISK)
    _sealing: dict[str, AESGCM] = field(default_factory=dict)

    def seal(self, opening: bytes, leaf: bytes, period: str, chance: Chance) -> str:
        """Seal an opening for its leaf, as a JSON string; raises Conflict for a period that is forgotten."""
        key = self._sealing.get(period)
        if key is None:
            key = AESGCM(self._made(period, chance))
            if len(self._sealing) >= CACHED_KEYS:
                self._sealing.clear()
            self._sealing[period] = key
        nonce = chance.bytes(NONCE_BYTES)
        return f'"{b64encode(nonce + key.encrypt(nonce, opening, leaf)).decode()}"'

    def open(self, sealed: str, leaf: bytes, period: str) -> bytes | None:
        """Give the opening of a leaf, None when its key is gone; raises ValueError unless it was sealed so.

        The key is read each time: once it is destroyed, no process that still runs may remember it.
        """
        key = self.read(period)
        if key is None:
            return None
        data = b64decode(sealed[1:-1], validate=True)
        if f'"{b64encode(data).decode()}"' != sealed:
            raise ValueError("not written in its one way")
        try:
            return AESGCM(key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], leaf)
        except InvalidTag as broken:
            raise ValueError("not sealed under this key for this leaf") from broken

    def read(self, period: str) -> bytes | None:
        """Give the key of a period, None when there is none or it was destroyed."""
        key = self.disk.read(self.folder / period)
        return key if key is not None and len(key) == KEY_BYTES and key != DESTROYED else None

    def periods(self) -> list[str]:
        """Name the periods whose keys are there."""
        names = (name for name in self.disk.names(self.folder) if not name.endswith(".new"))
        return [name for name in names if self.read(name) is not None]

    def destroy(self, period: str) -> None:
        """Destroy a key for good; nothing of it is left when this returns, and twice is harmless."""
        self._sealing.pop(period, None)
        path = self.folder / period
        if self.disk.read(path) is None:
            self.disk.make_folder(self.folder, PRIVATE_FOLDER)
        self.disk.write(path, DESTROYED, PRIVATE_FILE)
        self.disk.fsync(path)
        self.disk.fsync_folder(self.folder)

    def _made(self, period: str, chance: Chance) -> bytes:
        """Give the key of a period, making it when it is not there; whoever makes it first wins."""
        path = self.folder / period
        if self.disk.read(path) is None:
            self.disk.make_folder(self.folder, PRIVATE_FOLDER)
            self.disk.fsync_folder(self.folder.parent)
            new = path.with_name(f"{period}.{chance.bytes(8).hex()}.new")
            self.disk.write(new, chance.bytes(KEY_BYTES), PRIVATE_FILE)
            self.disk.fsync(new)
            self.disk.claim(new, path)
        # Also for one that another process has made and may not have come to this line with.
        self.disk.fsync_folder(self.folder)
        key = self.disk.read(path)
        if key == DESTROYED:
            raise Conflict(
                "ledger.period_forgotten",
                what=Text(
                    f"{period} 的存证密钥已按期销毁。", f"The key of {period} was destroyed on schedule."
                ),
                todo=Text("请检查本机时钟。", "Look at this machine's clock."),
            )
        if key is None or len(key) != KEY_BYTES:
            raise DurabilityLost(
                "ledger.opening_key_broken",
                what=Text(f"{period} 的存证密钥已损坏。", f"The key of the openings of {period} is damaged."),
                todo=Text("请从密钥的备份恢复该文件。", "Restore the file from the copy of the keys."),
            )
        return key
