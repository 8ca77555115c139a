"""Two logs under one key: they agree up to a place and then tell different stories."""

from dataclasses import dataclass
from datetime import datetime

from tests.ledger.recording import SIGNER
from tests.ledger.worked_example import NOON
from tongban.ledger import tree
from tongban.ledger.notes import Checkpoint, VerifierKey, sign_checkpoint
from tongban.ledger.witness import Answer, Witness
from tongban.ledger.witnessing import Request

LOG = "decisions"
ORIGIN = SIGNER.origin(LOG)
KEY: VerifierKey = SIGNER.vkey(LOG)


@dataclass(frozen=True)
class Branch:
    """A story of so many leaves; `name` begins after `common` of them."""

    name: str
    common: int
    length: int = 40

    def leaves(self) -> list[bytes]:
        shared = [b"leaf %d" % at for at in range(self.common)]
        return shared + [b"%s %d" % (self.name.encode(), at) for at in range(self.common, self.length)]

    def hash_at(self, level: int, index: int) -> bytes:
        hashes = [tree.leaf_hash(leaf) for leaf in self.leaves()[index << level : (index + 1) << level]]
        return tree.append(tree.Range(), hashes).root()

    def checkpoint(self, size: int) -> Checkpoint:
        return Checkpoint(ORIGIN, size, tree.range_at(size, self.hash_at).root())

    def request(self, old: int, size: int) -> Request:
        proof = tree.consistency_proof(old, size, self.hash_at) if old <= size else []
        return Request(old, tuple(proof), sign_checkpoint(self.checkpoint(size), SIGNER))


TRUE = Branch("true", 40)


def ask(witness: Witness, old: int, size: int, branch: Branch = TRUE, *, now: datetime = NOON) -> Answer:
    return witness.add_checkpoint(branch.request(old, size).body(), now=now)
