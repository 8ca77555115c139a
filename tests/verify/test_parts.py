"""The verifier's own mathematics and formats, against the platform's and against the published example."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources import ROOT
from tongban.kernel import canonical as platform
from tongban.kernel.values import licence_identifier
from tongban.ledger import tree
from tongban_verify.evidence import check_standing, open_entry
from tongban_verify.identifiers import check_character, read_identifier
from tongban_verify.merkle import leaf_hash, root_from_path
from tongban_verify.notes import open_checkpoint, read_log_key
from tongban_verify.strict import canonical, read_json
from tongban_verify.trust import Doubt, Key, Trust

EXAMPLE: dict[str, Any] = json.loads((ROOT / "docs" / "ledger-example.json").read_text())
NOON = datetime(2026, 11, 23, 4, 5, 10, tzinfo=UTC)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def trusting(node: str) -> Trust:
    """Trust the example's log as that of a node."""
    root = Key("0" * 16, "Ed25519", "sha256:" + "0" * 64, NOON, NOON, lambda _message, _signature: False)
    return Trust(node, NOON, root, (EXAMPLE["vkey"],), {})


@given(VALUES)
def test_canonical_json_is_the_platforms_and_reads_back(value: object) -> None:
    written = canonical({"value": value})
    assert written == platform.canonical({"value": value})
    assert canonical(read_json(written)) == written


def _leaves(size: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(size)]


@pytest.mark.parametrize("size", [*range(1, 20), 31, 32, 33, 64, 100])
def test_every_path_of_the_platforms_tree_leads_to_its_root(size: int) -> None:
    leaves = _leaves(size)

    def hash_at(level: int, index: int) -> bytes:
        part = leaves[index << level : (index + 1) << level]
        return tree.append(tree.Range(), part).root()

    root = tree.append(tree.Range(), leaves).root()
    for index in range(size):
        path = tree.inclusion_proof(index, size, hash_at)
        assert root_from_path(leaves[index], index, size, path) == root
        for other in range(size):
            if other != index:
                assert not _leads_to(root, leaves[index], other, size, path)


def _leads_to(root: bytes, leaf: bytes, index: int, size: int, path: list[bytes]) -> bool:
    try:
        return root_from_path(leaf, index, size, path) == root
    except ValueError:
        return False


@given(st.integers(1, 130), st.integers(0, 129), st.floats(0, 1, exclude_max=True), st.integers(0, 7))
def test_no_flipped_bit_of_leaf_path_or_root_leaves_a_proof(
    size: int, index: int, place: float, bit: int
) -> None:
    index, leaves = index % size, _leaves(size)
    path = tree.inclusion_proof(
        index, size, lambda level, at: tree.append(tree.Range(), leaves[at << level : at + 1 << level]).root()
    )
    whole = bytearray(b"".join([leaves[index], tree.append(tree.Range(), leaves).root(), *path]))
    whole[int(place * len(whole))] ^= 1 << bit
    leaf, root, *spoilt = (bytes(whole[at : at + 32]) for at in range(0, len(whole), 32))
    assert not _leads_to(root, leaf, index, size, spoilt)


@given(st.integers(-3, 2**70), st.integers(-3, 2**70), st.integers(0, 80))
def test_a_path_of_the_wrong_length_is_no_path(index: int, size: int, length: int) -> None:
    try:
        found = root_from_path(b"\0" * 32, index, size, [b"\1" * 32] * length)
    except ValueError:
        return
    assert 0 <= index < size
    assert len(found) == 32


def test_the_published_example_verifies() -> None:
    entry = open_entry(EXAMPLE["opening"])
    assert entry.leaf_hash.hex() == EXAMPLE["leaf_hash"]
    assert entry.fields["decision"] == "yes"
    disclosed = open_entry(EXAMPLE["disclosure"])
    assert (disclosed.leaf_hash, disclosed.fields) == (entry.leaf_hash, {"decision": "yes"})
    log = read_log_key(EXAMPLE["vkey"])
    assert log.key.hex() == EXAMPLE["public_key"]
    assert open_checkpoint(EXAMPLE["checkpoint"], log).size == len(EXAMPLE["all_leaves"])
    block = {"opening": EXAMPLE["opening"], "promise": EXAMPLE["promise"], "proof": EXAMPLE["proof"]}
    standing = check_standing(block, entry, trusting("990100"), NOON)
    assert (standing.state, standing.size) == ("published", 3)
    del block["proof"]
    assert check_standing(block, entry, trusting("990100"), NOON).state == "promised"


def test_a_witness_may_sign_beside_the_log() -> None:
    log = read_log_key(EXAMPLE["vkey"])
    witnessed = EXAMPLE["checkpoint"] + "— witness.example AAAAAAAAAAA=\n"
    assert open_checkpoint(witnessed, log) == open_checkpoint(EXAMPLE["checkpoint"], log)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda note: note.replace("\n3\n", "\n4\n"),
        lambda note: note.replace("\n3\n", "\n03\n"),
        lambda note: note.replace("tongban/990100/decisions\n", "tongban/990100/shares\n"),
        lambda note: note.replace("— tongban", "- tongban"),
        lambda note: note.replace("— tongban/990100/decisions", "— another"),
        lambda note: note.rstrip("\n"),
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.split("\n\n")[0] + "\n\n",
    ],
)
def test_a_spoilt_checkpoint_is_refused(spoil: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        open_checkpoint(spoil(EXAMPLE["checkpoint"]), read_log_key(EXAMPLE["vkey"]))


def test_a_log_of_another_node_is_refused() -> None:
    entry = open_entry(EXAMPLE["opening"])
    with pytest.raises(Doubt, match="other_node"):
        check_standing({"proof": EXAMPLE["proof"]}, entry, trusting("990200"), NOON)


@pytest.mark.parametrize(
    "identifier",
    [  # read in public; docs/law/licences.md
        "11100000000013338W009.11330105002500287C.2025052201.002.0",
        "11100000000013338W011.11430000006122244L.20230000403.001.U",
        "11100000MB03271699022.340100.000000016.001.9",
    ],
)
def test_real_identifiers_check(identifier: str) -> None:
    parts = read_identifier(f"1.2.156.3005.2.{identifier}")
    assert identifier.startswith(f"{parts.type_code}.{parts.issuer}.{parts.serial}.{parts.version}.")


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=20, max_size=20), st.integers(1, 999))
def test_identifiers_check_as_the_platform_composes_them(serial: str, version: int) -> None:
    composed = licence_identifier.compose("11100000MB0143028R001", "11990121310121000D", serial, version)
    assert read_identifier(composed.text).serial == serial
    body = composed.short.replace(".", "")[:-1]
    assert check_character(body) == composed.check


@pytest.mark.parametrize(
    "text", ["", None, 7, "1.2.156.3005.2.x", "11100000MB0143028R001.11990121310121000D.1.001.0"]
)
def test_what_is_no_identifier_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"identifier"):
        read_identifier(text)


def test_the_verifier_stands_alone() -> None:
    """It imports nothing of the platform and no web framework: only cryptography and Python's own."""
    for path in Path(ROOT / "packages/verify/src").rglob("*.py"):
        lines = [line.split() for line in path.read_text().splitlines()]
        imported = {line[1].split(".")[0] for line in lines if line[:1] in (["import"], ["from"])}
        assert not imported & {"tongban", "django", "rfc8785", "pydantic", "sqlalchemy"}, path.name
