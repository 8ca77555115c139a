"""What the keys of an office have come to: those it had, and what a revoked one vouches for no longer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tongban.kernel.ids import Chance
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.papers import api as papers


@dataclass(frozen=True, slots=True)
class Orphan:
    """A licence or a notice whose signature counts for nothing since its key was revoked."""

    what: licences.Affected
    key: licences.PublicKey
    is_licence: bool

    def as_dict(self) -> dict[str, object]:
        """Give it for a program."""
        return {
            "kind": "licence" if self.is_licence else "notice",
            "number": self.what.number,
            "holder": self.what.holder,
            "at": self.what.at.isoformat(),
            "kid": self.key.kid,
        }

    def sign_again(self, signers: licences.Signing, now: datetime, chance: Chance) -> None:
        """Have the office's present key vouch for it."""
        again = licences.sign_again if self.is_licence else papers.seal_again
        again(self.what.number, self.key, signers, now=now, chance=chance)


def orphans(office: str) -> Iterator[Orphan]:
    """Give what the office's revoked keys vouch for no longer and nobody has signed again, licences first."""
    for key in licences.public_keys(ledger.keys_folder(), office):
        if key.revoked:
            yield from (Orphan(each, key, True) for each in licences.affected_licences(key))
            yield from (Orphan(each, key, False) for each in papers.affected_notices(key))
