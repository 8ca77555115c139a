"""One entry's proof as a single file, in the format of C2SP tlog-proof: verified offline. Pure."""

from base64 import b64encode

from tongban.kernel.canonical import canonical
from tongban.ledger.rules import Opening, Proof, disclose

HEADING = "c2sp.org/tlog-proof@v1"


def tlog_proof(proof: Proof, opening: Opening) -> str:
    """Give the proof as text; its extra data is the opening with every field hidden.

    So it shows what the public leaf shows and nothing more: whoever holds the opening can add it.
    """
    extra = b64encode(canonical(disclose(opening, ()).as_dict())).decode()
    hashes = "".join(f"{b64encode(each).decode()}\n" for each in proof.hashes)
    return f"{HEADING}\nextra {extra}\nindex {proof.index}\n{hashes}\n{proof.checkpoint}"
