"""What a file really is, told from its content; its name and what the browser says count for nothing.

Four kinds are taken: PDF, JPEG, PNG and OFD (GB/T 33190). Each is checked at both ends and in the
structure that makes it openable, so that a page of script with a picture's first bytes is refused.
"""

import re
import struct
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import puremagic

from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text

MOST_OFD_PARTS: Final = 10_000  # files inside one OFD container
MOST_OFD_BYTES: Final = 512 * 1024 * 1024  # what they may say they unpack to
LONGEST_NAME: Final = 100  # characters of a file's name that are kept
_TAIL: Final = 1024


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file that is taken."""

    media_type: str
    ending: str
    name: Text


PDF: Final = FileKind("application/pdf", "pdf", Text("PDF", "PDF"))
JPEG: Final = FileKind("image/jpeg", "jpg", Text("JPG 图片", "a JPEG picture"))
PNG: Final = FileKind("image/png", "png", Text("PNG 图片", "a PNG picture"))
OFD: Final = FileKind("application/ofd", "ofd", Text("OFD 版式文件", "an OFD document"))


def recognise(path: Path) -> FileKind:
    """Give the kind of the file, or refuse it saying what it looks like instead."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_TAIL)
        file.seek(max(0, size - _TAIL))
        tail = file.read()
    for kind, is_one in _TESTS.items():
        if is_one(path, head, tail):
            return kind
    raise Invalid(
        "papers.file_kind",
        what=Text(
            f"该文件不是可接收的格式{_looks_like(head).zh}。",
            f"This file is of no kind that is taken{_looks_like(head).en}.",
        ),
        todo=Text(
            "请上传能够正常打开的 PDF、JPG、PNG 或 OFD 文件。",
            "Upload a PDF, JPG, PNG or OFD file that opens normally.",
        ),
    )


def kept_name(given: str, kind: FileKind) -> str:
    """Give a file name that is safe to show and to save: no path, no control or direction characters.

    The ending always tells the recognised kind, whatever the sender wrote.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    plain = "".join(c for c in last if unicodedata.category(c)[0] not in "CZ" or c == " ")
    plain = re.sub(r'[<>:"|?*]', "_", plain).strip(" .")
    stem = plain.rpartition(".")[0] if "." in plain else plain
    return f"{stem[:LONGEST_NAME].strip(' .') or '材料'}.{kind.ending}"


def _is_pdf(_: Path, head: bytes, tail: bytes) -> bool:
    # ISO 32000-1, 7.5.2 and 7.5.5; leading bytes before the header are tolerated by readers, not by us.
    return bool(re.match(rb"%PDF-[12]\.\d[\r\n \t]", head)) and b"%%EOF" in tail and b"startxref" in tail


def _is_jpeg(_: Path, head: bytes, tail: bytes) -> bool:
    # ITU-T T.81, B.1.1.3: SOI, another marker, and EOI at the end (cameras may pad with zeros).
    return (
        head.startswith(b"\xff\xd8\xff") and head[3:4] >= b"\xc0" and tail.rstrip(b"\0").endswith(b"\xff\xd9")
    )


def _is_png(_: Path, head: bytes, tail: bytes) -> bool:
    # PNG 3rd edition, 5.2 and 11.2: signature, IHDR first, IEND last, with its constant check sum.
    if not head.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR") or len(head) < 33:
        return False
    width, height = struct.unpack(">II", head[16:24])
    return 0 < width < 65_536 and 0 < height < 65_536 and tail.endswith(b"\0\0\0\0IEND\xaeB`\x82")


def _is_ofd(path: Path, head: bytes, _: bytes) -> bool:
    # GB/T 33190: a ZIP package with OFD.xml at its root. Only the directory is read, nothing unpacked.
    if not head.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return (
        len(parts) <= MOST_OFD_PARTS
        and sum(part.file_size for part in parts) <= MOST_OFD_BYTES
        and any(part.filename == "OFD.xml" for part in parts)
        and not any(part.filename.startswith("/") or ".." in part.filename.split("/") for part in parts)
    )


_TESTS: Final[Mapping[FileKind, Callable[[Path, bytes, bytes], bool]]] = MappingProxyType(
    {PDF: _is_pdf, JPEG: _is_jpeg, PNG: _is_png, OFD: _is_ofd}
)


def _looks_like(head: bytes) -> Text:
    """Name what the file seems to be, to help whoever sent it; a guess, used for the message only."""
    if not head:
        return Text("（文件为空）", " (it is empty)")
    try:
        guess = puremagic.magic_string(head)[0]
    except (puremagic.PureError, ValueError, IndexError):
        return Text("（无法识别）", " (it could not be recognised)")
    return Text(f"（内容像是 {guess.name}）", f" (its content looks like: {guess.name})")
