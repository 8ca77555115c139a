"""Licences in numbers: a whole status list published, and presentations verified by anybody's program."""

import random
import time
import zlib
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from django.conf import settings
from django.db import connection

from bench.rows import Measure
from tongban.kernel.clock import SystemClock
from tongban.kernel.ids import SystemChance
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.licences.models import LicenceRow
from tongban.licences.presenting import compose
from tongban.licences.signer.algorithms import ED25519, SM2, make_key
from tongban.licences.signer.codes import Code
from tongban.licences.signer.tokens import base64url, compact
from tongban.licences.status_lists import status_place
from tongban_verify import anchor_from_bytes
from tongban_verify.sd_jwt import check_presentation

OFFICE, ORIGIN = "market.990121", "https://node.example"
NUMBER = "1.2.156.3005.2.11100000MB0143028R001.11990121310121000D.ISEGWEPD09EG9P3C69KL.001.7"
KID, COMPANY = "0123456789abcdef", "云东县燕归来餐饮有限公司"
LICENCES, REVOKED_EVERY, PRESENTATIONS = 1_000_000, 100, 3_000
# A list of licences without contents: what is measured reads number, issuer and status alone.
SEED = """
INSERT INTO licences_licence (id, identifier, base, version, type_code, issuer, holder_type, holder_code,
 case_number, operation, status, content, digest, statement, prepared_at, prepared_entry, kid, signature,
 signed_entry, promise)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
SELECT i, 'bench.' || i, 'bench.' || i, 1, 'bench', '{office}', '001', '', 'bench.' || i, '01', '01', '', '',
 '', '2026-11-23 00:00:00', '', '', '', '', '' FROM n
"""


class Node:
    """An office with its key and signer, made when the first row asks for it."""

    signers: licences.DirectSigners | None = None
    published = 0

    @classmethod
    def office(cls) -> licences.DirectSigners:
        """Give the office's signer."""
        if cls.signers is None:
            keys, clock, chance = ledger.keys_folder(), SystemClock(), SystemChance()
            if ledger.public_log_key(keys) is None:  # an earlier row may have made it
                ledger.make_log_key(keys, "990100")
            licences.make_root_key(keys, now=clock.now(), chance=chance)
            licences.make_office_key(OFFICE, keys, now=clock.now(), chance=chance)
            signed = licences.Journal(Path(settings.VAR) / "bench-signed")
            made = licences.OfficeSigner(OFFICE, licences.load_key(keys / OFFICE), signed, clock)
            cls.signers = licences.DirectSigners({OFFICE: made})
        return cls.signers


