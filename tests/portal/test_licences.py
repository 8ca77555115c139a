"""One's licences, and what anybody who was shown one may verify."""

import io
from dataclasses import replace
from datetime import timedelta

import ofdkit
import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import tongban_verify
from tests.portal.filling import answers, begun, number_of
from tests.portal.visiting import Page, Visit
from tests.rest.placing import publish
from tongban.cases import api as cases
from tongban.licences import api as licences
from tongban.licences.models import LicenceRow
from tongban_verify.documents import verify_file
from tongban_verify.page import policy
from tongban_verify.trust import anchor_from_bytes

COPIED = (
    "version",
    "type_code",
    "issuer",
    "holder_type",
    "operation",
    "status",
    "content",
    "digest",
    "statement",
    "prepared_at",
    "prepared_entry",
    "kid",
    "signature",
    "signed_entry",
    "promise",
)


def founded(visit: Visit) -> Page:
    visit.as_person("li_chunyan")
    return visit.press(begun(visit), do="submit", fill=answers())


def business_licence(page: Page) -> str:
    return cases.snapshot(number_of(page)).case("registration").licence


def test_the_founder_finds_all_six_and_reads_one(visit: Visit) -> None:
    page = founded(visit)
    listed = visit.open("/licences/")
    assert len([link for link in listed.read.links if link.startswith("/licences/1.")]) == 6
    licence = visit.open(f"/licences/{business_licence(page)}/")
    for said in ("云东县燕归来餐饮有限公司", "李春燕", "100,000.00元", "2026年11月23日", "有效", "长期"):
        assert said in licence.text, said


def test_a_code_is_read_in_words_of_both_languages_and_stays_a_code_in_the_data(visit: Visit) -> None:
    page = founded(visit)
    publish(visit.town)
    identifier = cases.snapshot(number_of(page)).case("tax").licence
    content = licences.licence(identifier).content
    assert content["extend_info"]["accounting_rules"] == "small"
    assert set(content["extend_words"]) == {"accounting_rules"}, "what is no code has no words"
    there = f"/licences/{identifier}/"
    assert "小企业会计准则" in visit.open(there).text
    assert "rules for small enterprises" in visit.open(f"/language/en?next={there}").text
    file = visit.client.get(f"{there}file").content
    altered = file.replace("小企业会计准则".encode(), "企业会计准则".encode())
    anchor = anchor_from_bytes(licences.trust_file().read_bytes())
    assert verify_file(file, anchor, visit.town.now).exit_code == 0
    assert altered != file
    assert verify_file(altered, anchor, visit.town.now).exit_code != 0


