"""Writing a sheet as PDF/A-3b (ISO 19005-3), with a file attached and room for a signature. Pure.

One revision, written by hand: what a licence needs of PDF is little, and the same sheet gives the same bytes.
Colours are calibrated ones, so that no profile of a device has to be carried along; every font is embedded.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Final

from tongban.licences.renderings.sheet import A4, Leaf, Sheet
from tongban.licences.renderings.typeface import FAMILY, PER_EM, Subset, subset

ROOM: Final = 4096  # bytes for the signature, written as hexadecimal
_POINTS: Final = 72 / 25.4  # in a millimetre
_RANGE: Final = b"/ByteRange [0 %010d %010d %010d]"
_BLACK, _RED = b"0 0 0 sc", b"0.70 0.05 0.05 sc"
# sRGB's primaries and white, D65 (IEC 61966-2-1), its curve as a power of 2.2
_COLOURS: Final = (
    b"[/CalRGB << /WhitePoint [0.9505 1 1.089] /Gamma [2.2 2.2 2.2]"
    b" /Matrix [0.4124 0.2126 0.0193 0.3576 0.7152 0.1192 0.1805 0.0722 0.9505] >>]"
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """The file that a rendering carries: what it was made from."""

    name: str
    content: bytes
    kind: str  # media type


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A PDF whose signature is still nought, and the two parts of it that are signed."""

    file: bytes
    start: int  # of the signature, its bracket included
    end: int

    def digest(self, function: str) -> str:
        """Give the hash of all but the signature."""
        return hashlib.new(function, self.file[: self.start] + self.file[self.end :]).hexdigest()

    def signed(self, signature: bytes) -> bytes:
        """Give the file with its signature in place."""
        if len(signature) > ROOM:
            raise ValueError(f"a signature of {len(signature)} bytes, and room for {ROOM}")
        written = b"<" + signature.hex().ljust(2 * ROOM, "0").encode() + b">"
        return self.file[: self.start] + written + self.file[self.end :]


class _Objects:
    """The numbered objects of a file; a place may be kept before its object is written."""

    def __init__(self) -> None:
        self._bodies: list[bytes] = []

    def keep(self) -> int:
        self._bodies.append(b"")
        return len(self._bodies)

    def put(self, number: int, body: bytes) -> int:
        self._bodies[number - 1] = body
        return number

    def add(self, body: bytes) -> int:
        return self.put(self.keep(), body)

    def stream(self, said: bytes, content: bytes) -> int:
        head = b"<< %s/Length %d >>\nstream\n" % (said, len(content))
        return self.add(head + content + b"\nendstream")

    def file(self, root: int) -> bytes:
        """Give the whole file; its name for itself follows from what stands in it."""
        out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        places = []
        for number, body in enumerate(self._bodies, start=1):
            places.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        table, name = len(out), hashlib.sha256(out).hexdigest()[:32].encode()
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        out += b"trailer\n<< /Size %d /Root %d 0 R /ID [<%s> <%s>] >>\n" % (len(places) + 1, root, name, name)
        return bytes(out + b"startxref\n%d\n%%%%EOF\n" % table)


def write_pdf(sheet: Sheet, attached: Attachment, *, at: datetime) -> bytes:
    """Give a sheet as a PDF that nobody has signed."""
    return _written(sheet, attached, at, None)


def write_signable(sheet: Sheet, attached: Attachment, *, at: datetime, signer: str) -> Unsigned:
    """Give a sheet as a PDF with room for the signature of `signer`, given at that moment."""
    file = _written(sheet, attached, at, signer)
    start = file.index(b"/Contents <00") + len(b"/Contents ")
    end = start + 2 * ROOM + 2
    filled = file.replace(_RANGE % (0, 0, 0), _RANGE % (start, end, len(file) - end), 1)
    return Unsigned(filled, start, end)


def _written(sheet: Sheet, attached: Attachment, at: datetime, signer: str | None) -> bytes:
    objects = _Objects()
    tree, root = objects.keep(), objects.keep()
    font = subset(sheet.characters)
    resources = b"/Resources << /ColorSpace << /C %s >> /Font << /F %d 0 R >> >>" % (
        _COLOURS,
        _font(objects, font),
    )
    size = b"/MediaBox [0 0 %.3f %.3f]" % (A4[0] * _POINTS, A4[1] * _POINTS)
    leaves = [objects.keep() for _ in sheet.leaves]
    field = None if signer is None else _field(objects, leaves[0], at, signer)
    for place, (number, leaf) in enumerate(zip(leaves, sheet.leaves, strict=True)):
        drawn = objects.stream(b"", _drawn(leaf, font))
        noted = b" /Annots [%d 0 R]" % field if field and not place else b""
        objects.put(
            number,
            b"<< /Type /Page /Parent %d 0 R %s %s /Contents %d 0 R%s >>"
            % (tree, size, resources, drawn, noted),
        )
    kids = b" ".join(b"%d 0 R" % number for number in leaves)
    objects.put(tree, b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(leaves), kids))
    described = objects.stream(b"/Type /Metadata /Subtype /XML ", _described(sheet.title, at))
    spec = _attached(objects, attached, at)
    form = b" /AcroForm << /SigFlags 3 /Fields [%d 0 R] >>" % field if field else b""
    objects.put(
        root,
        b"<< /Type /Catalog /Pages %d 0 R /Metadata %d 0 R /Lang (zh-CN) /AF [%d 0 R]"
        b" /Names << /EmbeddedFiles << /Names [%s %d 0 R] >> >>%s >>"
        % (tree, described, spec, _text(attached.name), spec, form),
    )
    return objects.file(root)


