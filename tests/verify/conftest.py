"""One issued licence in every shape that the verifier may meet."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.licences.conftest import CASE, NOON, Issuing, issuing, profile
from tests.sources import ROOT
from tongban.kernel.canonical import canonical
from tongban.licences import api as licences
from tongban_verify import Anchor, Report, anchor_from_bytes, page, verify_licence

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


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """The page as somebody keeps it on a disk."""
    path = tmp_path / "verify.html"
    path.write_bytes(page())
    return path


@pytest.fixture
def opened(visitor: Callable[..., BrowserContext], saved: Path) -> Iterator[Page]:
    """The saved page in a browser without a network; whatever it wanted from one fails the test."""
    context = visitor()
    context.set_offline(True)
    shown = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    shown.on("request", lambda request: asked.append(request.url))
    shown.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    shown.goto(saved.as_uri())
    yield shown
    assert asked == [saved.as_uri()]
    assert complaints == []


def hand_over(issuing: Issuing, identifier: str) -> Handed:
    """Download a licence file, with the node's trust file as the anchor."""
    anchor = anchor_from_bytes(licences.trust_file().read_bytes())
    return Handed(licences.licence_file(identifier), anchor, issuing.now)
