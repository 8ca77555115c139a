"""One issued licence in every shape that the verifier may meet."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from tests.licences.conftest import CASE, NOON, Issuing, issuing, profile
from tests.sources import ROOT
from tongban.kernel.canonical import canonical
from tongban.licences import api as licences
from tongban_verify import Anchor, Report, anchor_from_bytes, verify_licence

__all__ = ["issuing", "profile"]

Tree = dict[str, Any]
EXAMPLE = ROOT / "docs" / "licence-example.json"


@dataclass(frozen=True)
class Handed:
    """A licence file in somebody's hands, and the anchor that they trust."""

    data: bytes
    anchor: Anchor
    now: datetime

    @property
    def tree(self) -> Tree:
        """The file as an object of one's own, to be tampered with."""
        tree: Tree = json.loads(self.data)
        return tree

    def verify(self, tree: Tree | None = None, *, now: datetime | None = None) -> Report:
        """Verify the file, or what became of it."""
        data = self.data if tree is None else canonical(tree)
        return verify_licence(data, self.anchor, now or self.now)

    def codes_after(self, tamper: Callable[[Tree], object]) -> list[str]:
        """Tamper with the file and give the reasons that the verifier names."""
        tree = self.tree
        tamper(tree)
        assert canonical(tree) != self.data, "nothing was tampered with"
        return [reason.code for reason in self.verify(tree).reasons]


@pytest.fixture
def handed(issuing: Issuing) -> Handed:
    """A licence that was issued among others, published and downloaded."""
    issuing.issue(CASE[:-1] + "2")
    identifier = issuing.issue().identifier
    issuing.issue(CASE[:-1] + "3")
    issuing.publish()
    return hand_over(issuing, identifier)


@pytest.fixture(scope="session")
def specimen() -> Handed:
    """The published example of a licence file: what a verifier written years ago must still read."""
    data = EXAMPLE.read_bytes().rstrip(b"\n")
    trust: Tree = json.loads(data)["trust"]
    return Handed(data, anchor_from_bytes(canonical(trust)), NOON)


def hand_over(issuing: Issuing, identifier: str) -> Handed:
    """Download a licence file, with the node's trust file as the anchor."""
    anchor = anchor_from_bytes(licences.trust_file().read_bytes())
    return Handed(licences.licence_file(identifier), anchor, issuing.now)
