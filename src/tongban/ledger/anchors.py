"""Anchors of checkpoints at a time-stamp authority (RFC 3161): that a tree head was there at a time.

Witnesses say that there is one history; an authority outside the city says since when. An anchor is the
authority's whole answer over SHA-256 of a checkpoint's three lines. Those follow from the tiles for any
size, so that nothing else has to be kept: `anchor/<size>.tsr`, and `anchor/index` with one size a line.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from tongban.kernel.errors import Invalid, SourceTrouble, TongbanError
from tongban.kernel.texts import Text
from tongban.ledger import tree
from tongban.ledger.disk import DISK, Disk, write_files
from tongban.ledger.notes import Checkpoint, read_size
from tongban.ledger.places import journal_folder
from tongban.ledger.tiles import WIDTH, Read, Tiles, hashes_of
from tongban.ledger.verification import leaf_hour, published, reader

INDEX = "anchor/index"
HOUR = timedelta(hours=1)  # a leaf tells its hour only
MAX_SHOWN = 20

Ask = Callable[[bytes], bytes]  # sends a query to the authority and gives its answer; raises SourceTrouble


@dataclass(frozen=True, slots=True)
class AnchorPolicy:
    """The authority that a node asks, how often, and the certificates that its answers must lead to."""

    roots: tuple[Certificate, ...]
    every: timedelta
    ask: Ask


@dataclass(frozen=True, slots=True)
class Anchored:
    """What came of anchoring one log: size and time of its newest anchor, and why there is no newer one."""

    log: str
    size: int
    at: datetime | None
    trouble: Text | None = None

    def as_dict(self) -> dict[str, object]:
        """Give the JSON shape that the command prints."""
        at = self.at.isoformat() if self.at else None
        trouble = self.trouble.as_dict() if self.trouble else None
        return {"log": self.log, "size": self.size, "at": at, "trouble": trouble}


@dataclass(slots=True)
class Checked:
    """What checking a log's anchors found: the newest one, what is wrong or missing, and the gaps."""

    size: int = 0
    at: datetime | None = None
    problems: list[Text] = field(default_factory=list)
    gaps: list[Text] = field(default_factory=list)


def read_roots(pem: bytes) -> tuple[Certificate, ...]:
    """Read the certificates of an authority's roots; raises Invalid when there is none."""
    try:
        return tuple(load_pem_x509_certificates(pem))
    except ValueError as broken:
        raise _wrong(
            "时间戳机构的根证书无法读取。", f"The authority's roots cannot be read: {broken}."
        ) from broken


def anchor_path(size: int) -> str:
    """Give the path of the anchor of a checkpoint of that size."""
    return f"anchor/{size}.tsr"


def sizes_of(read: Read) -> list[int]:
    """Give the sizes that a log's index names, as they stand there; raises Invalid when it is malformed."""
    found = [read_size(line) for line in (read(INDEX) or b"").decode(errors="replace").splitlines()]
    if found != sorted(set(found)):
        raise _wrong("锚定索引的次序不正确。", "The index of anchors is not in order.")
    return found


def newest_anchor(read: Read) -> tuple[int, datetime | None]:
    """Give size and time of the newest anchor at its word; 0 and None where there is none."""
    for size in reversed(sizes_of(read)):
        data = read(anchor_path(size))
        if data is not None:
            return size, _time(data)
    return 0, None


def anchor_due(logs: Path, policy: AnchorPolicy, now: datetime, *, disk: Disk = DISK) -> list[Anchored]:
    """Anchor every log whose newest anchor is older than the policy wants and that has grown since.

    What the authority does or does not do stops nothing: each log's trouble is told in its result.
    The answer is written and fsynced before the index that names it.
    """
    done = []
    for log in disk.names(logs):
        with disk.lock(journal_folder(logs) / f"{log}.lock") as held:
            found = published(logs / log, None, disk) if held else None
            if found is None:
                continue
            read = reader(logs / log, disk)
            size, at = newest_anchor(read)
            if found[0].size == size or (at is not None and now - at < policy.every):
                done.append(Anchored(log, size, at))
                continue
            try:
                answer = _asked(found[0], policy)
            except (SourceTrouble, Invalid) as trouble:
                done.append(Anchored(log, size, at, trouble.what))
                continue
            keep_anchor(logs / log, found[0].size, answer, disk)
            done.append(Anchored(log, found[0].size, _time(answer)))
    return done


def keep_anchor(folder: Path, size: int, answer: bytes, disk: Disk = DISK) -> None:
    """Put an anchor into a log's folder, and then into its index; both are on the disk afterwards."""
    sizes = sorted({*sizes_of(reader(folder, disk)), size})
    write_files(disk, folder, [(folder / anchor_path(size), answer)], private=folder / "none")
    index = "".join(f"{each}\n" for each in sizes).encode()
    write_files(disk, folder, [(folder / INDEX, index)], private=folder / "none")


def check_anchor(answer: bytes, checkpoint: Checkpoint, roots: Iterable[Certificate]) -> datetime:
    """Check an authority's answer over a checkpoint; gives its time, raises Invalid unless it is one."""
    return _check(answer, checkpoint, VerifierBuilder(roots=list(roots)))


