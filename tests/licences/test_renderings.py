"""The renderings of a licence, judged by programs that made none of them."""

import hashlib
import io
import json
import zipfile
from base64 import b64encode
from typing import Any
from xml.etree import ElementTree

import ofdkit
import pikepdf
import pytest
from asn1crypto import core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pikepdf import pdfa
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from tests.licences.conftest import CONTENT, MARKET, NOON, Issuing
from tongban.kernel import sm2
from tongban.kernel.errors import NotFound
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.licences.node_keys import certificate_file
from tongban.licences.profiles import SignsOtherwise
from tongban.licences.renderings.laying import broken
from tongban.licences.renderings.typeface import length
from tongban.licences.signer.algorithms import ED25519, ES256, SM2
from tongban.licences.signer.journal import lines_of
from tongban_verify.documents import verify_file
from tongban_verify.trust import anchor_from_bytes

ADDRESS = "https://tongban.example/verify/1.2.156.3005.2.11100000MB0143028R001/"
ORIGINAL = Text("本市以证照文件为原件。", "In this city the licence file is the original.")
KNOWN_TO_READERS = [ED25519, ES256]  # of PDF
OFD = "{http://www.ofdspec.org/2016}"


@pytest.fixture(params=[SM2, ED25519, ES256])
def profile(request: pytest.FixtureRequest) -> licences.SigningProfile:
    """The office's key is of each algorithm in turn."""
    otherwise = (SignsOtherwise(organisation=MARKET, algorithm=request.param),)
    return licences.SigningProfile(profile="international", otherwise=otherwise)


@pytest.fixture
def alg(profile: licences.SigningProfile) -> str:
    return profile.algorithm_of(MARKET)


@pytest.fixture
def licence(issuing: Issuing) -> licences.Licence:
    issued = issuing.issue()
    issuing.publish()
    return issued


def rendered(issuing: Issuing, licence: licences.Licence, format_: licences.Format) -> licences.Rendering:
    return licences.render(licence.identifier, format_, issuing.signers, address=ADDRESS, original=ORIGINAL)


def certificate() -> x509.Certificate:
    kid = licences.public_keys(ledger.keys_folder(), MARKET)[-1].kid
    return x509.load_der_x509_certificate(certificate_file(kid).read_bytes())


def status_of(file: bytes) -> Any:
    """Validate the one signature of a PDF, trusting the office's certificate alone."""
    [signature] = PdfFileReader(io.BytesIO(file)).embedded_signatures
    root = asn1_x509.Certificate.load(certificate().public_bytes(Encoding.DER))
    trusting = ValidationContext(trust_roots=[root], moment=NOON)
    return validate_pdf_signature(signature, signer_validation_context=trusting)


def test_the_pdf_breaks_no_rule_of_pdf_a(issuing: Issuing, licence: licences.Licence) -> None:
    report = pdfa.validate_written(io.BytesIO(rendered(issuing, licence, "pdf").file), "3b")
    assert [finding for finding in report.findings if finding.kind == "violation"] == []


@pytest.mark.parametrize("profile", [SM2], indirect=True)
def test_the_pdf_of_an_office_that_signs_with_sm2_bears_no_signature(
    issuing: Issuing, licence: licences.Licence
) -> None:
    made = rendered(issuing, licence, "pdf")
    assert not made.signed
    assert PdfFileReader(io.BytesIO(made.file)).embedded_signatures == []


@pytest.mark.parametrize("profile", KNOWN_TO_READERS, indirect=True)
def test_the_pdf_of_an_office_with_a_known_curve_is_signed_and_holds(
    issuing: Issuing, licence: licences.Licence
) -> None:
    made = rendered(issuing, licence, "pdf")
    assert made.signed
    status = status_of(made.file)
    assert status.bottom_line, status.pretty_print_details()
    assert status.coverage.name == "ENTIRE_FILE"
    spki = certificate().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    offices = json.loads(licences.trust_file().read_bytes())["content"]["offices"]
    assert b64encode(spki).decode() in [key["public_key"] for office in offices for key in office["keys"]]


@pytest.mark.parametrize("profile", KNOWN_TO_READERS, indirect=True)
def test_a_changed_byte_breaks_the_signature(issuing: Issuing, licence: licences.Licence) -> None:
    file = bytearray(rendered(issuing, licence, "pdf").file)
    place = file.index(CONTENT["credit_code"].encode())  # in the attached licence file
    file[place] ^= 1
    assert not status_of(bytes(file)).intact


def test_each_rendering_carries_the_licence_file_that_proves_itself(
    issuing: Issuing, licence: licences.Licence
) -> None:
    whole = licences.licence_file(licence.identifier)
    with pikepdf.open(io.BytesIO(rendered(issuing, licence, "pdf").file)) as pdf:
        assert pdf.attachments["licence.json"].get_file().read_bytes() == whole
        assert pdf.Root.AF[0].AFRelationship == "/Source"
    ofd = zipfile.ZipFile(io.BytesIO(rendered(issuing, licence, "ofd").file))
    assert ofd.read("Doc_0/Attachs/licence.json") == whole
    anchor = anchor_from_bytes(licences.trust_file().read_bytes())
    assert verify_file(whole, anchor, issuing.now).exit_code == 0


def test_the_same_licence_file_gives_the_same_bytes_and_no_further_line_of_the_journal(
    issuing: Issuing, licence: licences.Licence
) -> None:
    journal = ledger.keys_folder().parent / "signed" / MARKET
    first = [rendered(issuing, licence, format_).file for format_ in ("pdf", "ofd")]
    kept = lines_of(journal)
    again = [rendered(issuing, licence, format_).file for format_ in ("pdf", "ofd")]
    assert first == again
    assert lines_of(journal) == kept


