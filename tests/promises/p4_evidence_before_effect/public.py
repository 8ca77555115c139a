"""Everything of a node that anybody can read: its published logs, what its verifying page says, its keys.

The files are taken apart as docs/ledger.md lays them out, and not by the platform's own readers.
"""

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.town import Town
from tests.portal.visiting import Visit
from tests.rest.placing import publish
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.licences.models import LicenceRow

Leaf = Mapping[str, Any]


def published(town: Town) -> dict[str, bytes]:
    """Publish, and give every file of the folder that any web server may serve."""
    publish(town)
    top = ledger.logs_folder()
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in _files(top)}


def _files(top: Path) -> list[Path]:
    return sorted(path for path in top.rglob("*") if path.is_file())


def leaves(files: Mapping[str, bytes]) -> list[bytes]:
    """Give the leaves of every log, out of its bundles."""
    return [leaf for path, data in files.items() if "/tile/entries/" in path for leaf in _bundle(data)]


def _bundle(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        yield data[at + 2 : end]
        at = end


def hashes(files: Mapping[str, bytes]) -> set[bytes]:
    """Give every 32 bytes that the published files say: commitments, hashes of tiles, roots."""
    found = {bytes.fromhex(json.loads(leaf)["commitment"]) for leaf in leaves(files)}
    for path, data in files.items():
        if path.endswith("/checkpoint"):
            found.add(b64decode(data.split(b"\n")[2]))
        elif "/tile/entries/" not in path:
            found |= {data[at : at + 32] for at in range(0, len(data), 32)}
    return found


def pages(visit: Visit) -> dict[str, bytes]:
    """Give what a stranger reads of each licence, and the node's trust file."""
    said = {"trust.json": licences.trust_file().read_bytes()}
    for identifier in LicenceRow.objects.values_list("identifier", flat=True):
        address = f"/verify/{identifier}/"
        answer = visit.client.get(address)
        assert answer.status_code == 200
        said[address] = answer.content
    return said


def public_keys() -> list[bytes]:
    """Give the keys of the logs and of the root, as anybody has them, and the node's name."""
    trust = json.loads(licences.trust_file().read_bytes())["content"]
    log = b64decode(trust["logs"][0].split("+", 2)[2])[1:]
    return [log, b64decode(trust["root"]["public_key"]), trust["node"].encode()]
