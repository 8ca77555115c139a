"""Files that prove themselves: a licence with its signature, history, evidence and the keys to check it.

The verifier in packages/verify reads them; docs/licence-files.md says their formats byte by byte.
"""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

from tongban.kernel.canonical import canonical
from tongban.kernel.errors import Conflict
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.licences.keys import read_trust
from tongban.licences.node_keys import trust_file
from tongban.licences.queries import require_settled, signed_row

LICENCE_FORMAT: Final = "tongban-licence/1"
EVIDENCE_FORMAT: Final = "tongban-evidence/1"


def licence_file(identifier: str, *, trust: Path | None = None) -> bytes:
    """Give a signed licence as one file that anybody can verify alone, in canonical JSON (RFC 8785).

    Raises NotFound for what is not signed yet, Conflict while a change of its status is being signed
    or while there is neither a promise nor a proof of its evidence.
    """
    row = signed_row(identifier)
    changes = require_settled(row)
    told = read_trust(trust or trust_file())
    return canonical(
        {
            "format": LICENCE_FORMAT,
            "licence": json.loads(row.content),
            "signature": signature_block(row.statement, row.kid, row.signature, told),
            "evidence": evidence_block(row.prepared_entry, row.promise),
            "status": [
                {
                    "change": json.loads(change.content),
                    "signature": signature_block(change.statement, change.kid, change.signature, told),
                    "evidence": evidence_block(change.entry, change.promise),
                }
                for change in changes
            ],
            "trust": told,
        }
    )


def evidence_file(
    entry: str, *, shown: Collection[str] | None = None, promise: str = "", trust: Path | None = None
) -> bytes:
    """Give one evidence entry, opened, as a file that anybody can verify alone: a receipt for its holder.

    Where not everything is the holder's to know, only the fields `shown` are opened, as far as it has them.
    """
    return canonical(
        {
            "format": EVIDENCE_FORMAT,
            "evidence": evidence_block(entry, promise, shown),
            "trust": read_trust(trust or trust_file()),
        }
    )


def signature_block(statement: str, kid: str, value: str, trust: Mapping[str, Any]) -> dict[str, Any]:
    """Give an office's signature beside the statement that it is over.

    The trust file tells which algorithm the key is of; without its key there no signature verifies anyway.
    """
    keys = (key for office in trust["content"]["offices"] for key in office["keys"])
    alg = next((key["alg"] for key in keys if key["kid"] == kid), "")
    return {"statement": json.loads(statement), "kid": kid, "alg": alg, "value": value}


def evidence_block(entry: str, promise: str, shown: Collection[str] | None = None) -> dict[str, Any]:
    """Give an entry's opening with the log's promise, if one was made, and its proof, once published."""
    opening = ledger.opening(entry)
    if shown is not None:
        opening = ledger.disclose(opening, opening.fields.keys() & set(shown))
    block: dict[str, Any] = {"opening": opening.as_dict()}
    if promise:
        block["promise"] = json.loads(promise)
    try:
        block["proof"] = ledger.proof(entry).as_dict()
    except Conflict as unpublished:
        if not promise:
            raise Conflict(
                "licences.no_evidence_yet",
                what=Text(
                    "存证尚未公布，暂不能提供可核验文件。",
                    "The evidence is not published yet, so there is no file to verify.",
                ),
                todo=Text("请稍后再下载。", "Download it again in some seconds."),
            ) from unpublished
    return block