def _drawn(leaf: Leaf, font: Subset) -> bytes:
    """Give the drawing of one page: boxes first, words on them."""
    lines = [b"/C cs"]
    for box in leaf.boxes:
        place = (box.x, A4[1] - box.y - box.height, box.width, box.height)
        drawn = b" ".join(b"%.3f" % (each * _POINTS) for each in place)
        lines.append(b"%s %s re f" % (_RED if box.red else _BLACK, drawn))
    for words in leaf.words:
        shown = b"".join(b"%04X" % font.cids[each][0] for each in words.text)
        x, y = words.x * _POINTS, (A4[1] - words.y) * _POINTS
        colour = _RED if words.red else _BLACK
        lines.append(
            b"BT %s /F %.3f Tf 1 0 0 1 %.3f %.3f Tm <%s> Tj ET" % (colour, words.size * _POINTS, x, y, shown)
        )
    return b"\n".join(lines)


def _font(objects: _Objects, font: Subset) -> int:
    """Write the embedded font, its widths, and which character each of its numbers stands for."""
    tag = "".join(chr(ord("A") + byte % 26) for byte in hashlib.sha256(font.file).digest()[:6])
    name = b"/%s+%s" % (tag.encode(), FAMILY.replace(" ", "").encode())
    outlines = objects.stream(b"/Subtype /CIDFontType0C ", font.outlines)
    descriptor = objects.add(
        b"<< /Type /FontDescriptor /FontName %s /Flags 6 /FontBBox [%d %d %d %d] /ItalicAngle 0"
        b" /Ascent %d /Descent %d /CapHeight %d /StemV 80 /FontFile3 %d 0 R >>"
        % (name, *font.box, font.ascent, font.descent, font.ascent, outlines)
    )
    by_number = sorted((cid, wide, each) for each, (cid, wide) in font.cids.items())
    widths = b" ".join(b"%d [%d]" % (cid, wide) for cid, wide, _ in by_number)
    inner = objects.add(
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont %s /CIDSystemInfo << /Registry (Adobe)"
        b" /Ordering (Identity) /Supplement 0 >> /FontDescriptor %d 0 R /DW %d /W [%s] >>"
        % (name, descriptor, PER_EM, widths)
    )
    meanings = objects.stream(b"", _meanings([(cid, each) for cid, _, each in by_number]))
    return objects.add(
        b"<< /Type /Font /Subtype /Type0 /BaseFont %s-Identity-H /Encoding /Identity-H"
        b" /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>" % (name, inner, meanings)
    )


def _meanings(characters: list[tuple[int, str]]) -> bytes:
    """Give the ToUnicode map, in blocks of at most a hundred (ISO 32000-1, 9.10.3)."""
    blocks = [characters[start : start + 100] for start in range(0, len(characters), 100)]
    lines = [
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        b"/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange",
    ]
    for block in blocks:
        lines.append(b"%d beginbfchar" % len(block))
        lines += [b"<%04X> <%s>" % (cid, each.encode("utf-16-be").hex().encode()) for cid, each in block]
        lines.append(b"endbfchar")
    return b"\n".join([*lines, b"endcmap CMapName currentdict /CMap defineresource pop end end"])


def _attached(objects: _Objects, attached: Attachment, at: datetime) -> int:
    """Write the attached file; the page was made from it, so it is the source."""
    kind = attached.kind.replace("/", "#2F").encode()
    file = objects.stream(
        b"/Type /EmbeddedFile /Subtype /%s /Params << /Size %d /ModDate %s >> "
        % (kind, len(attached.content), _moment(at)),
        attached.content,
    )
    name = _text(attached.name)
    return objects.add(
        b"<< /Type /Filespec /F %s /UF %s /AFRelationship /Source /EF << /F %d 0 R /UF %d 0 R >> >>"
        % (name, name, file, file)
    )


def _field(objects: _Objects, page: int, at: datetime, signer: str) -> int:
    """Write the field of the signature, which is not seen, and the signature with nought in it."""
    signature = objects.add(
        b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M %s /Name %s %s"
        b" /Contents <%s> >>" % (_moment(at), _text(signer), _RANGE % (0, 0, 0), b"00" * ROOM)
    )
    return objects.add(
        b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (office) /Rect [0 0 0 0] /F 132 /P %d 0 R /V %d 0 R >>"
        % (page, signature)
    )


def _described(title: str, at: datetime) -> bytes:
    """Give the metadata (XMP): the title, the moment, and that the file is PDF/A-3b."""
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
<xmp:CreateDate>{moment}</xmp:CreateDate>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>""".encode()


def _moment(at: datetime) -> bytes:
    return at.astimezone(UTC).strftime("(D:%Y%m%d%H%M%SZ)").encode()


def _text(text: str) -> bytes:
    """Write a text: in hexadecimal, as UTF-16 with its mark, so that nothing has to be escaped."""
    return b"<FEFF%s>" % text.encode("utf-16-be").hex().encode()