def _million() -> None:
    """Have a million licences of one office, one in a hundred of them revoked, at random places."""
    if LicenceRow.objects.filter(issuer=OFFICE, type_code="bench").count() == LICENCES:
        return
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM licences_licence")
        cursor.execute(SEED.format(count=LICENCES, office=OFFICE))
        revoked = random.Random(1).sample(range(1, LICENCES + 1), LICENCES // REVOKED_EVERY)  # noqa: S311
        cursor.executemany(
            "UPDATE licences_licence SET status = '03' WHERE id = %s", [(each,) for each in revoked]
        )


def published() -> float:
    """Seconds to publish the list of a million licences, read from the store, signed and on the disk."""
    _million()
    folder, signers = Path(settings.VAR) / "bench-lists", Node.office()
    (folder / f"{OFFICE}.jwt").unlink(missing_ok=True)  # one that would say the same is left as it is
    start = time.perf_counter()
    licences.publish_status_lists(folder, signers, origin=ORIGIN, now=SystemClock().now())
    took = time.perf_counter() - start
    Node.published = (folder / f"{OFFICE}.jwt").stat().st_size
    return took


def packed_bare() -> float:
    """Seconds to set the same places and compress them, nothing else: no store, no signature, no disk."""
    places = random.Random(1).sample(range(LICENCES), LICENCES // REVOKED_EVERY)  # noqa: S311
    start = time.perf_counter()
    bits = bytearray(LICENCES // 4)
    for place in places:
        bits[place // 4] |= 1 << (place % 4 * 2)
    zlib.compress(bytes(bits), 9)
    return time.perf_counter() - start


def _presentation() -> tuple[bytes, bytes, dict[str, str]]:
    """Give one presentation of three of twelve facts, the trust file to check it by, and the key as a JWK."""
    signers, now, chance = Node.office(), SystemClock().now(), SystemChance()
    showings = {f"field.{at}": (Text("项", "fact"), f"value {at}") for at in range(12)}
    wanted = licences.Showing(tuple(showings)[:3], "bank", "account", now + timedelta(days=7))
    composed = compose(
        showings,
        wanted,
        origin=ORIGIN,
        issuer=OFFICE,
        type_code="11100000MB0143028R001",
        status=status_place(ORIGIN, OFFICE, 1),
        evidence="0" * 64,
        now=now,
        chance=chance,
    )
    signature = signers.sign(OFFICE, composed.token.text())
    file = f"{compact(composed.token, signature.kid, signature.alg, signature.value)}~{composed.disclosures}"
    keys = ledger.keys_folder()
    office = licences.Office(OFFICE, "11990121310121000D", Text("市监", "Market"))
    path = Path(settings.VAR) / "bench-trust.json"
    licences.write_trust(path, node="990100", keys_folder=keys, offices=[office], log_vkeys=[], now=now)
    raw = _public().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return file.encode(), path.read_bytes(), {"kty": "OKP", "crv": "Ed25519", "x": base64url(raw)}


def _public() -> Ed25519PublicKey:
    found = load_der_public_key(licences.load_key(ledger.keys_folder() / OFFICE).spki)
    assert isinstance(found, Ed25519PublicKey)  # noqa: S101  the profile that this file asks for
    return found


def verified() -> float:
    """Presentations a second that tongban-verify checks as a library, of one core's time."""
    data, trust_file, _ = _presentation()
    trust, now = anchor_from_bytes(trust_file).statement, SystemClock().now()
    assert trust is not None  # noqa: S101  a trust file gives a statement; a bare key would not
    start = time.process_time()
    for _ in range(PRESENTATIONS):
        check_presentation(data, trust, now)
    return PRESENTATIONS / (time.process_time() - start)


def signatures_alone() -> float:
    """Ed25519 signatures that the same key checks in a second of one core: the floor of verifying."""
    data, _, _ = _presentation()
    key = licences.load_key(ledger.keys_folder() / OFFICE)
    message = data.partition(b"~")[0].rpartition(b".")[0]
    signature, public = key.sign(message), _public()
    start = time.process_time()
    for _ in range(PRESENTATIONS):
        public.verify(signature, message)
    return PRESENTATIONS / (time.process_time() - start)


def _code(alg: str, holder: str) -> str:
    """Give what the QR code of a licence holds, signed with a key of this algorithm."""
    wish = Code(
        issuer=OFFICE,
        subject=NUMBER,
        evidence="0" * 64,
        digest="f" * 64,
        title="营业执照",
        holder=holder,
        starts="2026-11-23",
        ends="2031-11-22",
        place=LICENCES,
        at="2026-11-23T12:00:00+08:00",
        address=f"{ORIGIN}/verify/{NUMBER}/",
    )
    key = make_key(alg, SystemChance())
    value = key.sign(wish.signed(KID, alg)).hex()
    return wish.with_signature(KID, alg, value)


def code_bytes() -> float:
    """Bytes of the signed message in the QR code of a company's licence."""
    return len(_message(_code(ED25519, COMPANY)))


def _message(code: str) -> bytes:
    number = int(code.partition("#")[2])
    return number.to_bytes((number.bit_length() + 7) // 8)


def _codes() -> str:
    """Say how large the code is drawn, as it is and at its largest."""
    told = []
    for name, alg, holder in (
        ("it", ED25519, COMPANY),
        ("with SM2", SM2, COMPANY),
        ("with SM2 and a name of 60 characters", SM2, "名" * 60),
    ):
        code = _code(alg, holder)
        drawn = licences.drawn(code)
        told.append(
            f"{name}: {len(_message(code))} bytes, {len(code)} characters with the address, QR version"
            f" {drawn.version}-{drawn.error}, {drawn.symbol_size(border=0)[0]} modules a side"
        )
    return "; ".join(told)


def _size() -> str:
    return f"the list is {Node.published:,} bytes, and may be 200,000"


MEASURES = (
    Measure(
        "licences.status_list",
        "s",
        published,
        target=2.0,
        less_is_better=True,
        beside=packed_bare,
        said=_size,
        note="1,000,000 licences, 1 % revoked at random; floor: the bits set and compressed alone",
    ),
    Measure(
        "licences.sd_jwt",
        "/s",
        verified,
        target=3_000,
        beside=signatures_alone,
        note="3 of 12 facts shown, one core; floor: its Ed25519 signature alone",
    ),
    Measure("licences.code", "bytes", code_bytes, said=_codes, runs=1),
)
