"""Making and publishing all keys of this node: what `site` calls when it builds a node."""

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from tongban.kernel.clock import civil_date
from tongban.kernel.errors import NotFound
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.licences.certificates import certificate
from tongban.licences.eseal import make_seal
from tongban.licences.keys import Office, make_office_key, make_root_key, public_keys, write_trust
from tongban.licences.profiles import SigningProfile
from tongban.licences.signer.algorithms import SM2, SigningKey
from tongban.licences.signer.keyfiles import KEY, key_id, load_key, read_token_file
from tongban.registry import api as registry

YEARS_AHEAD = 5  # shares have a log a year; the trust file names those that are to come


def trust_file() -> Path:
    """Give where the node's trust file lies."""
    return Path(settings.VAR) / "trust.json"


def certificate_file(kid: str) -> Path:
    """Give where the certificate of a key lies: beside the trust file, as open to everybody."""
    return trust_file().with_name("certificates") / f"{kid}.der"


def seal_file(kid: str) -> Path:
    """Give where the electronic seal lies that a key may use; keys of SM2 alone have one."""
    return certificate_file(kid).with_suffix(".esl")


def make_node_keys(
    offices: Iterable[str],
    *,
    profile: SigningProfile,
    now: datetime,
    chance: Chance,
    witnesses: ledger.WitnessPolicy = ledger.NO_WITNESSES,
) -> dict[str, Any]:
    """Make the root key and each office's where there is none of its algorithm; publish the trust file."""
    keys = ledger.keys_folder()
    make_root_key(keys, now=now, chance=chance, alg=profile.algorithm)
    for office in offices:
        make_office_key(office, keys, now=now, chance=chance, alg=profile.algorithm_of(office))
    return publish_trust(now, witnesses)


def publish_trust(now: datetime, witnesses: ledger.WitnessPolicy = ledger.NO_WITNESSES) -> dict[str, Any]:
    """Write the trust file anew: every organisation that has or had a key, the logs' keys, and whose
    cosignatures a checkpoint must carry; beside it each key's certificate."""
    keys = ledger.keys_folder()
    offices = [
        Office(each.slug, each.credit_code, each.name)
        for each in registry.organisations()
        if public_keys(keys, each.slug)
    ]
    for office in offices:
        _provide_certificate(office, keys)
    logs = log_vkeys(now)
    return write_trust(
        trust_file(),
        node=_public_log_key().node,
        keys_folder=keys,
        offices=offices,
        log_vkeys=[str(each) for each in logs],
        sm2_vkeys=[str(each.sm2_key) for each in logs if each.sm2_key],
        witness_vkeys=[str(witness.key) for witness in witnesses.witnesses],
        quorum=witnesses.quorum,
        now=now,
    )


def log_vkeys(now: datetime) -> list[ledger.VerifierKey]:
    """Give the public keys of the node's logs, those of years that are to come among them.

    A log is named for good: after its retention somebody still wants to know whether it was pruned by right.
    """
    logs, year = _public_log_key(), civil_date(now).year
    shares = {f"shares-{year + ahead}" for ahead in range(-1, YEARS_AHEAD + 1)}
    return [logs.vkey(name) for name in sorted({"decisions", *shares, *ledger.log_names()})]


def _provide_certificate(office: Office, keys: Path) -> None:
    """Write the certificate of the key that an office signs with now, and its seal; they stay for ever.

    A key that is not at hand here has none, and what it would sign as PDF or OFD stays unsigned. One in a
    token signs its own: the token is opened here for that once, and where it is away, when it is back.
    """
    known = public_keys(keys, office.slug)[-1]
    if certificate_file(known.kid).exists():
        return
    key = _at_hand(keys / office.slug, known.kid)
    if key is None:
        return
    said = certificate(office, known, key)
    if known.alg == SM2:
        _put(seal_file(known.kid), make_seal(office, known, key, said))
    _put(certificate_file(known.kid), said)  # last: where it lies, all of it does


def _at_hand(folder: Path, kid: str) -> SigningKey | None:
    """Open an office's key where it lies; None where it is another, is nowhere here, or its token is away."""
    told = read_token_file(folder)
    if told is None:
        key = load_key(folder) if (folder / KEY).exists() else None
        return key if key is not None and key_id(key.spki) == kid else None
    if told.kid != kid:
        return None
    try:
        return load_key(folder)
    except NotFound:  # what is published, a revocation above all, does not wait for a token
        return None


def _put(path: Path, content: bytes) -> None:
    """Write beside and rename: a reader sees the whole file or none."""
    path.parent.mkdir(exist_ok=True)
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)


def _public_log_key() -> ledger.PublicLogKey:
    logs = ledger.public_log_key(ledger.keys_folder())
    if logs is None:
        raise NotFound(
            "licences.no_log_key",
            what=Text("日志密钥尚未生成。", "The key of the logs has not been made."),
            todo=Text("请先生成日志密钥。", "Make it first."),
        )
    return logs
