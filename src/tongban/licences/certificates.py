"""The certificate of an office's key (X.509, RFC 5280), for programs that know keys by certificates alone.

It is signed by the key itself: an office's key is trusted because the trust statement names it, and its
certificate says the same key again in the form that readers of PDF and OFD take. Who checks one compares
its public key with the trust statement (docs/licence-files.md, 7).
"""

from base64 import b64decode
from datetime import datetime
from typing import Final

from tongban.kernel import der
from tongban.licences.keys import Office, PublicKey
from tongban.licences.signer.algorithms import ED25519, ES256, SM2, SigningKey

ALGORITHM_OIDS: Final = {
    ES256: "1.2.840.10045.4.3.2",  # ecdsa-with-SHA256, RFC 5758
    ED25519: "1.3.101.112",  # RFC 8410
    SM2: "1.2.156.10197.1.501",  # SM2 with SM3, GM/T 0006
}
_SERIAL = 8  # bytes of the key id
_HALF: Final = 32
_COMMON_NAME, _ORGANISATION, _IDENTIFIER, _COUNTRY = "2.5.4.3", "2.5.4.10", "2.5.4.97", "2.5.4.6"
_KEY_USAGE, _CONSTRAINTS, _KEY_ID = "2.5.29.15", "2.5.29.19", "2.5.29.14"


def certificate(office: Office, known: PublicKey, key: SigningKey) -> bytes:
    """Give an office's certificate in DER; with Ed25519 and P-256 the same bytes each time."""
    names = distinguished_name(office)
    begins, ends = (datetime.fromisoformat(each) for each in (known.valid_from, known.valid_to))
    algorithm = der.sequence(der.oid(ALGORITHM_OIDS[known.alg]))
    said = der.sequence(
        der.context(0, der.integer(2)),
        der.integer(serial(known.kid)),
        algorithm,
        names,
        der.sequence(der.time(begins), der.time(ends)),
        names,
        b64decode(known.public_key),
        der.context(
            3,
            der.sequence(
                _extension(_CONSTRAINTS, der.sequence(), critical=True),
                _extension(_KEY_USAGE, der.bits(b"\xc0", 6), critical=True),  # signs, and stands by it
                _extension(_KEY_ID, der.octets(bytes.fromhex(known.kid))),
            ),
        ),
    )
    return der.sequence(said, algorithm, der.bits(signature_value(known.alg, key.sign(said))))


def serial(kid: str) -> int:
    """Give the serial number of a key's certificate: its key id, and never nought or negative."""
    return int(kid, 16) | 1 << (8 * _SERIAL)


def distinguished_name(office: Office) -> bytes:
    """Give an office's name as certificates write it, with its credit code (ETSI EN 319 412-1, NTRCN-)."""
    parts = (
        (_COUNTRY, der.printable("CN")),
        (_ORGANISATION, der.utf8(office.name.zh)),
        (_IDENTIFIER, der.utf8(f"NTRCN-{office.credit_code}")),
        (_COMMON_NAME, der.utf8(office.name.zh)),
    )
    return der.sequence(*(der.set_of(der.sequence(der.oid(kind), value)) for kind, value in parts))


def signature_value(alg: str, raw: bytes) -> bytes:
    """Give a signature of 64 bytes as certificates and CMS hold it: for curves a sequence of r and s."""
    if alg == ED25519:
        return raw
    return der.sequence(der.integer(int.from_bytes(raw[:_HALF])), der.integer(int.from_bytes(raw[_HALF:])))


def _extension(kind: str, value: bytes, *, critical: bool = False) -> bytes:
    return der.sequence(der.oid(kind), *([der.boolean(True)] if critical else []), der.octets(value))
