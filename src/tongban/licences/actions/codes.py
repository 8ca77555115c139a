"""The QR code of a licence that verifies offline: signed by the office when it is first drawn."""

from datetime import datetime

from tongban.kernel.clock import SHANGHAI
from tongban.kernel.transactions import outside_any_transaction
from tongban.ledger import api as ledger
from tongban.licences.keys import key_in_use
from tongban.licences.models import LicenceRow
from tongban.licences.queries import as_licence, signed_row
from tongban.licences.signer.client import Signing
from tongban.licences.signer.codes import Code
from tongban.licences.signer.statements import read_statement
from tongban.licences.status_lists import status_place


def code_of(identifier: str, signers: Signing, *, address: str) -> str:
    """Give what the QR code of a signed licence holds; `address` is where anybody verifies it online.

    It says the same whenever it is asked for, until the office has another key: the signer gives what its
    journal holds, and reading changes nothing. Raises NotFound for what is not signed, SourceDown when the
    signer is silent.
    """
    outside_any_transaction("signing a code")
    row = signed_row(identifier)
    wish = _wish(row, address)
    signature = signers.sign(row.issuer, wish.text())
    return wish.with_signature(signature.kid, signature.alg, signature.value)


def _wish(row: LicenceRow, address: str) -> Code:
    found = as_licence(row)
    return Code(
        issuer=row.issuer,
        subject=row.identifier,
        evidence=read_statement(row.statement).evidence,
        digest=row.digest,
        title=found.name.zh,
        holder=found.holder.name,
        starts=found.content["validate_start"],
        ends=found.content["validate_end"] or "",
        place=status_place("", row.issuer, row.pk).index,
        at=_moment(row).astimezone(SHANGHAI).isoformat(),
        address=address,
    )


def _moment(row: LicenceRow) -> datetime:
    """Give when the licence was signed, and nothing before the key that signs now was good."""
    key = key_in_use(ledger.keys_folder(), row.issuer)
    signed = row.signed_at or row.prepared_at
    return signed if key is None else max(signed, datetime.fromisoformat(key.valid_from))
