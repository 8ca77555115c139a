"""HTTP Message Signatures (RFC 9421) over requests and answers, digests of content (RFC 9530). Pure.

A request is signed by Ed25519 or by ECDSA on P-256 with SHA-256. Its one signature must cover the method,
the whole target and, where there is a body, its digest and its type; it says when it was made, with which
key, and a nonce. Whether that nonce was used before is for whoever keeps them. An answer's signature covers
the request's, so that no answer can be put in the place of another.
"""

import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256, sha512
from typing import Final, Literal, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tongban.exchange.gateway.fields import InnerList, Item, Malformed, read_dictionary, write_dictionary
from tongban.kernel.errors import Invalid, NotSignedIn
from tongban.kernel.texts import Text

Fields = Mapping[str, str]
Algorithm = Literal["ed25519", "ecdsa-p256-sha256"]

WINDOW_S = 60  # before and after this node's clock; beyond it a signature counts no more
NONCE_CHARACTERS = range(16, 129)
HALF = 32  # bytes of r and of s
DIGESTS: Final = {"sha-256": sha256, "sha-512": sha512}  # RFC 9530 §5: the two that are to be used
DEFAULT_PORTS: Final = {"http": "80", "https": "443"}
WHOLE_TARGET: Final = ({"@target-uri"}, {"@authority", "@path", "@query"})
OF_A_BODY: Final = {"content-digest", "content-type"}
LABEL: Final = "node"  # of the signature over an answer
# What an answer to an unsigned request asks for (RFC 9421 §5).
WANTED: Final = 'sig=("@method" "@target-uri" "content-digest" "content-type");created;keyid;alg;nonce'


