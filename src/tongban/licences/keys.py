"""The node's root key, each office's key, and the trust file that tells the world about them.

The root key signs nothing but the trust file; it is used when keys change and may lie in a safe
otherwise. The trust file names, for every office, which key was its own from when until when, and
the keys of the node's logs. Verifiers are configured with the root key alone.
"""

import json
import os
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from tongban.kernel.canonical import canonical
from tongban.kernel.errors import NotFound
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text
from tongban.licences.signer.algorithms import ED25519, make_key
from tongban.licences.signer.keyfiles import KEY, key_id, load_key, write_key

ROOT: Final = "root"
TRUST_FORMAT: Final = "tongban-trust/1"
TRUST_CONTEXT: Final = b"tongban trust v1\n"
KEY_LIFE: Final = timedelta(days=5 * 365)
# A renewed key is good from a day earlier: for what was prepared under the old key and not yet signed.
OVERLAP: Final = timedelta(days=1)
_PUBLIC: Final = "public.json"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One public key: its id, its SubjectPublicKeyInfo in base64, and when it may sign (ISO 8601)."""

    kid: str
    alg: str
    public_key: str
    valid_from: str
    valid_to: str


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
    known = public_keys(keys_folder, office)
    if (folder / KEY).exists() and not renew:
        kid = key_id(load_key(folder).spki)
        current = next(key for key in known if key.kid == kid)
        if datetime.fromisoformat(current.valid_to) > now and current.alg == alg:
            return current
    private = make_key(alg, chance)
    key = PublicKey(
        kid=key_id(private.spki),
        alg=alg,
        public_key=b64encode(private.spki).decode(),
        valid_from=(now - OVERLAP if known else now).isoformat(),
        valid_to=(now + KEY_LIFE).isoformat(),
    )
    ended = [
        replace(old, valid_to=min(old.valid_to, now.isoformat(), key=datetime.fromisoformat)) for old in known
    ]
    # The public half first: one without its private half harms nobody, the other way round would.
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(folder / _PUBLIC, [asdict(each) for each in [*ended, key]])
    write_key(folder, private, chance.bytes(32).hex())
    return key


def make_root_key(keys_folder: Path, *, now: datetime, chance: Chance, alg: str = ED25519) -> PublicKey:
    """Make the node's root key, or give the one it has."""
    return make_office_key(ROOT, keys_folder, now=now, chance=chance, alg=alg)


def public_keys(keys_folder: Path, office: str) -> tuple[PublicKey, ...]:
    """Give every key that an office has had, oldest first."""
    path = keys_folder / office / _PUBLIC
    if not path.exists():
        return ()
    return tuple(PublicKey(**found) for found in json.loads(path.read_bytes()))


def write_trust(
    path: Path,
    *,
    node: str,
    keys_folder: Path,
    offices: Sequence[Office],
    log_vkeys: Sequence[str],
    witness_vkeys: Sequence[str] = (),
    quorum: int = 0,
    now: datetime,
) -> dict[str, Any]:
    """Write and give the trust file: every office's keys and the logs' keys, signed by the root key.

    `log_vkeys` and `witness_vkeys` are public keys in the form that C2SP signed-note gives them; `quorum`
    of the witnesses must have cosigned a checkpoint before a verifier believes it.
    """
    root = load_key(keys_folder / ROOT)
    content: dict[str, Any] = {
        "node": node,
        "issued_at": now.isoformat(),
        "root": asdict(public_keys(keys_folder, ROOT)[-1]),
        "logs": list(log_vkeys),
        "offices": [
            {
                "office": office.slug,
                "credit_code": office.credit_code,
                "name": office.name.as_dict(),
                "keys": [asdict(key) for key in public_keys(keys_folder, office.slug)],
            }
            for office in offices
        ],
    }
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
