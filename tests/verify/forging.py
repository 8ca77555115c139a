"""Somebody who holds every key: whatever they write into a file, its signatures and its evidence fit."""

import json
import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tongban.kernel.ids import SeededChance
from tongban.kernel.values import licence_identifier
from tongban.ledger.notes import VerifierKey
from tongban.licences.signer.algorithms import ALGORITHMS, ED25519, FileKey, make_key

Alter = Callable[[str, Any], Any]

NOON = datetime(2026, 11, 23, 4, 5, 10, tzinfo=UTC)
AT = "2026-11-23T12:05:10+08:00"
ORIGIN = "tongban/990100/decisions"
OFFICE = "market.990121"
CREDIT_CODE = "11990121310121000D"
NUMBER = licence_identifier.compose("11100000MB0143028R001", CREDIT_CODE, "1", 1).text
STAGES = (
    "content",
    "fields",
    "hidden",
    "leaf",
    "opening",
    "statement",
    "signature",
    "promise",
    "proof",
    "trust",
    "whole",
    "change",
)


def written(value: Any) -> bytes:
    """Write JSON with names in order: canonical for whatever is ASCII, and near enough for a forger."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


LOG = Ed25519PrivateKey.from_private_bytes(b"\3" * 32)


@dataclass(frozen=True, slots=True)
class Forger:
    """The keys of a node's root and of its one office."""

    root: FileKey
    bureau: FileKey

    @property
    def fingerprint(self) -> str:
        """What somebody trusts who trusts this root."""
        return "sha256:" + sha256(self.root.spki).hexdigest()


FORGERS = {
    alg: Forger(make_key(alg, SeededChance(b"root")), make_key(alg, SeededChance(b"bureau")))
    for alg in ALGORITHMS
}
FORGER = FORGERS[ED25519]
FINGERPRINT = FORGER.fingerprint


def listed(key: FileKey) -> dict[str, str]:
    """Give a key as a trust statement lists it."""
    return {
        "kid": sha256(key.spki).hexdigest()[:16],
        "alg": key.alg,
        "public_key": b64encode(key.spki).decode(),
        "valid_from": "2026-01-01T00:00:00+08:00",
        "valid_to": "2036-01-01T00:00:00+08:00",
    }


PROOFS: dict[str, tuple[str, dict[str, Any]]] = {
    "evidence": ("case.decided", {"decision": "yes", "case_number": "3120261123000001"}),
    "receipt": ("share.released", {"share": "S1", "provider": "police.990100", "purpose": "R1"}),
}


def forge(kind: str = "licence", alter: Alter = lambda _, found: found, *, by: Forger = FORGER) -> bytes:
    """Make a file of a kind; `alter` gets each part before it is hashed or signed and gives what to use.

    Kinds are licence, with one change of its status to and fro, notice, evidence of a decision, and receipt
    of a share.
    """
    trust = trust_statement(alter, by=by)
    if kind in PROOFS:
        entry, fields = PROOFS[kind]
        evidence = _evidence(entry, {**fields, "entry": "01M8398F2DRCWFZRK5XGM38AK4"}, alter)[0]
        return written(alter("whole", {"format": "tongban-evidence/1", "evidence": evidence, "trust": trust}))
    if kind == "notice":
        content = {"number": "文书1", "title": {"zh": "准予决定书", "en": "Granted"}, "addressee": "李春燕"}
        content |= {"office_code": CREDIT_CODE, "date": "2026-11-23"}
        whole = {"notice": content, **_signed("notice", content, content["number"], alter, by)}
        return written(alter("whole", {"format": "tongban-notice/1", **whole, "trust": trust}))
    content = alter("content", _content())
    whole = {"licence": content, **_signed("licence", content, NUMBER, alter, by)}
    whole["status"] = [_change(1, "01", "02", alter, by), _change(2, "02", "01", alter, by)]
    return written(alter("whole", {"format": "tongban-licence/1", **whole, "trust": trust}))


def _content() -> dict[str, Any]:
    return {
        "certificate_identifier": NUMBER,
        "type_name": {"zh": "营业执照", "en": "Business licence"},
        "type_code": "11100000MB0143028R001",
        "version": "001",
        "holder_name": "知味面馆有限公司",
        "issuing_authority_code": CREDIT_CODE,
        "issue_date": "2026-11-23",
        "validate_start": "2026-11-23",
        "validate_end": None,
        "extend_info": {"a": [1, None, True]},
    }


def _change(place: int, before: str, after: str, alter: Alter, by: Forger) -> dict[str, Any]:
    change = alter(
        "change",
        {
            "identifier": NUMBER,
            "number": place,
            "previous_status": before,
            "status": after,
            "operation": "03",
            "at": AT,
            "reasons": None,
            "basis": None,
        },
    )
    return {"change": change, **_signed("status", change, NUMBER, alter, by)}


TIES = {
    "licence": ("licence.prepared", "licence_identifier", "content_digest"),
    "status": ("licence.status_changed", "licence_identifier", "content_digest"),
    "notice": ("notice.issued", "notice_number", "body_digest"),
}


def _signed(kind: str, content: Any, number: Any, alter: Alter, by: Forger) -> dict[str, Any]:
    entry, by_number, by_digest = TIES[kind]
    digest = sha256(written(content)).hexdigest()
    evidence, leaf = _evidence(entry, {by_number: number, by_digest: digest}, alter)
    statement = {"v": 1, "kind": kind, "issuer": OFFICE, "subject": number, "digest": digest}
    statement = alter("statement", statement | {"evidence": leaf.hex(), "at": AT})
    value = by.bureau.sign(b"tongban office statement v1\n" + written(statement)).hex()
    signature = {"statement": statement, "kid": listed(by.bureau)["kid"], "alg": by.bureau.alg}
    signature["value"] = value
    return {"signature": alter("signature", signature), "evidence": evidence}