def check_anchors(
    read: Read,
    checkpoint: Checkpoint,
    roots: Sequence[Certificate],
    *,
    minimum: int = 0,
    every: timedelta | None = None,
    now: datetime | None = None,
) -> Checked:
    """Check every anchor that a log's index names against its tiles.

    The checkpoint must be trusted and the tiles verified. With the policy's `every` it also says where
    entries had to wait longer for an anchor. Sizes up to a pruned log's minimum are not looked at.
    """
    found, tiles, before = Checked(), Tiles(checkpoint.size, read), minimum
    try:
        sizes = sizes_of(read)
    except Invalid as broken:
        found.problems.append(broken.what)
        return found
    for size in (each for each in sizes if each > minimum):
        one = check_anchor_of(size, read, read, checkpoint, roots)
        found.problems.extend(one.problems)
        if one.at is None:
            continue
        if every is not None:
            found.gaps.extend(_gap(tiles, before, size, one.at, every))
        before, found.size, found.at = size, size, one.at
    if every is not None and now is not None and checkpoint.size > before:
        found.gaps.extend(_gap(tiles, before, checkpoint.size, now, every + HOUR))
    del found.problems[MAX_SHOWN:], found.gaps[MAX_SHOWN:]
    return found


def check_anchor_of(
    size: int, anchors: Read, tiles: Read, checkpoint: Checkpoint, roots: Iterable[Certificate]
) -> Checked:
    """Check one anchor against tiles that need not come from where the anchor does."""
    found = Checked()
    try:
        found.at = _checked(size, anchors, checkpoint, hashes_of(checkpoint.size, tiles), roots)
        found.problems.extend(_too_early(Tiles(checkpoint.size, tiles), size, found.at))
        found.size = size
    except TongbanError as wrong:
        found.problems.append(_named(size, wrong.what))
    return found


def _asked(checkpoint: Checkpoint, policy: AnchorPolicy) -> bytes:
    """Ask the authority for a checkpoint; what it answers is checked before it is believed."""
    text = checkpoint.text().encode()
    query = TimestampRequestBuilder(data=text, hash_algorithm=HashAlgorithm.SHA256).build()
    answer = policy.ask(query.as_bytes())
    _check(answer, checkpoint, VerifierBuilder(roots=list(policy.roots), nonce=query.nonce))
    return answer


def _check(answer: bytes, checkpoint: Checkpoint, verifier: VerifierBuilder) -> datetime:
    try:
        found = decode_timestamp_response(answer)
        verifier.build().verify(found, sha256(checkpoint.text().encode()).digest())
        return found.tst_info.gen_time.astimezone(UTC)
    except (VerificationError, ValueError) as wrong:
        raise _wrong(f"时间戳无效：{wrong}。", f"The time stamp is not valid: {wrong}.") from wrong


def _checked(
    size: int, read: Read, checkpoint: Checkpoint, hash_at: tree.HashAt, roots: Iterable[Certificate]
) -> datetime:
    if size > checkpoint.size:
        raise _wrong("锚定超出了日志。", f"It lies beyond the {checkpoint.size} entries of the log.")
    answer = read(anchor_path(size))
    if answer is None:
        raise _wrong("文件缺失。", "Its file is missing.")
    then = Checkpoint(checkpoint.origin, size, tree.range_at(size, hash_at).root())
    return check_anchor(answer, then, roots)


def _too_early(tiles: Tiles, size: int, at: datetime) -> Iterator[Text]:
    """An anchor cannot be older than what it covers."""
    recorded = _recorded(tiles, size - 1)
    if recorded is not None and recorded > at + HOUR:
        yield _named(
            size,
            Text(f"其时间 {at:%F %TZ} 早于所覆盖的条目。", f"Its time {at:%F %TZ} is before what it covers."),
        )


def _gap(tiles: Tiles, first: int, size: int, at: datetime, every: timedelta) -> Iterator[Text]:
    """Say where an entry was without an anchor for longer than the policy wants."""
    recorded = _recorded(tiles, first) if first < size else None
    if recorded is not None and recorded + HOUR + every < at:
        yield Text(
            f"第 {first} 条起（{recorded:%F %HZ}）至 {at:%F %TZ} 没有锚定。",
            f"Entries from {first} on ({recorded:%F %HZ}) had no anchor until {at:%F %TZ}.",
        )


def _recorded(tiles: Tiles, index: int) -> datetime | None:
    return leaf_hour(tiles.leaves(index // WIDTH)[index % WIDTH])


def _time(answer: bytes) -> datetime | None:
    try:
        return decode_timestamp_response(answer).tst_info.gen_time.astimezone(UTC)
    except ValueError:
        return None


def _named(size: int, what: Text) -> Text:
    return Text(f"第 {size} 条检查点的锚定：{what.zh}", f"The anchor of the checkpoint of {size}: {what.en}")


def _wrong(zh: str, en: str) -> Invalid:
    return Invalid(
        "ledger.anchor_wrong",
        what=Text(zh, en),
        todo=Text("请向时间戳机构核实，并保全现场。", "Ask the authority, and keep everything as it is."),
    )
