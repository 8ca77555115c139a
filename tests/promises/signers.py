"""Signers of whom some do not answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from tongban.kernel.errors import SourceDown
from tongban.kernel.texts import Text
from tongban.licences import api as licences


@dataclass
class SilentSigners:
    """The town's signers, of which some do not answer."""

    signers: licences.Signing
    silent: frozenset[str] = frozenset()

    def sign(self, office: str, statement: str) -> licences.Signature:
        return self.sign_all(office, [statement])[0]

    def sign_all(self, office: str, statements: Sequence[str]) -> list[licences.Signature]:
        if office.partition(".")[0] in self.silent:
            raise SourceDown("t", what=Text("无应答", "silent"), todo=Text("等", "wait"))
        return self.signers.sign_all(office, statements)
