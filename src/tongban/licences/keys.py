"""The node's root key, each office's key, and the trust file that tells the world about them.

The root key signs nothing but the trust file; it is used when keys change and may lie in a safe
otherwise. The trust file names, for every office, which key was its own from when until when, and
the keys of the node's logs. Verifiers are configured with the root key alone.
"""

import fcntl
import json
import os
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from tongban.kernel.canonical import canonical
from tongban.kernel.errors import NotFound
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text
from tongban.licences.signer.algorithms import ED25519, SigningKey, make_key
from tongban.licences.signer.keyfiles import (
    Place,
    TokenFile,
    hardware,
    key_id,
    key_in,
    load_key,
    read_token_file,
    write_key,
    write_token_file,
)

ROOT: Final = "root"
TRUST_FORMAT: Final = "tongban-trust/1"
TRUST_CONTEXT: Final = b"tongban trust v1\n"
KEY_LIFE: Final = timedelta(days=5 * 365)
# A renewed key is good from a day earlier: for what was prepared under the old key and not yet signed.
OVERLAP: Final = timedelta(days=1)
_PUBLIC: Final = "public.json"


@dataclass(frozen=True, slots=True)
class Revocation:
    """From which moment on a key's signatures count for nothing, and why; both are published.

    The moment is a whole hour: a leaf of the log tells the hour of what was signed and no less.
    """

    since: str
    reason: str


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One public key: its id, its SubjectPublicKeyInfo in base64, and when it may sign (ISO 8601)."""

    kid: str
    alg: str
    public_key: str
    valid_from: str
    valid_to: str
    revoked: Revocation | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give it as the trust file lists it."""
        listed = asdict(self)
        if self.revoked is None:
            del listed["revoked"]
        return listed

    def may_sign(self, now: datetime) -> bool:
        """Say whether what is signed now holds."""
        return self.revoked is None and now < datetime.fromisoformat(self.valid_to)


@dataclass(frozen=True, slots=True)
class Office:
    """An office as the trust file names it."""

    slug: str
    credit_code: str
    name: Text


def make_office_key(
    office: str,
    keys_folder: Path,
    *,
    now: datetime,
    chance: Chance,
    alg: str = ED25519,
    renew: bool = False,
) -> PublicKey:
    """Make an office's signing key, or give the one it has while that may still sign with the algorithm.

    With `renew` the old key ends now and a new one begins; what the old one signed stays valid.
    The trust file must be written anew afterwards.
    """
    folder = keys_folder / office
    current = None if renew else key_in_use(keys_folder, office)
    if current and current.may_sign(now) and current.alg == alg:
        return current
    new = next_key(folder, alg, chance)
    # The public half first: one without its private half harms nobody, the other way round would.
    key = announce_key(office, keys_folder, new.key, now=now)
    new.put(folder)
    end_others(office, keys_folder, key.kid, now=now)
    return key


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made, and how it is put where the office's signer opens it."""

    key: SigningKey
    put: Callable[[Path], None]


def next_key(
    folder: Path, alg: str, chance: Chance, place: Place | None = None, *, in_file: bool = False
) -> NewKey:
    """Make an office's next key; its signer goes on with the one it has until this one is put in place.

    It is made in the token `place`, else where the present one lies; with `in_file` for a file again.
    """
    told = read_token_file(folder)
    if place is None and told is not None:
        place = told.place
    if place is None or in_file:
        private = make_key(alg, chance)
        return NewKey(private, lambda folder: write_key(folder, private, chance.bytes(32).hex()))
    label = f"{folder.name}.{chance.bytes(4).hex()}"
    key: SigningKey = hardware().make_token_key(place, alg, label)
    named = TokenFile(place, label, alg, key_id(key.spki))
    return NewKey(key, lambda folder: write_token_file(folder, named))


def key_in_use(keys_folder: Path, office: str) -> PublicKey | None:
    """Give the public half of the key that the office's signer opens, or None where there is none."""
    kid = key_in(keys_folder / office)
    return next((key for key in public_keys(keys_folder, office) if key.kid == kid), None)


def announce_key(office: str, keys_folder: Path, key: SigningKey, *, now: datetime) -> PublicKey:
    """Add a key to those that the office has had; it signs once its private half is put into use."""
    known = public_keys(keys_folder, office)
    begins = now - OVERLAP if known else now
    made = PublicKey(
        kid=key_id(key.spki),
        alg=key.alg,
        public_key=b64encode(key.spki).decode(),
        valid_from=begins.isoformat(),
        valid_to=(now + KEY_LIFE).isoformat(),
    )
    _write_public(keys_folder / office, [*known, made])
    return made