def test_the_list_asks_the_store_a_fixed_number_of_times(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    with CaptureQueriesContext(connection) as none:
        visit.open("/licences/")
    founded(visit)
    with CaptureQueriesContext(connection) as six:
        visit.open("/licences/")
    assert len(six) <= len(none) + 1


def test_a_long_list_shows_every_licence_once_page_by_page(visit: Visit) -> None:
    """Held and brought stand in one list: here a company's six, and sixty that the founder holds."""
    page = founded(visit)
    owner = visit.town.subject("li_chunyan")
    one = LicenceRow.objects.get(identifier=business_licence(page))
    LicenceRow.objects.bulk_create(
        LicenceRow(
            **{name: getattr(one, name) for name in COPIED},
            identifier=f"1.2.156.3005.2.copy.{number:04d}",
            base=f"copy.{number:04d}",
            case_number=f"COPY{number:04d}",
            holder_code=owner.number,
            signed_at=visit.town.now + timedelta(minutes=number // 3 - 10),
        )
        for number in range(60)
    )
    listed, after, pages = [], "", 0
    while after or not pages:
        found = cases.licences_for(owner, after=after, most=7)
        assert len(found.lines) <= 7
        listed += found.lines
        after, pages = found.after, pages + 1
    assert len({each.identifier for each in listed}) == len(listed) == 66
    moments = [each.signed_at for each in listed if each.signed_at is not None]
    assert moments == sorted(moments, reverse=True)
    first = visit.open("/licences/")
    onward = next(link for link in first.read.links if "after=" in link)
    assert visit.open(f"/licences/{onward}").status == 200


def test_the_file_proves_itself_to_the_independent_verifier(visit: Visit) -> None:
    page = founded(visit)
    publish(visit.town)
    answer = visit.client.get(f"/licences/{business_licence(page)}/file")
    assert "attachment" in answer.headers["Content-Disposition"]
    anchor = anchor_from_bytes(licences.trust_file().read_bytes())
    report = verify_file(answer.content, anchor, visit.town.now)
    assert report.exit_code == 0, report.sentence("en")


def test_the_renderings_carry_the_same_file_and_the_page_names_the_original(visit: Visit) -> None:
    page = founded(visit)
    publish(visit.town)
    place = f"/licences/{business_licence(page)}/file"
    whole = visit.client.get(place).content
    with pikepdf.open(io.BytesIO(visit.client.get(f"{place}.pdf").content)) as pdf:
        assert pdf.attachments["licence.json"].get_file().read_bytes() == whole
    answer = visit.client.get(f"{place}.ofd")
    assert answer.headers["Content-Type"] == "application/ofd"
    with ofdkit.open(io.BytesIO(answer.content)) as ofd:
        said = "".join(ofd.text().split())
    for words in (
        "示范样式",
        "李春燕",
        "本市电子证照以证照文件（JSON）为原件",
        "（本地设定）",
        "/verify/1.2.",
    ):
        assert words in said, words
    assert "下载证照文件（原件）" in visit.open(f"/licences/{business_licence(page)}/").text
    assert visit.client.get(f"{place}.docx").status_code == 404


def test_the_holders_own_code_verifies_offline_too_and_nobody_else_is_given_it(visit: Visit) -> None:
    identifier, at = business_licence(founded(visit)), visit.town.workplace
    place = f"/licences/{identifier}/code.svg"
    assert place in visit.open(f"/licences/{identifier}/").html
    drawn = visit.client.get(place)
    assert drawn.headers["Content-Type"] == "image/svg+xml"
    code = licences.code_of(identifier, at.signers, address=f"http://testserver/verify/{identifier}/")
    anchor = anchor_from_bytes(licences.trust_file().read_bytes())
    report = verify_file(code.encode(), anchor, visit.town.now)
    assert [each.code for each in report.reasons] == ["no_status_list"]
    assert report.facts["holder"] == "云东县燕归来餐饮有限公司"
    size = licences.drawn(code).symbol_size(scale=4, border=2)[0]
    assert f'width="{size}"'.encode() in drawn.content
    visit.as_person("wang_jianguo")
    assert visit.client.get(place).status_code == 404


def test_while_the_signer_is_silent_the_holders_code_leads_to_the_page_alone(visit: Visit) -> None:
    identifier, town = business_licence(founded(visit)), visit.town
    town.workplace = replace(town.workplace, signers=licences.Signers(town.workplace.node.var))
    drawn = visit.client.get(f"/licences/{identifier}/code.svg")
    size = licences.drawn(f"http://testserver/verify/{identifier}/").symbol_size(scale=4, border=2)[0]
    assert f'width="{size}"'.encode() in drawn.content


def test_whoever_is_shown_a_licence_learns_whether_it_is_in_force_and_nothing_else(visit: Visit) -> None:
    identifier = business_licence(founded(visit))
    visit.client.cookies.clear()
    page = visit.open(f"/verify/{identifier}/")
    assert "营业执照：有效" in page.text
    for hidden in ("燕归来", "李春燕", "春风路", "91990121"):
        assert hidden not in page.html, hidden
    short = identifier.removeprefix("1.2.156.3005.2.")
    assert "有效" in visit.open(f"/verify/?identifier={short}").text


@pytest.mark.parametrize("wanted", ["1.2.156.3005.2.nothing", "x" * 90, "%27%20OR%201=1"])
def test_what_is_no_licence_is_said_to_be_none(visit: Visit, wanted: str) -> None:
    page = visit.open(f"/verify/{wanted}/")
    assert page.status == 404
    assert "没有查到这份证照。" in page.text


def test_anothers_licence_is_not_there(visit: Visit) -> None:
    identifier = business_licence(founded(visit))
    visit.as_person("wang_jianguo")
    assert visit.open(f"/licences/{identifier}/").status == 404
    for form in ("", ".pdf", ".ofd"):
        assert visit.open(f"/licences/{identifier}/file{form}").status == 404
    assert "还没有证照" in visit.open("/licences/").text


def test_the_page_that_verifies_may_do_nothing_but_that(visit: Visit) -> None:
    identifier = business_licence(founded(visit))
    for place in ("/verify/", f"/licences/{identifier}/"):
        assert "/verify/offline.html" in visit.open(place).read.links, place
    visit.client.cookies.clear()
    answer = visit.client.get("/verify/offline.html")
    allowed = answer.headers["Content-Security-Policy"]
    assert allowed == f"{policy()}; frame-ancestors 'none'"
    assert "default-src 'none'" in allowed
    assert answer.content == tongban_verify.page()
    assert "Set-Cookie" not in answer.headers
