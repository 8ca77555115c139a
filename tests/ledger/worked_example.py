"""The worked example of docs/ledger.md and docs/ledger-example.json, made by the code itself.

Run `python -m tests.ledger.worked_example` from the repository's root to write both anew.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tongban.kernel.ids import SeededChance
from tongban.ledger import tree
from tongban.ledger.fields import COMMON, FIELDS
from tongban.ledger.keys import LogSigner
from tongban.ledger.kinds import KINDS
from tongban.ledger.notes import Checkpoint, sign_checkpoint
from tongban.ledger.rules import Proof, SealedEntry, disclose, make_promise, read_opening, seal_entry

DOCS = Path(__file__).parents[2] / "docs"
SEED = bytes(range(32))  # the private key of the example: it signs nothing else
NOON = datetime(2026, 11, 23, 4, 5, 6, 789000, UTC)


def example_signer() -> LogSigner:
    private = Ed25519PrivateKey.from_private_bytes(SEED)
    return LogSigner("990100", private.public_key().public_bytes_raw(), private)


def example_entries() -> list[SealedEntry]:
    chance = SeededChance(b"docs/ledger.md")
    told: list[tuple[str, dict[str, object], bool]] = [
        ("filing.submitted", {"filing_number": "990100F20261123000001", "bundle": "open-company"}, False),
        (
            "case.decided",
            {"case_number": "example-case-1", "item": "example-item", "decision": "yes", "maker": "rule"},
            True,
        ),
        (
            "licence.prepared",
            {
                "licence_identifier": "example-licence-1",
                "content_digest": "00" * 32,
                "because": {"zh": "符合", "en": "met"},
            },
            False,
        ),
    ]
    return [
        seal_entry(
            kind,
            fields,
            office="market.990100",
            show_office=shown,
            now=NOON + timedelta(seconds=at),
            chance=chance,
        )
        for at, (kind, fields, shown) in enumerate(told)
    ]


def example() -> dict[str, Any]:
    """Give everything that an independent verifier needs to try itself."""
    signer, entries = example_signer(), example_entries()
    hashes = [entry.leaf_hash for entry in entries]
    whole = tree.append(tree.Range(), hashes)
    note = sign_checkpoint(Checkpoint(signer.origin("decisions"), whole.size, whole.root()), signer)

    def hash_at(level: int, index: int) -> bytes:
        return tree.append(tree.Range(), hashes[index << level : (index + 1) << level]).root()

    proof = Proof(
        signer.origin("decisions"),
        1,
        json.loads(entries[1].leaf),
        tuple(tree.inclusion_proof(1, 3, hash_at)),
        note,
    )
    opening = read_opening(json.loads(entries[1].opening))
    return {
        "private_key_seed": SEED.hex(),
        "public_key": signer.public_key.hex(),
        "vkey": str(signer.vkey("decisions")),
        "leaf_bytes": entries[1].leaf.decode(),
        "leaf_hash": entries[1].leaf_hash.hex(),
        "opening": opening.as_dict(),
        "disclosure": disclose(opening, ["decision"]).as_dict(),
        "promise": make_promise(signer.origin("decisions"), hashes[1:2], signer, NOON, 30).as_dict(),
        "proof": proof.as_dict(),
        "checkpoint": note,
        "all_leaves": [entry.leaf.decode() for entry in entries],
        "all_leaf_hashes": [each.hex() for each in hashes],
    }


def kinds_as_markdown() -> str:
    """Give the table of kinds that docs/ledger.md shows."""
    rows = ["| kind | 中文 | meaning | must have | may have | kept as |", "|---|---|---|---|---|---|"]
    for kind in KINDS.values():
        must, may = (
            ", ".join(f"`{name}`" for name in names) or "–" for names in (kind.required, kind.optional)
        )
        rows.append(
            f"| `{kind.name}` {kind.version} | {kind.meaning.zh} | {kind.meaning.en}"
            f" | {must} | {may} | {kind.kept} |"
        )
    return "\n".join(rows) + "\n"


def fields_as_markdown() -> str:
    """Give the table of fields that docs/ledger.md shows; the common ones, which any kind may have, first."""
    rows = ["| field | 中文 | meaning | any kind |", "|---|---|---|---|"]
    for name in sorted(FIELDS, key=lambda name: (name not in COMMON, name)):
        rows.append(
            f"| `{name}` | {FIELDS[name].zh} | {FIELDS[name].en} | {'yes' if name in COMMON else ''} |"
        )
    return "\n".join(rows) + "\n"


def blocks() -> dict[str, str]:
    """Give what stands between the markers of docs/ledger.md, by marker."""
    made = example()
    shown = {
        name: "```json\n" + json.dumps(made[name], ensure_ascii=False, indent=1, sort_keys=True) + "\n```\n"
        for name in ("opening", "disclosure", "promise", "proof")
    }
    shown["leaf"] = f"```\n{made['leaf_bytes']}\n```\n\nleaf hash `{made['leaf_hash']}`\n"
    shown["checkpoint"] = f"```\n{made['checkpoint']}```\n"
    shown["vkey"] = f"```\n{made['vkey']}\n```\n"
    return {**shown, "kinds": kinds_as_markdown(), "fields": fields_as_markdown()}


def with_blocks(page: str) -> str:
    """Give the page with its marked blocks made anew."""
    for name, block in blocks().items():
        start, end = f"<!-- {name} -->\n", f"<!-- end {name} -->"
        before, found, rest = page.partition(start)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise LookupError(f"docs/ledger.md has no block {name}")
        page = before + start + block + end + after
    return page


def example_file() -> str:
    return json.dumps(example(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    page = DOCS / "ledger.md"
    page.write_text(with_blocks(page.read_text(encoding="utf-8")), encoding="utf-8")
    (DOCS / "ledger-example.json").write_text(example_file(), encoding="utf-8")
