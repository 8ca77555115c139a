"""A verifier that also wants witnesses: so many of those that it knows must have cosigned the checkpoint."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.licences.conftest import Issuing
from tests.verify.conftest import Handed, handed
from tests.verify.test_command import run
from tongban.kernel.canonical import canonical
from tongban.ledger.asking import KnownWitness, WitnessPolicy
from tongban.ledger.notes import COSIGNATURE, VerifierKey, cosign, split_note
from tongban.licences import api as licences
from tongban_verify import anchor_from_bytes, verify_licence
from tongban_verify.trust import Anchor, with_witnesses

__all__ = ["handed"]
NAMES = ("court", "bank", "fund")


class Signer:
    """A witness's key."""

    def __init__(self, seed: int) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)

    @property
    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


SIGNERS = {name: Signer(seed) for seed, name in enumerate(NAMES, start=5)}
VKEYS = [str(VerifierKey(name, SIGNERS[name].public_key, COSIGNATURE)) for name in NAMES]


def cosigned(tree: dict[str, Any], *names: str, time: int = 1_790_000_000) -> dict[str, Any]:
    """Give a licence file whose checkpoint these witnesses have cosigned."""
    proof = tree["evidence"]["proof"]
    text, _ = split_note(proof["checkpoint"])
    proof["checkpoint"] += "".join(cosign(text, name, SIGNERS[name], time=time) for name in names)
    return tree


def wanting(handed: Handed, quorum: int | None = 2) -> Anchor:
    return with_witnesses(handed.anchor, VKEYS, quorum)


def codes(handed: Handed, tree: dict[str, Any], anchor: Anchor) -> list[str]:
    report = verify_licence(canonical(tree), anchor, handed.now)
    return [reason.code for reason in report.reasons]


def test_a_quorum_of_known_witnesses_is_wanted_and_enough(handed: Handed) -> None:
    assert codes(handed, handed.tree, wanting(handed)) == ["not_witnessed"]
    assert codes(handed, cosigned(handed.tree, "court"), wanting(handed)) == ["not_witnessed"]
    assert codes(handed, cosigned(handed.tree, "court", "fund"), wanting(handed)) == []
    assert codes(handed, cosigned(handed.tree, "court", "fund"), wanting(handed, None)) == ["not_witnessed"]
    report = verify_licence(canonical(cosigned(handed.tree, *NAMES)), wanting(handed, None), handed.now)
    assert report.facts["log"]["witnesses"] == sorted(NAMES)  # type: ignore[index]


def test_one_witness_twice_is_one_witness(handed: Handed) -> None:
    assert codes(handed, cosigned(handed.tree, "court", "court"), wanting(handed)) == ["not_witnessed"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda line: line.replace("— court ", "— bank "),
        lambda line: line[:-8] + ("A" if line[-8] != "A" else "B") + line[-7:],
        lambda line: line.replace(" court ", " notary "),
    ],
)
def test_a_spoilt_cosignature_never_counts(handed: Handed, spoil: Callable[[str], str]) -> None:
    tree = cosigned(handed.tree, "fund", "court")
    note = tree["evidence"]["proof"]["checkpoint"]
    head, _, last = note.rstrip("\n").rpartition("\n")
    tree["evidence"]["proof"]["checkpoint"] = f"{head}\n{spoil(last)}\n"
    assert codes(handed, tree, wanting(handed)) in (["not_witnessed"], ["checkpoint"])


def test_what_the_node_itself_names_is_held_to(issuing: Issuing) -> None:
    """The trust file says whose cosignatures are wanted; nobody who trusts it need ask for them."""
    identifier = issuing.issue().identifier
    issuing.publish()
    known = tuple(
        KnownWitness(VerifierKey(name, SIGNERS[name].public_key, COSIGNATURE), "", name) for name in NAMES
    )
    licences.publish_trust(issuing.now, WitnessPolicy(known, 2))
    tree = json.loads(licences.licence_file(identifier))
    anchor = anchor_from_bytes(licences.trust_file().read_bytes())
    report = verify_licence(canonical(tree), anchor, issuing.now)
    assert [reason.code for reason in report.reasons] == ["not_witnessed"]
    report = verify_licence(canonical(cosigned(tree, "bank", "fund")), anchor, issuing.now)
    assert report.reasons == ()


def test_witnesses_without_a_root_or_beyond_their_number_are_refused(handed: Handed) -> None:
    for anchor, vkeys, quorum in (
        (None, VKEYS, 1),
        (handed.anchor, VKEYS, 4),
        (handed.anchor, VKEYS, 0),
        (handed.anchor, [VKEYS[0], VKEYS[0]], 1),
        (handed.anchor, ["nonsense"], 1),
    ):
        with pytest.raises(ValueError, match=r"."):
            with_witnesses(anchor, vkeys, quorum)
    assert replace(wanting(handed)).quorum == 2


def test_the_command_takes_witnesses_of_ones_own(handed: Handed, tmp_path: Path) -> None:
    trust = tmp_path / "trust.json"
    trust.write_bytes(canonical(handed.tree["trust"]))
    file = tmp_path / "licence.json"
    file.write_bytes(canonical(cosigned(handed.tree, "court", "bank")))
    asked = [f"--witness={vkey}" for vkey in VKEYS]
    at = ["--at", handed.now.isoformat(), "--trust", str(trust)]
    assert run(str(file), *at, *asked, "--quorum", "2").returncode == 0
    told = run(str(file), *at, *asked)
    assert told.returncode == 2
    assert "too few of the witnesses" in told.stdout.decode()
    assert run(str(file), *asked).returncode == 3