class Signer(Protocol):
    """A key that signs by Ed25519, and its name."""

    @property
    def key_id(self) -> str: ...

    def sign(self, message: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: the node's own origin, never what the request says of it, and path and query.

    `query` begins with its question mark, or is empty.
    """

    scheme: str
    authority: str
    path: str
    query: str = ""

    @property
    def named(self) -> str:
        """Give the authority in the form that is signed: lower case, no default port (RFC 9421 §2.2.3)."""
        return self.authority.lower().removesuffix(f":{DEFAULT_PORTS.get(self.scheme)}")


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came; names of fields in lower case, several lines of one joined (`joined`)."""

    method: str
    target: Target
    fields: Fields
    body: bytes


@dataclass(frozen=True, slots=True)
class Signed:
    """What a message says of its signature: what it covers, in this order, and with which parameters."""

    covered: InnerList
    value: bytes

    def names(self) -> set[str]:
        return {str(item.value) for item in self.covered.items if not item.parameters}

    def text(self, name: str) -> str:
        """Give a parameter that is a text; empty where it is absent or none."""
        found = self.covered.parameters.get(name, "")
        return found if type(found) is str else ""

    def whole(self, name: str) -> int | None:
        """Give a parameter that is a whole number, or None."""
        found = self.covered.parameters.get(name)
        return found if type(found) is int else None


def joined(lines: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Give the fields of a message by name, lines of the same name joined in their order (RFC 9421 §2.1)."""
    found: dict[str, str] = {}
    for name, value in lines:
        key, said = name.lower(), value.strip(" \t")
        found[key] = f"{found[key]}, {said}" if key in found else said
    return found


def read_signature(fields: Fields) -> Signed:
    """Read the one signature of a message; raises NotSignedIn where there is none, or several."""
    described = _dictionary(fields, "signature-input")
    values = _dictionary(fields, "signature")
    if len(described) != 1 or described.keys() != values.keys():
        raise _unsigned(
            "gateway.signature_absent",
            "请求没有签名，或签名不止一个",
            "The request has no signature, or more than one",
        )
    (covered,), (value,) = described.values(), values.values()
    if not isinstance(covered, InnerList) or not isinstance(value, Item) or type(value.value) is not bytes:
        raise _unreadable("signature")
    if any(type(item.value) is not str for item in covered.items):
        raise _unreadable("signature-input")
    return Signed(covered, value.value)


def require_complete(signed: Signed, *, has_body: bool) -> None:
    """Refuse a signature that leaves something of the request open, or says too little of itself."""
    names = signed.names()
    missing = {"@method"} - names
    if not any(names >= whole for whole in WHOLE_TARGET):
        missing |= {"@target-uri"}
    if has_body:
        missing |= OF_A_BODY - names
    said = {"keyid": signed.text("keyid"), "alg": signed.text("alg"), "created": signed.whole("created")}
    missing |= {name for name, value in said.items() if not value}
    if len(signed.text("nonce")) not in NONCE_CHARACTERS:
        missing |= {"nonce"}
    if missing:
        listed = ", ".join(sorted(missing))
        raise _unsigned(
            "gateway.signature_incomplete",
            f"签名缺少：{listed}",
            f"The signature lacks: {listed}",
        )


def require_timely(signed: Signed, now: datetime) -> None:
    """Refuse a signature that was not made just now by this node's clock, or that has expired by itself."""
    created, expires, at = signed.whole("created") or 0, signed.whole("expires"), now.timestamp()
    if abs(at - created) > WINDOW_S or (expires is not None and expires < at):
        raise NotSignedIn(
            "gateway.signature_stale",
            what=Text(
                f"签名时间 created 与本节点时钟相差超过{WINDOW_S}秒，或签名已过期。",
                f"`created` is more than {WINDOW_S} s from this node's clock, or the signature has expired.",
            ),
            todo=Text("请校准时钟后重新签名。", "Set your clock, then sign the request again."),
        )


def signature_base(signed: Signed, component: Callable[[Item], str]) -> bytes:
    """Give the bytes that a signature is over (RFC 9421 §2.5); `component` gives a covered item's value."""
    if len({str(item) for item in signed.covered.items}) != len(signed.covered.items):
        raise _unreadable("signature-input")
    lines = [f"{item}: {component(item)}" for item in signed.covered.items]
    base = "\n".join([*lines, f'"@signature-params": {signed.covered}'])
    if not base.isascii():
        raise _unreadable("signature-input")
    return base.encode()


def of_request(request: Request) -> Callable[[Item], str]:
    """Give what says the value of each component of a request."""
    target = request.target
    derived = {
        "@method": request.method,
        "@target-uri": f"{target.scheme}://{target.named}{target.path}{target.query}",
        "@authority": target.named,
        "@scheme": target.scheme,
        "@request-target": target.path + target.query,
        "@path": target.path,
        "@query": target.query or "?",
    }

    def component(item: Item) -> str:
        found = (derived if str(item.value).startswith("@") else request.fields).get(str(item.value))
        if found is None or item.parameters:
            raise _unsigned(
                "gateway.component",
                f"签名所列 {item} 不在请求中，或不受支持",
                f"The signature covers {item}, which is not in the request or not supported",
            )
        return found

    return component


def of_answer(status: int, fields: Fields, request_fields: Fields) -> Callable[[Item], str]:
    """Give what says the value of each component of an answer, and of the request that it is to."""

    def component(item: Item) -> str:
        if item.value == "@status" and not item.parameters:
            return str(status)
        place = request_fields if item.parameters == {"req": True} else fields
        return place[str(item.value)]

    return component


def verify(signed: Signed, base: bytes, *, algorithm: Algorithm, public_key: bytes) -> None:
    """Check a signature over its base by a key (DER); raises NotSignedIn unless it is that key's."""
    if signed.text("alg") not in ("", algorithm) or not _is_signed(algorithm, public_key, base, signed.value):
        raise _unsigned(
            "gateway.signature_wrong",
            "签名与请求或登记的公钥不符",
            "The signature is not over this request by the registered key",
        )


def require_digest(fields: Fields, body: bytes) -> None:
    """Check the digest of a body (RFC 9530): every one that is given and known, and at least one."""
    given = _dictionary(fields, "content-digest")
    known = [name for name in given if name in DIGESTS]
    right = all(_is(given[name], DIGESTS[name](body).digest()) for name in known)
    if not known or not right:
        raise Invalid(
            "gateway.digest_wrong",
            what=Text("请求正文与 Content-Digest 不符。", "The body is not the one of its Content-Digest."),
            todo=Text(
                "请对发出的正文原样计算 sha-256 或 sha-512。",
                "Take sha-256 or sha-512 of the body exactly as it is sent.",
            ),
        )


def digest_of(body: bytes) -> str:
    """Give the field that tells a body's digest."""
    return write_dictionary({"sha-256": Item(sha256(body).digest())})


def sign_answer(
    status: int, fields: Fields, body: bytes, *, to: Fields, signer: Signer, created: int
) -> dict[str, str]:
    """Give the fields by which an answer is signed: over status, content and the request's own signature.

    `to` are the fields of the request (RFC 9421 §2.4).
    """
    digested = {**fields, "content-digest": digest_of(body)}
    covered = InnerList(
        (Item("@status"), Item("content-digest"), Item("content-type"), Item("signature", {"req": True})),
        {"created": created, "keyid": signer.key_id, "alg": "ed25519"},
    )
    value = signer.sign(signature_base(Signed(covered, b""), of_answer(status, digested, to)))
    return {
        "content-digest": digested["content-digest"],
        "signature-input": write_dictionary({LABEL: covered}),
        "signature": write_dictionary({LABEL: Item(value)}),
    }


def _is_signed(algorithm: Algorithm, public_key: bytes, base: bytes, value: bytes) -> bool:
    key = _loaded(public_key)
    try:
        if algorithm == "ed25519" and isinstance(key, Ed25519PublicKey):
            key.verify(value, base)
            return True
        if algorithm == "ecdsa-p256-sha256" and isinstance(key, ec.EllipticCurvePublicKey):
            if len(value) != 2 * HALF:
                return False
            r, s = int.from_bytes(value[:HALF]), int.from_bytes(value[HALF:])
            key.verify(encode_dss_signature(r, s), base, ec.ECDSA(hashes.SHA256()))
            return True
    except InvalidSignature:
        return False
    return False


@lru_cache(maxsize=1024)
def _loaded(public_key: bytes) -> object:
    return load_der_public_key(public_key)


def _is(member: Item | InnerList, expected: bytes) -> bool:
    found = member.value if isinstance(member, Item) else None
    return isinstance(found, bytes) and hmac.compare_digest(found, expected)


def _dictionary(fields: Fields, name: str) -> Mapping[str, Item | InnerList]:
    try:
        return read_dictionary(fields.get(name, ""))
    except Malformed as broken:
        raise _unreadable(name, broken.at) from broken


def _unreadable(name: str, at: int = 1) -> Invalid:
    return Invalid(
        "gateway.field",
        what=Text(
            f"请求头 {name} 第 {at} 个字符起不符合格式。", f"The field {name} is malformed at character {at}."
        ),
        todo=Text(
            "请按 RFC 9421 和 RFC 9651 书写签名头。", "Write the fields of a signature as RFC 9421 has them."
        ),
    )


def _unsigned(code: str, zh: str, en: str) -> NotSignedIn:
    return NotSignedIn(
        code,
        what=Text(f"{zh}。", f"{en}."),
        todo=Text("请按 docs/gateway.md 重新签名。", "Sign it as docs/gateway.md says."),
    )
