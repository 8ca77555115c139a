"""The signature in a PDF: CMS by the office's key with its certificate (PAdES B-B, EN 319 142-1). Pure."""

from cryptography import x509

from tongban.kernel import der
from tongban.licences.certificates import ALGORITHM_OIDS, signature_value
from tongban.licences.signer.seals import Seal
from tongban.licences.signer.statements import Signature

_SIGNED_DATA, _DATA = "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.1"
_SET, _IMPLICIT_0 = b"\x31", b"\xa0"


def cms(seal: Seal, signature: Signature, certificate: bytes) -> bytes:
    """Give the detached CMS SignedData (RFC 5652) that goes into the PDF."""
    named = x509.load_der_x509_certificate(certificate)
    hashed = der.sequence(seal.hash_oid())
    signer = der.sequence(
        der.integer(1),
        der.sequence(named.issuer.public_bytes(), der.integer(named.serial_number)),
        hashed,
        _IMPLICIT_0 + seal.signed().removeprefix(_SET),  # what is signed is a SET, what is written [0] (5.4)
        der.sequence(der.oid(ALGORITHM_OIDS[signature.alg])),
        der.octets(signature_value(signature.alg, bytes.fromhex(signature.value))),
    )
    return der.sequence(
        der.oid(_SIGNED_DATA),
        der.context(
            0,
            der.sequence(
                der.integer(1),
                der.set_of(hashed),
                der.sequence(der.oid(_DATA)),
                der.context(0, certificate),
                der.set_of(signer),
            ),
        ),
    )
