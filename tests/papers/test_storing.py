"""Uploads: what is taken, what is refused, and that nothing of a refused file stays."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.licences.conftest import NOON
from tests.papers.conftest import FILING, jpeg, package, pdf, png, store
from tongban.kernel.errors import Invalid, NotAllowed
from tongban.kernel.ids import SeededChance
from tongban.papers import api as papers
from tongban.papers.recognition import LONGEST_NAME, PDF, kept_name


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (pdf(), "application/pdf"),
        (png(), "image/png"),
        (jpeg(), "image/jpeg"),
        (package("OFD.xml", "Doc_0/Document.xml"), "application/ofd"),
    ],
)
def test_each_accepted_kind_is_told_by_its_content(uploads: Path, data: bytes, media_type: str) -> None:
    stored = store(uploads, data, "营业场所.exe")
    assert stored.kind.media_type == media_type
    assert stored.name == f"营业场所.{stored.kind.ending}"
    assert (uploads / FILING / stored.sha256).read_bytes() == data
    assert stored.scan is papers.ScanVerdict.NOT_SCANNED


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<html><script>alert(1)</script></html>",
        b"MZ\x90\0" + b"\0" * 200,
        b"\xff\xd8\xff\xe0" + b"\0" * 200,  # a picture that never ends
        png()[:-4],
        png().replace(b"IHDR", b"XXXX"),
        b"%PDF-1.4\n" + b"x" * 2000,
        b"junk" + pdf(),
        pdf().replace(b"startxref", b""),
        b"%PDF-1.4<script>",
        package("word/document.xml", "[Content_Types].xml"),
        package("folder/OFD.xml"),
        package("OFD.xml", "../../etc/passwd"),
        package("OFD.xml", *(f"{number}" for number in range(10_001)), size=0),
        package("OFD.xml")[:-10],
        b"PK\x03\x04" + b"\0" * 100,
    ],
)
def test_anything_else_is_refused_and_nothing_stays(uploads: Path, data: bytes) -> None:
    with pytest.raises(Invalid, match="PDF, JPG, PNG or OFD"):
        store(uploads, data, "a.pdf")
    assert [path for path in uploads.rglob("*") if path.is_file()] == []


def test_a_bomb_is_refused_by_what_it_says_it_unpacks_to(uploads: Path) -> None:
    data = package("OFD.xml", "big", size=300 * 1024 * 1024)
    assert len(data) < 1024 * 1024
    with pytest.raises(Invalid):
        store(uploads, data)


def test_a_file_that_is_too_large_stops_at_the_limit(uploads: Path) -> None:
    taken: list[int] = []

    def endless() -> Iterator[bytes]:
        while True:
            taken.append(1)
            yield b"x" * 1000

    with pytest.raises(Invalid, match="larger than"):
        papers.store_upload(
            endless(),
            "a.pdf",
            filing=FILING,
            uploads=uploads,
            now=NOON,
            chance=SeededChance(b"x"),
            largest_bytes=10_000,
        )
    assert len(taken) == 11
    assert [path for path in uploads.rglob("*") if path.is_file()] == []


class Scanning:
    """A scanner that knows one harmful word."""

    def __init__(self) -> None:
        self.seen: list[Path] = []

    def scan(self, path: Path) -> papers.ScanVerdict:
        self.seen.append(path)
        return papers.ScanVerdict.HARMFUL if b"harm" in path.read_bytes() else papers.ScanVerdict.CLEAN


def test_nothing_leaves_the_quarantine_before_the_scanner_has_spoken(uploads: Path) -> None:
    scanner = Scanning()
    assert store(uploads, pdf(), scanner=scanner).scan is papers.ScanVerdict.CLEAN
    assert scanner.seen[0].parent == uploads / "quarantine"
    with pytest.raises(NotAllowed, match="harmful"):
        store(uploads, pdf("harm"), scanner=scanner)
    assert len([path for path in uploads.rglob("*") if path.is_file()]) == 1


def test_a_sender_who_breaks_off_leaves_nothing(uploads: Path) -> None:
    def breaking() -> Iterator[bytes]:
        yield pdf()[:50]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        papers.store_upload(
            breaking(),
            "a.pdf",
            filing=FILING,
            uploads=uploads,
            now=NOON,
            chance=SeededChance(b"x"),
        )
    assert [path for path in uploads.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("filing", ["", "..", "../x", "a/b", "quarantine", "x" * 65, "a\0b", "申报"])
def test_a_filing_number_never_becomes_another_path(uploads: Path, filing: str) -> None:
    with pytest.raises(Invalid, match="filing number"):
        store(uploads, pdf(), filing=filing)
    assert [path for path in uploads.parent.rglob("*") if path.is_file()] == []


def test_files_are_for_the_nodes_own_user_only(uploads: Path) -> None:
    stored = store(uploads, pdf())
    assert (uploads / FILING / stored.sha256).stat().st_mode & 0o777 == 0o600
    assert (uploads / FILING).stat().st_mode & 0o777 == 0o700


@given(st.text(max_size=300))
def test_a_kept_name_is_plain_whatever_was_sent(given_name: str) -> None:
    name = kept_name(given_name, PDF)
    assert name.endswith(".pdf")
    assert len(name) <= LONGEST_NAME + 4
    assert name.strip(" .") == name
    assert not set(name) & set('/\\<>:"|?*\0\n\r\t\u202e\u2028')
    assert name != ".pdf"


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("章程.docx", "章程.pdf"),
        ("C:\\Users\\x\\章程.pdf", "章程.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.pdf"),
        ("...", "材料.pdf"),
        ("", "材料.pdf"),
        ("章程.v2.pdf", "章程.v2.pdf"),
    ],
)
def test_names_are_kept_as_people_know_them(given_name: str, kept: str) -> None:
    assert kept_name(given_name, PDF) == kept
