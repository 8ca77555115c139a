"""An office's electronic seal for OFD (GB/T 38540-2020): recalled, to be checked against the standard's text.

A real seal is made by the authority that records seals, bears the office's name and is signed by that
authority. This one is a plain red ring, and the office's own key signs it: no seal of state looks like it.
"""

import struct
import zlib
from datetime import datetime
from math import hypot
from typing import Final

from tongban.kernel import der
from tongban.licences.certificates import ALGORITHM_OIDS, signature_value
from tongban.licences.keys import Office, PublicKey
from tongban.licences.signer.algorithms import SM2, SigningKey
from tongban.licences.signer.seals import SEAL_VERSION, Stamp
from tongban.licences.signer.statements import Signature

SIDE_MM: Final = 42  # a seal of this size is usual for an office (国发〔1999〕25号, recalled)
_PIXELS: Final = 168
_RING: Final = 8.0  # pixels wide
_OFFICIAL, _WHOLE_CERTIFICATES = 1, 1  # type of seal; that its list holds certificates and not their hashes


def make_seal(office: Office, known: PublicKey, key: SigningKey, certificate: bytes) -> bytes:
    """Give an office's seal (SESeal) in DER, for the key that may use it, as long as that may sign."""
    begins, ends = (datetime.fromisoformat(each) for each in (known.valid_from, known.valid_to))
    said = der.sequence(
        der.sequence(der.ia5("ES"), der.integer(SEAL_VERSION), der.ia5("Tongban")),
        der.ia5(known.kid),
        der.sequence(
            der.integer(_OFFICIAL),
            der.utf8(office.name.zh),
            der.integer(_WHOLE_CERTIFICATES),
            der.sequence(der.octets(certificate)),
            *(der.generalized_time(each) for each in (begins, begins, ends)),
        ),
        der.sequence(der.ia5("PNG"), der.octets(ring()), der.integer(SIDE_MM), der.integer(SIDE_MM)),
    )
    return der.sequence(
        said,
        der.octets(certificate),
        der.oid(ALGORITHM_OIDS[SM2]),
        der.bits(signature_value(SM2, key.sign(said))),
    )


def stamped(stamp: Stamp, signature: Signature, certificate: bytes) -> bytes:
    """Give the signature with the seal (SES_Signature) that goes into the OFD."""
    return der.sequence(
        stamp.signed(),
        der.octets(certificate),
        der.oid(ALGORITHM_OIDS[signature.alg]),
        der.bits(signature_value(signature.alg, bytes.fromhex(signature.value))),
    )


def ring() -> bytes:
    """Draw a red ring on nothing, as PNG; its rim fades over one pixel."""
    middle, outer = (_PIXELS - 1) / 2, _PIXELS / 2 - 1
    rows = bytearray()
    for y in range(_PIXELS):
        rows.append(0)  # no filter
        for x in range(_PIXELS):
            away = hypot(x - middle, y - middle)
            shown = min(outer - away, away - (outer - _RING))
            rows += bytes((200, 20, 20, round(255 * min(1.0, max(0.0, shown)))))
    head = struct.pack(">IIBBBBB", _PIXELS, _PIXELS, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(said)) + kind + said + struct.pack(">I", zlib.crc32(kind + said))
        for kind, said in parts
    )
