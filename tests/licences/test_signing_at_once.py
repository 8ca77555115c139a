"""Several offices are asked for signatures at the same time, and one that is silent holds up no other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Barrier

import pytest

from tests.licences.conftest import MARKET, NOON, TAX
from tests.licences.fitting import signed_by
from tongban.kernel.errors import NotFound, SourceDown
from tongban.kernel.texts import Text
from tongban.licences.signer.client import DirectSigners, Signing, sign_everywhere
from tongban.licences.signer.keyfiles import load_key
from tongban.licences.signer.statements import Signature, Statement

STATEMENT = Statement(
    kind="licence",
    issuer=MARKET,
    subject="11100000MB0143028R001.11990121MB00000000.00000000000000000001.001.0",
    digest="a" * 64,
    evidence="b" * 64,
    at=NOON.isoformat(),
)
WANTED = {
    MARKET: [STATEMENT.text(), replace(STATEMENT, digest="c" * 64).text()],
    TAX: [replace(STATEMENT, issuer=TAX).text()],
}


@dataclass
class Gathered:
    """Signers of whom none answers before all are asked; `silent` ones do not answer then either."""

    signers: Signing
    asked: Barrier
    silent: str = ""

    def sign(self, office: str, statement: str) -> Signature:
        return self.sign_all(office, [statement])[0]

    def sign_all(self, office: str, statements: Sequence[str]) -> list[Signature]:
        self.asked.wait()
        if office == self.silent:
            raise SourceDown("t", what=Text("无应答", "silent"), todo=Text("等", "wait"))
        return self.signers.sign_all(office, statements)


def test_every_office_is_asked_before_any_has_answered(signers: DirectSigners, keys: Path) -> None:
    found = sign_everywhere(Gathered(signers, Barrier(2, timeout=60)), WANTED)
    assert list(found) == [MARKET, TAX]
    for office, statements in WANTED.items():
        answer = found[office]
        assert isinstance(answer, list)
        key = load_key(keys / office)
        assert [signed_by(key, *each) for each in zip(statements, answer, strict=True)] == [True] * len(
            answer
        )


@pytest.mark.parametrize("silent", [MARKET, TAX])
def test_an_office_that_is_silent_keeps_no_other_waiting(signers: DirectSigners, silent: str) -> None:
    found = sign_everywhere(Gathered(signers, Barrier(2, timeout=60), silent), WANTED)
    assert isinstance(found.pop(silent), SourceDown)
    [other] = found.values()
    assert isinstance(other, list)


def test_an_office_without_a_key_is_no_silent_one(signers: DirectSigners) -> None:
    with pytest.raises(NotFound):
        sign_everywhere(signers, {**WANTED, "court.990100": [STATEMENT.text()]})
