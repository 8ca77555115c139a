"""Logs of a million and of ten million entries: how long one proof takes, and how long reading everything.

They are made once, by the code that grows every log, into build/, and kept there until `make clean`: entries
that say nothing, under a key that signs nothing else. The longer one holds the tiles alone, which is what a
proof is made from; without the entries themselves it fits where ten million of them would not.
"""

import json
import random
import shutil
import time
import tracemalloc
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

import tongban_verify
from bench.rows import Measure
from tongban.kernel.clock import SystemClock
from tongban.kernel.ids import SystemChance
from tongban.ledger import api as ledger
from tongban.ledger import tree
from tongban.ledger.notes import Checkpoint, sign_checkpoint
from tongban.ledger.tiles import grow, hashes_of
from tongban.ledger.verification import published
from tongban.licences import api as licences
from tools.apart import BUILD

PROVEN, VERIFIED = 10_000_000, 1_000_000  # entries
PROOFS = 1_000
AT_ONCE = 1 << 18  # entries that are grown in one step: whole tiles, so that no partial one is left behind
LEAF = b'{"commitment":"%064x","hour":"2026-11-23T04Z","kind":"case.decided","version":1}'
LOG = "decisions"
SEED = bytes(range(32))


def _signer() -> ledger.LogSigner:
    private = Ed25519PrivateKey.from_private_bytes(SEED)
    return ledger.LogSigner("990100", private.public_key().public_bytes_raw(), private)


@cache
def long_log(size: int, *, with_entries: bool) -> tuple[Path, str]:
    """Give the folder of a log of that size, made unless it is there, and what is to be said of it."""
    folder = BUILD / f"bench-log-{size}"
    began, signer = time.perf_counter(), _signer()
    made = published(folder, signer.vkey(LOG)) is None
    if made:
        shutil.rmtree(folder, ignore_errors=True)
        _grow(folder, size, with_entries=with_entries)
        root = tree.range_at(size, hashes_of(size, ledger.reader(folder))).root()
        note = sign_checkpoint(Checkpoint(signer.origin(LOG), size, root), signer)
        (folder / "checkpoint").write_text(note, "utf-8")  # last: a log that has one is whole
    megabytes = sum(each.stat().st_size for each in folder.rglob("*") if each.is_file()) / 1e6
    took = f", made in {time.perf_counter() - began:.0f} s" if made else ", made before"
    return folder, f"{size:,} entries, {megabytes:.0f} MB on disk{took}"


def _grow(folder: Path, size: int, *, with_entries: bool) -> None:
    read, known = ledger.reader(folder), set[Path]()
    for start in range(0, size, AT_ONCE):
        leaves = [LEAF % at for at in range(start, min(size, start + AT_ONCE))]
        hashes = [tree.leaf_hash(leaf) for leaf in leaves]
        for path, data in grow(start, leaves if with_entries else [], hashes, read):
            place = folder / path
            if place.parent not in known:
                place.parent.mkdir(parents=True, exist_ok=True)
                known.add(place.parent)
            place.write_bytes(data)


_peaks_mb: list[float] = []


def proof_ms() -> float:
    """Milliseconds a proof, for entries anywhere in the log, each from the checkpoint and the tiles anew."""
    folder, _ = long_log(PROVEN, with_entries=False)
    head = published(folder, None)
    if head is None:
        raise RuntimeError(f"{folder} has no checkpoint")
    places = [random.Random(turn).randrange(PROVEN) for turn in range(PROOFS)]  # noqa: S311 - not a secret
    start = time.perf_counter()
    paths = [_path(folder, index) for index in places]
    taken = time.perf_counter() - start
    _peaks_mb.append(_peak_mb(folder, places[: PROOFS // 4]))
    for index, path in zip(places, paths, strict=True):
        tree.check_inclusion(index, PROVEN, tree.leaf_hash(LEAF % index), path, head[0].root)
    return taken / PROOFS * 1000


def _peak_mb(folder: Path, places: list[int]) -> float:
    """Give the most megabytes that were taken at any moment over these proofs, each thrown away once made."""
    tracemalloc.start()
    for index in places:
        _path(folder, index)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def _path(folder: Path, index: int) -> list[bytes]:
    """Do what `ledger.proof` does behind its look into the database."""
    head = published(folder, None)
    size = head[0].size if head else 0
    return tree.inclusion_proof(index, size, hashes_of(size, ledger.reader(folder)))


def _proof_said() -> str:
    return (
        f"{long_log(PROVEN, with_entries=False)[1]}, the tiles alone; every proof checked;"
        f" memory stays flat: {max(_peaks_mb):.2f} MB at most at any moment"
    )


@cache
def _anchor() -> tongban_verify.Anchor:
    """Trust a root key that was made for this, and the log's key by its word."""
    keys, now = Path(settings.VAR) / "long-log-keys", SystemClock().now()
    licences.make_root_key(keys, now=now, chance=SystemChance())
    statement = licences.write_trust(
        keys / "trust.json",
        node="990100",
        keys_folder=keys,
        offices=(),
        log_vkeys=[str(_signer().vkey(LOG))],
        now=now,
    )
    return tongban_verify.anchor_from_bytes(json.dumps(statement).encode())


def verified_s() -> float:
    """Seconds for the node's own verification of a whole log: every entry, every tile, the root."""
    folder, _ = long_log(VERIFIED, with_entries=True)
    start = time.perf_counter()
    report = ledger.verify(folder, _signer().vkey(LOG))
    taken = time.perf_counter() - start
    if not report.sound or report.size != VERIFIED:
        raise RuntimeError(str(report.problems))
    return taken


def verified_elsewhere_s() -> float:
    """Seconds for the same by the verifier that shares no code with the node."""
    folder, _ = long_log(VERIFIED, with_entries=True)
    start = time.perf_counter()
    report = tongban_verify.verify_log(tongban_verify.from_folder(folder), _anchor(), SystemClock().now())
    taken = time.perf_counter() - start
    if report.exit_code:
        raise RuntimeError(report.sentence("en"))
    return taken


MEASURES = (
    Measure(
        "log.proof_10m",
        "ms",
        proof_ms,
        target=1,
        less_is_better=True,
        said=_proof_said,
    ),
    Measure(
        "log.verify_1m",
        "s",
        verified_s,
        target=20,
        less_is_better=True,
        beside=verified_elsewhere_s,
        said=lambda: f"{long_log(VERIFIED, with_entries=True)[1]}; peer: tongban-verify on the same folder",
    ),
)
