"""Uploaded files on the disk: streamed, measured, recognised, scanned, and durable before any row.

A file lies in `uploads/<filing>/<sha256>`: what is sent twice for one filing is kept once, and two
filings never share a file, so that destroying one applicant's papers cannot touch another's and
nobody learns from an upload whether somebody else sent the same.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from tongban.kernel.errors import DurabilityLost, Invalid, NotAllowed
from tongban.kernel.ids import Chance, new_id
from tongban.kernel.texts import Text
from tongban.kernel.transactions import outside_any_transaction
from tongban.papers.recognition import FileKind, kept_name, recognise
from tongban.papers.scanning import NoScanner, Scanner, ScanVerdict

LARGEST_FILE_BYTES: Final = 20 * 1024 * 1024
QUARANTINE: Final = "quarantine"
_FILING = re.compile(r"[0-9A-Za-z-]{1,64}")


@dataclass(frozen=True, slots=True)
class StoredUpload:
    """A file that is on the disk for a filing and is waiting for its row."""

    filing: str
    sha256: str
    size_bytes: int
    kind: FileKind
    name: str
    scan: ScanVerdict


def store_upload(
    chunks: Iterable[bytes],
    given_name: str,
    *,
    filing: str,
    uploads: Path,
    now: datetime,
    chance: Chance,
    scanner: Scanner | None = None,
    largest_bytes: int = LARGEST_FILE_BYTES,
) -> StoredUpload:
    """Take in one file; when this returns its bytes and its name in the folder are on the disk.

    Raises Invalid when it is too large, empty or of no accepted kind, NotAllowed when the scanner
    finds it harmful; nothing of it is kept then.
    """
    outside_any_transaction("taking in an upload")
    final_folder = _folder_of(uploads, filing)
    quarantine = uploads / QUARANTINE
    quarantine.mkdir(mode=0o700, parents=True, exist_ok=True)
    waiting = quarantine / new_id(now, chance)
    with _removed_on_failure(waiting):
        digest, size = _take_in(chunks, waiting, largest_bytes)
        kind = recognise(waiting)
        verdict = (scanner or NoScanner()).scan(waiting)
        if verdict is ScanVerdict.HARMFUL:
            raise _harmful()
        if not final_folder.is_dir():
            final_folder.mkdir(mode=0o700)
            _fsync_folder(uploads)
        # Renaming over an equal file is harmless, and makes sure that it is there now.
        waiting.rename(final_folder / digest)
        _fsync_folder(final_folder)
    return StoredUpload(filing, digest, size, kind, kept_name(given_name, kind), verdict)


def stored_path(uploads: Path, filing: str, digest: str) -> Path:
    """Give where a filing's file lies."""
    return _folder_of(uploads, filing) / digest


def remove_stored(uploads: Path, filing: str, digest: str) -> None:
    """Take a file off the disk for good; that it is already gone is no error."""
    folder = _folder_of(uploads, filing)
    (folder / digest).unlink(missing_ok=True)
    if folder.is_dir():
        _fsync_folder(folder)


def _take_in(chunks: Iterable[bytes], waiting: Path, largest_bytes: int) -> tuple[str, int]:
    """Write the stream to the quarantine, counting and hashing, and fsync it."""
    digest, size = sha256(), 0
    with waiting.open("xb") as file:
        waiting.chmod(0o600)
        for chunk in chunks:
            size += len(chunk)
            if size > largest_bytes:
                raise _too_large(largest_bytes)
            digest.update(chunk)
            _on_disk(file, chunk)
        _on_disk(file, None)
    return digest.hexdigest(), size


def _on_disk(file: BinaryIO, chunk: bytes | None) -> None:
    """Write a chunk, or with None make everything written durable."""
    try:
        if chunk is None:
            file.flush()
            os.fsync(file.fileno())
        else:
            file.write(chunk)
    except OSError as trouble:
        raise _not_durable() from trouble


@contextmanager
def _removed_on_failure(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _folder_of(uploads: Path, filing: str) -> Path:
    """Give a filing's folder; a number that is no plain name never becomes a path."""
    if not _FILING.fullmatch(filing) or filing == QUARANTINE:
        raise Invalid(
            "papers.filing_number",
            what=Text(f"申报编号「{filing}」格式不正确。", f"{filing!r} is no filing number."),
            todo=Text("请从申报页面重新上传。", "Upload again from the filing's page."),
        )
    return uploads / filing


def _fsync_folder(folder: Path) -> None:
    """Make names in the folder durable; the file's own fsync does not (fsync(2))."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as trouble:
        raise _not_durable() from trouble
    finally:
        os.close(handle)


def _too_large(largest_bytes: int) -> Invalid:
    megabytes = largest_bytes / (1024 * 1024)
    return Invalid(
        "papers.too_large",
        what=Text(f"文件超过 {megabytes:g} MB。", f"The file is larger than {megabytes:g} MB."),
        todo=Text("请压缩图片或分成几个文件上传。", "Make the picture smaller or send it in parts."),
    )


def _harmful() -> NotAllowed:
    return NotAllowed(
        "papers.harmful",
        what=Text(
            "安全扫描发现该文件含有有害内容，未予接收。",
            "The scanner found harmful content; the file was not taken.",
        ),
        todo=Text(
            "请检查您的设备，重新生成文件后再上传。",
            "Check your device, make the file anew and upload it again.",
        ),
    )


def _not_durable() -> DurabilityLost:
    return DurabilityLost(
        "papers.not_durable",
        what=Text(
            "文件未能可靠写入磁盘，未予接收。", "The file could not be made durable; it was not taken."
        ),
        todo=Text(
            "请稍后重试；若仍失败，请联系系统管理员。",
            "Try again later; if it goes on, tell the system administrator.",
        ),
    )