def _evidence(kind: str, fields: dict[str, Any], alter: Alter) -> tuple[dict[str, Any], bytes]:
    """Give the evidence of an entry that stands in a log of one, and its leaf hash."""
    sealed = alter("fields", {name: {"salt": "11" * 16, "value": value} for name, value in fields.items()})
    hidden = alter("hidden", [])
    commitment = _commitment(sealed, hidden)
    leaf = {"version": 1, "kind": kind, "hour": "2026-11-23T04Z", "commitment": commitment}
    leaf = alter("leaf", leaf)
    hashed = sha256(b"\0" + written(leaf)).digest()
    promise = {"version": 1, "log": ORIGIN, "leaves": [hashed.hex()]}
    promise = alter(
        "promise", promise | {"issued": "2026-11-23T04:05:10Z", "deadline": "2026-11-23T04:05:40Z"}
    )
    body = f"{ORIGIN}\n1\n{b64encode(hashed).decode()}\n"
    vkey = VerifierKey(ORIGIN, LOG.public_key().public_bytes_raw())
    line = b64encode(vkey.key_id + LOG.sign(body.encode())).decode()
    proof = {"version": 1, "log": ORIGIN, "index": 0, "leaf": leaf, "hashes": []}
    return {
        "opening": alter("opening", {"version": 1, "leaf": leaf, "fields": sealed, "hidden": hidden}),
        "promise": {
            "statement": promise,
            "signature": LOG.sign(b"tongban ledger promise 1\n" + written(promise)).hex(),
        },
        "proof": alter("proof", proof | {"checkpoint": f"{body}\n— {ORIGIN} {line}\n"}),
    }, hashed


def _commitment(sealed: Any, hidden: Any) -> str:
    try:
        commitments = [
            sha256(
                b"tongban ledger field 1\0"
                + bytes.fromhex(field["salt"])
                + name.encode()
                + b"\0"
                + written(field["value"])
            ).digest()
            for name, field in sealed.items()
        ]
        commitments += [bytes.fromhex(each) for each in hidden]
    except (AttributeError, TypeError, KeyError, ValueError):
        return "00" * 32
    return sha256(b"tongban ledger entry 1\0" + b"".join(sorted(commitments))).hexdigest()


def trust_statement(
    alter: Alter = lambda _, found: found, *, by: Forger = FORGER, **other: Any
) -> dict[str, Any]:
    """Make a trust statement that its own root key signed, with other contents where given."""
    vkey = VerifierKey(ORIGIN, LOG.public_key().public_bytes_raw())
    office = {"office": OFFICE, "credit_code": CREDIT_CODE, "name": {"zh": "某局", "en": "An office"}}
    content = alter(
        "trust",
        {
            "node": "990100",
            "issued_at": "2026-11-01T00:00:00+08:00",
            "root": listed(by.root),
            "logs": [str(vkey)],
            "offices": [{**office, "keys": [listed(by.bureau)]}],
            **other,
        },
    )
    value = by.root.sign(b"tongban trust v1\n" + written(content)).hex()
    signature = {"kid": listed(by.root)["kid"], "alg": by.root.alg, "value": value}
    return {"format": "tongban-trust/1", "content": content, "signature": signature}


def forge_presentation(alter: Alter = lambda _, found: found, *, by: Forger = FORGER) -> tuple[bytes, bytes]:
    """Make a presentation of parts of a licence, and the status list that it names, both signed."""
    uri = f"https://node.example/status-lists/{OFFICE}"
    facts = {"type_name": {"zh": "营业执照", "en": "Business licence"}, "holder_name": "知味面馆有限公司"}
    facts |= {"certificate_identifier": NUMBER, "extend_info": [1, None]}
    shown = alter("shown", [["salt", name, value] for name, value in facts.items()])
    opened = [_base64url(written(each)) for each in shown]
    claims = {"vct": "licence", "evidence": "00" * 32, "audience": "bank", "purpose": "account"}
    claims |= {"_sd": [_base64url(sha256(each.encode()).digest()) for each in opened], "_sd_alg": "sha-256"}
    claims |= {"status": {"status_list": {"idx": 1, "uri": uri}}}
    token = _token("dc+sd-jwt", alter("claims", claims | _MOMENTS), by)
    places = {"bits": 2, "lst": _base64url(zlib.compress(bytes(4)))}
    listed = _token("statuslist+jwt", alter("list", {"sub": uri, "status_list": places} | _MOMENTS), by)
    return "~".join([token, *opened, ""]).encode(), listed.encode()


_MOMENTS = {
    "iss": f"https://node.example/offices/{OFFICE}",
    "iat": int(NOON.timestamp()) - 60,
    "exp": int(NOON.timestamp()) + 60,
}


def _token(type_: str, claims: Any, by: Forger) -> str:
    alg = {"Ed25519": "EdDSA"}.get(by.bureau.alg, by.bureau.alg)
    header = {"alg": alg, "kid": listed(by.bureau)["kid"], "typ": type_}
    text = ".".join(_base64url(written(part)) for part in (header, claims))
    return f"{text}.{_base64url(by.bureau.sign(text.encode()))}"


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def places_in(value: Any) -> list[tuple[Any, ...]]:
    """Give the path of every value within a value, itself first."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(), *((key, *rest) for key, each in inner for rest in places_in(each))]


def with_value_at(whole: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Give a copy of a value with another one at a path."""
    if not path:
        return value
    copied = json.loads(json.dumps(whole))
    inner = copied
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return copied
