"""The published files that every verifier must judge alike: made by the platform, read by the verifier.

docs/licence-example.json is a whole licence file; docs/verifying-vectors-*.json have, for each profile of
signatures, one file of every kind and standing, each with who is trusted, the moment, and what is to be said.
To write all anew after a change of a format: `TONGBAN_WRITE_EXAMPLE=1 pytest tests/verify/test_example.py`.
"""

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.licences.conftest import CASE, MARKET, Issuing, issuing, profile
from tests.licences.test_actions import GIVE_BACK, REVOKE, SUSPEND
from tests.papers.conftest import Office, office
from tests.verify.conftest import EXAMPLE, Handed, handed
from tests.verify.forging import FINGERPRINT
from tests.verify.test_witnesses import NAMES, SIGNERS, cosigned
from tests.verify.vectors import PUBLISHED, Vector, published_in, published_ones, written
from tongban.kernel.canonical import canonical
from tongban.kernel.transactions import whole
from tongban.ledger import api as ledger
from tongban.ledger.asking import KnownWitness, WitnessPolicy
from tongban.ledger.notes import COSIGNATURE, VerifierKey
from tongban.licences import api as licences
from tongban.papers import api as papers
from tongban.registry import api as registry
from tongban_verify import Verdict, anchor_from_bytes

__all__ = ["handed", "issuing", "office", "profile"]
WRITES = bool(os.environ.get("TONGBAN_WRITE_EXAMPLE"))
SHARE = {
    "consumer": MARKET,
    "resource": "police.population",
    "elements": ["person.mobile"],
    "purpose": "open-company",
    "statuses": {"person.mobile": "known"},
    "answer_digest": "11" * 32,
    "key_digest": "22" * 32,
}
DECISION = {"case_number": CASE, "item": "440131001000", "decision": "yes", "maker": "rule"}


@pytest.mark.parametrize("profile", ["guomi"], indirect=True)
def test_the_example_has_the_shape_of_a_licence_file_made_today(handed: Handed) -> None:
    if WRITES:
        EXAMPLE.write_bytes(handed.data + b"\n")
    assert _shape(json.loads(EXAMPLE.read_bytes())) == _shape(handed.tree)


def test_the_example_verifies(specimen: Handed) -> None:
    assert specimen.verify().verdict is Verdict.VALID


@whole
def _record(issuing: Issuing, log: str, kind: str, fields: dict[str, Any]) -> str:
    return ledger.record(log, kind, fields, office=MARKET, now=issuing.now, chance=issuing.chance).id


def _made(issuing: Issuing, office: Office) -> Iterator[tuple[str, bytes]]:
    """Give one file of every kind and standing, by name."""
    first, second = issuing.issue(), issuing.issue(CASE[:-1] + "2")
    yield "a licence that is promised", licences.licence_file(first.identifier)
    decided = _record(issuing, "decisions", "case.decided", DECISION)
    shared = _record(issuing, "shares", "share.released", SHARE)
    notice = office.give("granted")
    office.seal()
    issuing.publish()
    yield "a licence that is published", licences.licence_file(first.identifier)
    yield "a notice", papers.notice_file(notice.number)
    yield "the proof of a decision", licences.evidence_file(decided, shown={*DECISION, "entry", "at"})
    yield "the receipt of a share", licences.evidence_file(shared)
    proven = ledger.tlog_proof(ledger.proof(decided), ledger.opening(decided))
    yield "a tlog-proof", proven.encode()
    for change, name in ((SUSPEND, "suspended"), (GIVE_BACK, "given back"), (REVOKE, "revoked")):
        issuing.clock.move(timedelta(hours=1))
        issuing.change(second.identifier, change)
        issuing.publish()
        yield f"a licence that was {name}", licences.licence_file(second.identifier)
    known = tuple(
        KnownWitness(VerifierKey(name, SIGNERS[name].public_key, COSIGNATURE), "", name) for name in NAMES
    )
    licences.publish_trust(issuing.now, WitnessPolicy(known, 2))
    tree = json.loads(licences.licence_file(first.identifier))
    yield "a licence that no witness vouches for", canonical(tree)
    yield "a licence that two witnesses vouch for", canonical(cosigned(tree, "court", "fund"))
    yield from _revoked(issuing, first.identifier)


