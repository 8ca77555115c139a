"""Files as people send them, and a node that gives notices."""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.licences.conftest import CASE, MARKET, NOON, Issuing, issuing, profile
from tongban.kernel.ids import SeededChance
from tongban.kernel.texts import Text
from tongban.kernel.transactions import whole
from tongban.papers import api as papers

__all__ = ["issuing", "profile"]

FILING = "990100-01M8398F2DRCWFZRK5XGM38AK4"


def pdf(words: str = "articles of association") -> bytes:
    """A small PDF with one empty page and a comment."""
    return (
        b"%PDF-1.4\n% " + words.encode() + b"\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
        b"xref\n0 4\n0000000000 65535 f \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
    )


def png() -> bytes:
    """A picture of one grey point."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0\x80")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def jpeg() -> bytes:
    """The frame of a JPEG: its first segment and its end, with a camera's padding."""
    return b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0" + b"\xff\xd9" + b"\0" * 8


def package(*names: str, size: int = 10) -> bytes:
    """A ZIP package with files of these names."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, b"\0" * size)
    return held.getvalue()


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    folder = tmp_path / "uploads"
    folder.mkdir()
    return folder


def store(uploads: Path, data: bytes, name: str = "a.pdf", **changes: Any) -> papers.StoredUpload:
    """Send a file for the filing, in pieces."""
    wanted: dict[str, Any] = {
        "filing": FILING,
        "uploads": uploads,
        "now": NOON,
        "chance": SeededChance(name.encode() + data[:40]),
    }
    pieces = [data[at : at + 64] for at in range(0, len(data), 64)]
    return papers.store_upload(pieces, name, **{**wanted, **changes})


@dataclass(frozen=True)
class Office:
    """An office that gives notices."""

    node: Issuing

    def give(self, kind: str = "accepted", **changes: Any) -> papers.Notice:
        """Give a notice, committed and not yet sealed."""
        wanted: dict[str, Any] = {
            "case_number": CASE,
            "office": MARKET,
            "addressee": "沈知味",
            "facts": {"item": Text("公司设立登记", "Company registration")},
            "staff_id": None,
            "entry": "01M8398F2DRCWFZRK5XGM38AK4",
            "now": self.node.now,
            "chance": self.node.chance,
        }
        return _give(kind, **{**wanted, **changes})

    def seal(self) -> int:
        """Have everything that waits sealed."""
        return papers.seal_pending(self.node.signers, self.node.now, log_signer=self.node.log_signer)


@whole
def _give(kind: str, **wanted: Any) -> papers.Notice:
    return papers.issue_notice(kind, **wanted)


@pytest.fixture
def office(issuing: Issuing) -> Office:
    return Office(issuing)
