"""Writing a sheet as OFD (GB/T 33190-2016), with a file attached and room for an electronic seal. Pure.

The names of elements and their order are those that published readers take; the text of the standard was not
read (docs/law/licences.md, 5), and what GB/T 36905 asks of a licence's OFD is not known here.
"""

import hashlib
import io
import zipfile
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from tongban.kernel.clock import civil_date
from tongban.licences.renderings.pdf import Attachment
from tongban.licences.renderings.sheet import A4, Box, Leaf, Sheet, Words
from tongban.licences.renderings.typeface import FAMILY, PER_EM, subset, width

SIGNATURE: Final = "/Doc_0/Signs/Sign_0/Signature.xml"
SIGNED_VALUE: Final = "/Doc_0/Signs/Sign_0/SignedValue.dat"
SEAL: Final = "/Doc_0/Signs/Sign_0/Seal.esl"
_NAMESPACE: Final = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)  # of every member of the package, so that the bytes repeat
_FONT = 1  # its number; numbers of pages and objects follow
_RISE: Final = 0.88  # of a size, from the base line to the top of a character's field
_SM3, _SM2 = "1.2.156.10197.1.401", "1.2.156.10197.1.501"


@dataclass(frozen=True, slots=True)
class Package:
    """The members of an OFD, by their place in it."""

    members: Mapping[str, bytes]

    def file(self) -> bytes:
        """Give the package as one file; the same members give the same bytes."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
            for place, content in self.members.items():
                member = zipfile.ZipInfo(place.removeprefix("/"), _FIRST_DAY)
                member.compress_type = zipfile.ZIP_DEFLATED
                package.writestr(member, content)
        return out.getvalue()

    def with_members(self, members: Mapping[str, bytes]) -> "Package":
        """Give the package with more in it."""
        return Package({**self.members, **members})


def write_ofd(sheet: Sheet, attached: Attachment, *, at: datetime, sealed: bool) -> Package:
    """Give a sheet as OFD; where it will be sealed, with the list of its signatures."""
    font = subset(sheet.characters)
    numbers = iter(range(_FONT + 1, 1_000_000))
    pages = [(next(numbers), leaf) for leaf in sheet.leaves]
    drawn = {
        f"/Doc_0/Pages/Page_{place}/Content.xml": _page(leaf, numbers)
        for place, (_, leaf) in enumerate(pages)
    }
    members = {
        "/OFD.xml": _root(sheet, attached, at, sealed=sealed),
        "/Doc_0/Document.xml": _document([number for number, _ in pages], next(numbers)),
        "/Doc_0/PublicRes.xml": _xml(
            "Res",
            f'<ofd:Fonts><ofd:Font ID="{_FONT}" FontName="{FAMILY}" FamilyName="{FAMILY}">'
            "<ofd:FontFile>font.otf</ofd:FontFile></ofd:Font></ofd:Fonts>",
            ' BaseLoc="Res"',
        ),
        "/Doc_0/Res/font.otf": font.file,
        **drawn,
        "/Doc_0/Attachs/Attachments.xml": _xml(
            "Attachments",
            f'<ofd:Attachment ID="1" Name={quoteattr(attached.name)} Format="json"'
            f' CreationDate="{_moment(at)}" Size="{len(attached.content) / 1024:.3f}">'
            f"<ofd:FileLoc>{escape(attached.name)}</ofd:FileLoc></ofd:Attachment>",
        ),
        f"/Doc_0/Attachs/{attached.name}": attached.content,
    }
    if sealed:
        members["/Doc_0/Signs/Signatures.xml"] = _xml(
            "Signatures",
            "<ofd:MaxSignId>1</ofd:MaxSignId>"
            '<ofd:Signature ID="1" Type="Seal" BaseLoc="Sign_0/Signature.xml"/>',
        )
    return Package(members)


def write_signature(package: Package, sheet: Sheet, seal: bytes, *, at: datetime, side: float) -> Package:
    """Add the seal and Signature.xml: the SM3 of every member, where the seal stands, how it is signed."""
    listed = package.with_members({SEAL: seal})
    checked = "".join(
        f'<ofd:Reference FileRef="{place}"><ofd:CheckValue>'
        f"{b64encode(hashlib.new('sm3', content).digest()).decode()}</ofd:CheckValue></ofd:Reference>"
        for place, content in listed.members.items()
    )
    x, y = (middle - side / 2 for middle in (sheet.stamp.x, sheet.stamp.y))
    page = _FONT + 1 + sheet.stamp.leaf
    written = _xml(
        "Signature",
        '<ofd:SignedInfo><ofd:Provider ProviderName="Tongban" Version="1.0"/>'
        f"<ofd:SignatureMethod>{_SM2}</ofd:SignatureMethod>"
        f"<ofd:SignatureDateTime>{at.astimezone(UTC):%Y%m%d%H%M%SZ}</ofd:SignatureDateTime>"
        f'<ofd:References CheckMethod="{_SM3}">{checked}</ofd:References>'
        f'<ofd:StampAnnot ID="1" PageRef="{page}" Boundary="{_numbers(x, y, side, side)}"/>'
        f"<ofd:Seal><ofd:BaseLoc>{SEAL}</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo>"
        f"<ofd:SignedValue>{SIGNED_VALUE}</ofd:SignedValue>",
    )
    return listed.with_members({SIGNATURE: written})


def _root(sheet: Sheet, attached: Attachment, at: datetime, *, sealed: bool) -> bytes:
    name = hashlib.sha256(attached.content + repr(sheet).encode()).hexdigest()[:32]
    signatures = "<ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures>" if sealed else ""
    return _xml(
        "OFD",
        f"<ofd:DocBody><ofd:DocInfo><ofd:DocID>{name}</ofd:DocID><ofd:Title>{escape(sheet.title)}</ofd:Title>"
        f"<ofd:CreationDate>{civil_date(at)}</ofd:CreationDate><ofd:Creator>Tongban</ofd:Creator></ofd:DocInfo>"
        f"<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>{signatures}</ofd:DocBody>",
        ' Version="1.0" DocType="OFD"',
    )


def _document(pages: list[int], most: int) -> bytes:
    listed = "".join(
        f'<ofd:Page ID="{number}" BaseLoc="Pages/Page_{place}/Content.xml"/>'
        for place, number in enumerate(pages)
    )
    return _xml(
        "Document",
        f"<ofd:CommonData><ofd:MaxUnitID>{most}</ofd:MaxUnitID><ofd:PageArea>{_paper()}</ofd:PageArea>"
        "<ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages><ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>",
    )


def _page(leaf: Leaf, numbers: Iterator[int]) -> bytes:
    layer = next(numbers)
    boxes = "".join(_box(box, next(numbers)) for box in leaf.boxes)
    words = "".join(_words(each, next(numbers)) for each in leaf.words if each.text)
    return _xml(
        "Page",
        f'<ofd:Area>{_paper()}</ofd:Area><ofd:Content><ofd:Layer ID="{layer}" Type="Body">'
        f"{boxes}{words}</ofd:Layer></ofd:Content>",
    )


def _box(box: Box, number: int) -> str:
    wide, high = f"{box.width:.3f}", f"{box.height:.3f}"
    return (
        f'<ofd:PathObject ID="{number}" Boundary="{_numbers(box.x, box.y, box.width, box.height)}"'
        f' Stroke="false" Fill="true">{_colour(red=box.red)}<ofd:AbbreviatedData>'
        f"M 0 0 L {wide} 0 L {wide} {high} L 0 {high} C</ofd:AbbreviatedData></ofd:PathObject>"
    )


def _words(words: Words, number: int) -> str:
    """Write a line of text: how far each character stands from the one before."""
    steps = [width(each) * words.size / PER_EM for each in words.text]
    apart = f' DeltaX="{_numbers(*steps[:-1])}"' if len(steps) > 1 else ""
    rise = words.size * _RISE
    boundary = _numbers(words.x, words.y - rise, sum(steps), words.size * 1.2)
    return (
        f'<ofd:TextObject ID="{number}" Boundary="{boundary}" Font="{_FONT}" Size="{words.size:.3f}">'
        f'{_colour(red=words.red)}<ofd:TextCode X="0" Y="{rise:.3f}"{apart}>{escape(words.text)}'
        "</ofd:TextCode></ofd:TextObject>"
    )


def _colour(*, red: bool) -> str:
    return f'<ofd:FillColor Value="{"178 13 13" if red else "0 0 0"}"/>'


def _paper() -> str:
    return f"<ofd:PhysicalBox>{_numbers(0, 0, *A4)}</ofd:PhysicalBox>"


def _numbers(*values: float) -> str:
    return " ".join(f"{value:.3f}" for value in values)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"


def _xml(name: str, content: str, attributes: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ofd:{name} {_NAMESPACE}{attributes}>{content}</ofd:{name}>'
    ).encode()