def end_others(office: str, keys_folder: Path, kid: str, *, now: datetime) -> None:
    """End every other key of the office now; what they signed stays valid."""
    _write_public(
        keys_folder / office,
        [
            key if key.kid == kid else replace(key, valid_to=_earlier(key.valid_to, now.isoformat()))
            for key in public_keys(keys_folder, office)
        ],
    )


def mark_revoked(office: str, keys_folder: Path, kid: str, revoked: Revocation, *, by: str) -> None:
    """Mark a key as revoked, and let the key `by` vouch from then on for what it may sign again."""
    _write_public(
        keys_folder / office,
        [
            replace(key, revoked=revoked)
            if key.kid == kid
            else replace(key, valid_from=_earlier(key.valid_from, revoked.since))
            if key.kid == by
            else key
            for key in public_keys(keys_folder, office)
        ],
    )


@contextmanager
def one_at_a_time(keys_folder: Path) -> Iterator[None]:
    """Keep a second change of keys waiting until the first is whole."""
    handle = os.open(keys_folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _earlier(one: str, other: str) -> str:
    return min(one, other, key=datetime.fromisoformat)


def _write_public(folder: Path, keys: Sequence[PublicKey]) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(folder / _PUBLIC, [key.as_dict() for key in keys])


def make_root_key(keys_folder: Path, *, now: datetime, chance: Chance, alg: str = ED25519) -> PublicKey:
    """Make the node's root key, or give the one it has."""
    return make_office_key(ROOT, keys_folder, now=now, chance=chance, alg=alg)


def public_keys(keys_folder: Path, office: str) -> tuple[PublicKey, ...]:
    """Give every key that an office has had, oldest first."""
    path = keys_folder / office / _PUBLIC
    if not path.exists():
        return ()
    return tuple(_read(found) for found in json.loads(path.read_bytes()))


def _read(found: dict[str, Any]) -> PublicKey:
    told = found.pop("revoked", None)
    return PublicKey(**found, revoked=Revocation(**told) if told else None)


def write_trust(
    path: Path,
    *,
    node: str,
    keys_folder: Path,
    offices: Sequence[Office],
    log_vkeys: Sequence[str],
    sm2_vkeys: Sequence[str] = (),
    witness_vkeys: Sequence[str] = (),
    quorum: int = 0,
    now: datetime,
) -> dict[str, Any]:
    """Write and give the trust file: every office's keys and the logs' keys, signed by the root key.

    `log_vkeys`, `sm2_vkeys` (by which the logs' checkpoints are signed too, in the 国密 profile) and
    `witness_vkeys` are public keys in the form that C2SP signed-note gives them; `quorum`
    of the witnesses must have cosigned a checkpoint before a verifier believes it.
    """
    root = load_key(keys_folder / ROOT)
    content: dict[str, Any] = {
        "node": node,
        "issued_at": now.isoformat(),
        "root": public_keys(keys_folder, ROOT)[-1].as_dict(),
        "logs": list(log_vkeys),
        "offices": [
            {
                "office": office.slug,
                "credit_code": office.credit_code,
                "name": office.name.as_dict(),
                "keys": [key.as_dict() for key in public_keys(keys_folder, office.slug)],
            }
            for office in offices
        ],
    }
    if sm2_vkeys:
        content["logs_sm2"] = list(sm2_vkeys)
    if witness_vkeys:
        content["witnesses"] = {"quorum": quorum, "vkeys": list(witness_vkeys)}
    trust = {
        "format": TRUST_FORMAT,
        "content": content,
        "signature": {
            "kid": key_id(root.spki),
            "alg": root.alg,
            "value": root.sign(TRUST_CONTEXT + canonical(content)).hex(),
        },
    }
    _write(path, trust)
    return trust


def read_trust(path: Path) -> dict[str, Any]:
    """Give the trust file as it is shown to verifiers."""
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError as missing:
        raise NotFound(
            "licences.no_trust",
            what=Text("本节点尚未发布信任文件。", "This node has not published its trust file."),
            todo=Text(
                "请先生成机构密钥并写出信任文件。", "Make the offices' keys and write the trust file first."
            ),
        ) from missing
    return found


def _write(path: Path, content: Mapping[str, Any] | Sequence[Any]) -> None:
    """Write beside, fsync, rename, fsync the folder: a reader sees the old file or the new one."""
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)
    handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