def _looked_up(issuing: Issuing) -> Iterator[Vector]:
    """Give a licence as it was downloaded, held against the lists that its office published later."""
    identifier = issuing.issue(CASE[:-1] + "4").identifier
    issuing.publish()
    data, trusted = licences.licence_file(identifier), licences.trust_file().read_bytes()
    folder, origin = licences.trust_file().parent / "status-lists", "https://yunxi.example"
    listed = b""
    for change, name in (
        (None, "in force"),
        (SUSPEND, "suspended"),
        (GIVE_BACK, "given back"),
        (REVOKE, "ended"),
    ):
        issuing.clock.move(timedelta(hours=1))
        if change is not None:
            issuing.change(identifier, change)
            issuing.publish()
        licences.publish_status_lists(folder, issuing.signers, origin=origin, now=issuing.now)
        listed = (folder / f"{MARKET}.jwt").read_bytes()
        yield Vector(f"a licence that the list shows as {name}", data, trusted, issuing.now, listed)
    two_days_on = issuing.now + timedelta(days=2)
    yield Vector("a licence with a list that is out of date", data, trusted, two_days_on, listed)
    yield Vector("a licence with a list that is none", data, trusted, issuing.now, b"{}")


def _revoked(issuing: Issuing, before: str) -> Iterator[tuple[str, bytes]]:
    """Give a licence that stands and one that does not, since the key of both was revoked."""
    after = issuing.issue(CASE[:-1] + "3").identifier
    issuing.publish()
    alg = licences.public_keys(ledger.keys_folder(), MARKET)[0].alg
    nobody = licences.Signers(ledger.keys_folder().parent / "run")
    by = registry.staff("security.yunxi.ning")
    work = licences.KeyWork(by, nobody, alg, ledger.NO_WITNESSES, issuing.clock, issuing.chance)
    licences.revoke_key(MARKET, work, reason="私钥泄露")
    yield "a licence signed before its key was revoked", licences.licence_file(before)
    yield "a licence signed as of after its key was revoked", licences.licence_file(after)


def _held_against(name: str, data: bytes, trusted: str, issuing: Issuing) -> Iterator[Vector]:
    """Give a file with everything that it is held against: who is trusted, and when."""
    yield Vector(name, data, trusted.encode(), issuing.now)
    if name.startswith("a licence that is "):
        fingerprint = anchor_from_bytes(trusted.encode()).fingerprint
        later = issuing.now + timedelta(seconds=31)
        yield Vector(f"{name}, by the fingerprint", data, fingerprint, issuing.now)
        yield Vector(f"{name}, with nobody trusted", data, None, issuing.now)
        yield Vector(f"{name}, with another root trusted", data, FINGERPRINT, issuing.now)
        yield Vector(f"{name}, half a minute on", data, trusted.encode(), later)
        yield Vector(f"{name}, of another holder", _of_another(data), trusted.encode(), issuing.now)


def _of_another(data: bytes) -> bytes:
    return data.replace("知味".encode(), "知意".encode())


def test_the_vectors_are_what_is_made_today_and_is_said_of_it(
    issuing: Issuing, office: Office, profile: licences.SigningProfile
) -> None:
    made = list(_looked_up(issuing))
    made += [
        vector
        for name, data in _made(issuing, office)
        for vector in _held_against(name, data, licences.trust_file().read_text("utf-8"), issuing)
    ]
    if WRITES:
        PUBLISHED[profile.profile].write_text(written(made), "utf-8")
    kept = published_in(PUBLISHED[profile.profile])
    assert [each.name for each, _ in kept] == [each.name for each in made]
    assert [_shape_of(each.data) for each, _ in kept] == [_shape_of(each.data) for each in made]
    assert [said for _, said in kept] == [each.expected() for each in made]


def test_of_the_published_vectors_the_verifier_says_what_stands_there() -> None:
    kept = published_ones()
    assert {said["verdict"] for _, said in kept} == {"valid", "invalid", "cannot_tell"}
    for vector, said in kept:
        assert vector.expected() == said, vector.name


def _shape_of(data: bytes) -> Any:
    return _shape(json.loads(data)) if data.startswith(b"{") else data.split(b"\n")[0]


def _shape(value: Any) -> Any:
    """Give the names and kinds of a value without its contents; a list is the shape of its first."""
    if isinstance(value, dict):
        return {name: _shape(inner) for name, inner in sorted(value.items())}
    if isinstance(value, list):
        return [_shape(inner) for inner in value[:1]]
    return type(value).__name__