def said_in_pdf(file: bytes) -> str:
    """Give the characters of a PDF's pages as its own maps say them, in the order of drawing."""
    with pikepdf.open(io.BytesIO(file)) as pdf:
        text = []
        for page in pdf.pages:
            meanings = page.Resources.Font.F.ToUnicode.read_bytes().decode()
            known = dict(line.strip("<>").split("> <") for line in meanings.splitlines() if "> <" in line[:9])
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "Tj":
                    cids = bytes(operands[0])
                    pairs = (cids[at : at + 2].hex().upper() for at in range(0, len(cids), 2))
                    text.append("".join(bytes.fromhex(known[each]).decode("utf-16-be") for each in pairs))
        return "\n".join(text)


def test_both_say_what_the_licence_says_and_what_the_copy_is_worth(
    issuing: Issuing, licence: licences.Licence, alg: str
) -> None:
    with ofdkit.open(io.BytesIO(rendered(issuing, licence, "ofd").file)) as read:
        ofd = read.text()
        assert read.warnings == []
    pdf = said_in_pdf(rendered(issuing, licence, "pdf").file)
    for text in (pdf, ofd):
        joined = "".join(text.split())
        for said in ("营业执照", "示范样式", CONTENT["name"], CONTENT["address"], "100,000.00元", "有效"):
            assert said in joined, said
        half = len(licence.identifier) // 2  # it is too long for one line
        for said in (licence.identifier[:half], licence.digest, "本市以证照文件为原件", ADDRESS):
            assert said in joined, said
    assert ("未签名副本" in pdf) is (alg == SM2)
    assert ("未加盖电子印章" in "".join(ofd.split())) is (alg != SM2)


def test_a_suspended_licence_is_rendered_as_suspended(issuing: Issuing, licence: licences.Licence) -> None:
    because = Text("抽查发现隐患。", "A check found a hazard.")
    suspend = licences.Change(
        licences.Operation.SUSPENDED, licences.Status.SUSPENDED, reasons=because, basis="x", staff="s"
    )
    issuing.change(licence.identifier, suspend)
    assert "暂扣" in said_in_pdf(rendered(issuing, licence, "pdf").file)


def test_the_seal_of_an_ofd_covers_every_member_and_is_signed_with_sm2(
    issuing: Issuing, licence: licences.Licence, alg: str
) -> None:
    package = zipfile.ZipFile(io.BytesIO(rendered(issuing, licence, "ofd").file))
    named = set(package.namelist())
    if alg != SM2:
        assert not any("Signs" in name for name in named)
        return
    place = "Doc_0/Signs/Sign_0/Signature.xml"
    root = ElementTree.fromstring(package.read(place))  # noqa: S314  made a moment ago
    checked = {
        each.attrib["FileRef"].removeprefix("/"): each.findtext(f"{OFD}CheckValue")
        for each in root.iter(f"{OFD}Reference")
    }
    assert set(checked) == named - {place, "Doc_0/Signs/Sign_0/SignedValue.dat"}
    for name, value in checked.items():
        assert value == b64encode(hashlib.new("sm3", package.read(name)).digest()).decode(), name
    signature = core.SequenceOf.load(package.read("Doc_0/Signs/Sign_0/SignedValue.dat"), spec=core.Any)
    said, written, _, value = (each.dump() for each in signature)
    key = x509.load_der_x509_certificate(core.OctetString.load(written).native)
    spki = asn1_x509.Certificate.load(key.public_bytes(Encoding.DER)).public_key.dump()
    pair = core.SequenceOf.load(core.OctetBitString.load(value).native, spec=core.Integer)
    raw = b"".join(each.native.to_bytes(32) for each in pair)
    assert sm2.verify(spki, said, raw)
    hashed = core.SequenceOf.load(said, spec=core.Any)[3].dump()
    assert core.OctetBitString.load(hashed).native == hashlib.new("sm3", package.read(place)).digest()


def test_only_seals_of_evidenced_licences_stand_in_the_journal(
    issuing: Issuing, licence: licences.Licence, alg: str
) -> None:
    rendered(issuing, licence, "ofd" if alg == SM2 else "pdf")
    last = lines_of(ledger.keys_folder().parent / "signed" / MARKET)[-1]
    assert last["kind"] == ("stamp" if alg == SM2 else "seal")
    assert last["subject"] == licence.identifier
    file = json.loads(licences.licence_file(licence.identifier))
    assert file["signature"]["statement"]["evidence"] in last["statement"]


def test_what_is_not_signed_is_not_rendered(issuing: Issuing) -> None:
    with pytest.raises(NotFound):
        rendered(issuing, issuing.prepare(), "pdf")


def test_a_long_licence_goes_on_over_the_next_page(issuing: Issuing) -> None:
    issued = issuing.issue(content={**CONTENT, "scope": [f"第{number}项经营活动" for number in range(400)]})
    issuing.publish()
    with pikepdf.open(io.BytesIO(rendered(issuing, issued, "pdf").file)) as pdf:
        assert len(pdf.pages) > 1
    with ofdkit.open(io.BytesIO(rendered(issuing, issued, "ofd").file)) as read:
        assert "第399项经营活动" in "".join(read.text().split())


@pytest.mark.parametrize("text", ["云东县城关镇青石路8号，" * 9, "a word " * 60, "x" * 300, "", "一"])
def test_a_text_is_broken_into_lines_that_fit_and_loses_nothing(text: str) -> None:
    lines = broken(text, 4.0, 60.0)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(length(line, 4.0) <= 60.0 for line in lines)
    assert not any(line.startswith("，") for line in lines)
