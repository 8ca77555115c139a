"""The OFD of a licence in a reader that was not written here: its whole text, drawn, and its seal judged."""

import io
import zipfile
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from tests.licences.conftest import MARKET, Issuing
from tests.licences.reading_ofd import read_elsewhere
from tongban.kernel.texts import Text
from tongban.licences import api as licences
from tongban.licences.profiles import SignsOtherwise
from tongban.licences.signer.algorithms import ED25519, SM2

pytestmark = pytest.mark.browser
OFD = "{http://www.ofdspec.org/2016}"
NOT_SEALED = ("Doc_0/Signs/Sign_0/Signature.xml", "Doc_0/Signs/Sign_0/SignedValue.dat")  # made of the rest
ACROSS_MM = 210.0
PAPER, INK = 255, 200  # how light: nothing but white, and what is seen


@pytest.fixture(params=[SM2, ED25519])
def profile(request: pytest.FixtureRequest) -> licences.SigningProfile:
    """The office seals, or cannot."""
    otherwise = (SignsOtherwise(organisation=MARKET, algorithm=request.param),)
    return licences.SigningProfile(profile="international", otherwise=otherwise)


@pytest.fixture
def file(issuing: Issuing) -> bytes:
    """A business licence of two pages as OFD."""
    identifier = issuing.issue().identifier
    issuing.publish()
    original = Text("本市以证照文件为原件。", "In this city the licence file is the original.")
    address = f"https://tongban.example/verify/{identifier}/"
    return licences.render(identifier, "ofd", issuing.signers, address=address, original=original).file


def changed(file: bytes, member: str, change: tuple[bytes, bytes] | None = None) -> bytes:
    """Put something else into one member of the package: other words, or its last bit turned over."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name == member:
                turned = content[:-1] + bytes([content[-1] ^ 1])
                content = turned if change is None else content.replace(*change)
            after.writestr(name, content)
    return out.getvalue()


def characters(file: bytes, page: int) -> Iterator[tuple[str, tuple[float, float, float, float]]]:
    """Give each character of a page and its field in millimetres: left, top, right, bottom."""
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        root = ElementTree.fromstring(package.read(f"Doc_0/Pages/Page_{page}/Content.xml"))  # noqa: S314  ours
    for line in root.iter(f"{OFD}TextObject"):
        left, top, across, down = map(float, line.attrib["Boundary"].split())
        [code] = line.iter(f"{OFD}TextCode")
        steps = [*map(float, code.attrib.get("DeltaX", "").split())]
        starts = [*accumulate([0.0, *steps]), across]
        for place, each in enumerate(code.text or ""):
            if not each.isspace():
                yield each, (left + starts[place], top, left + starts[place + 1], top + down)


def darkest(picture: Image.Image, field: tuple[float, float, float, float]) -> int:
    """Give how light the darkest dot of a field is."""
    dots = picture.width / ACROSS_MM
    left, top, right, bottom = (each * dots for each in field)
    found = picture.crop((round(left), round(top), round(right), round(bottom))).getextrema()
    return int(str(found[0]))


def test_the_reader_gives_the_whole_text_of_each_page_in_its_order(file: bytes, tmp_path: Path) -> None:
    read = read_elsewhere(file, tmp_path)
    written = ["".join(each for each, _ in characters(file, page)) for page in range(2)]
    assert ["".join(each.split()) for each in read.pages] == written
    assert "营业执照" in written[0]


def test_where_a_character_stands_the_reader_draws_something_and_none_on_the_margin(
    file: bytes, tmp_path: Path
) -> None:
    for page, picture in enumerate(read_elsewhere(file, tmp_path).pictures):
        unseen = [each for each, field in characters(file, page) if darkest(picture, field) > INK]
        assert unseen == []
        assert darkest(picture, (2.0, 2.0, 14.0, 295.0)) == PAPER


@pytest.mark.parametrize("profile", [SM2], indirect=True)
def test_the_reader_finds_the_seal_good_and_tells_one_changed_member_from_the_others(
    file: bytes, tmp_path: Path
) -> None:
    attached = "Doc_0/Attachs/licence.json"
    read = read_elsewhere(changed(file, attached, ("知味".encode(), "无味".encode())), tmp_path, compare=True)
    assert read.signatures == [True]
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        sealed = [each for each in package.infolist() if each.filename not in NOT_SEALED]
    small = [each.filename for each in sealed if each.file_size < 20_000]
    assert attached in small
    assert sorted(read.digests) == [False, *[True] * (len(small) - 1)]


@pytest.mark.parametrize("profile", [SM2], indirect=True)
def test_the_reader_finds_a_changed_seal_bad(file: bytes, tmp_path: Path) -> None:
    assert read_elsewhere(file, tmp_path).signatures == [True]
    spoilt = changed(file, "Doc_0/Signs/Sign_0/SignedValue.dat")
    assert read_elsewhere(spoilt, tmp_path).signatures == [False]


@pytest.mark.parametrize("profile", [ED25519], indirect=True)
def test_what_is_not_sealed_shows_no_seal(file: bytes, tmp_path: Path) -> None:
    assert read_elsewhere(file, tmp_path).signatures == []
