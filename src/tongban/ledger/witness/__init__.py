"""A witness of other people's logs, in a process and a folder of its own."""

from tongban.ledger.witness.folder import make_witness, open_witness, trust_log, witness_key
from tongban.ledger.witness.keeping import Answer, Witness
from tongban.ledger.witness.serving import serve_witness

__all__ = [
    "Answer",
    "Witness",
    "make_witness",
    "open_witness",
    "serve_witness",
    "trust_log",
    "witness_key",
]
