"""Notices: composed from the city's words, evidenced, sealed by their office, remedies beside every no."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from tests.licences.conftest import CASE, MARKET, NOON, TAX
from tests.papers.conftest import Office
from tongban.kernel.canonical import canonical
from tongban.kernel.errors import Invalid, NotAllowed, NotFound
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.ledger.models import Entry
from tongban.licences import api as licences
from tongban.papers import api as papers
from tongban.papers.letters import letters_of, remedies_against
from tongban.papers.models import NoticeRow
from tongban.papers.rules import BY_A_PERSON, WITH_REASONS, WITH_REMEDIES, Grounds
from tongban.registry import api as registry
from tongban_verify import Verdict, anchor_from_bytes, verify_file

ITEM = Text("公司设立登记", "Company registration")
WHY = Text("住所经核查不存在", "The address does not exist")
WHOLE: dict[str, Any] = {
    "item": ITEM,
    "reasons": (WHY,),
    "remedies": (Text("可以申请行政复议。", "Reconsideration."), Text("可以提起行政诉讼。", "Litigation.")),
    "wanting": (Text("公司章程", "articles"), Text("身份证明", "identity")),
    "due": NOON + timedelta(days=9),
    "procedure": Text("专家评审", "expert review"),
    "days": 15,
    "licence": "1.2.156.3005.2.11100000MB0143028R001",
}
TAX_CASE = "11990100300100003G3991030001000202611230007"


@pytest.mark.parametrize("kind", list(papers.NoticeKind))
def test_every_kind_is_composed_numbered_and_sealed(office: Office, kind: papers.NoticeKind) -> None:
    given = office.give(kind.value, facts=WHOLE, staff_id=7)
    assert office.seal() == 1
    shown = papers.notice(given.number)
    assert shown.sealed
    assert shown.kind is kind
    assert shown.office_name.zh == "云东县市场监督管理局"
    text = "".join(paragraph.zh for paragraph in shown.body) + "".join(each.en for each in shown.body)
    assert not set(text) & set("{}")
    assert "公司设立登记" in text
    assert "Company registration" in text


def test_a_notice_is_not_shown_before_its_seal(office: Office) -> None:
    given = office.give()
    with pytest.raises(NotFound):
        papers.notice(given.number)
    assert papers.notices_of([CASE]).lines == ()
    assert papers.has_notice(CASE)
    office.seal()
    assert [each.number for each in papers.notices_of([CASE]).lines] == [given.number]


@pytest.mark.parametrize("kind", sorted(BY_A_PERSON))
def test_what_says_no_cannot_be_made_without_a_person(office: Office, kind: papers.NoticeKind) -> None:
    for nobody in (None, "", " "):
        with pytest.raises(NotAllowed):
            office.give(kind.value, facts=WHOLE, staff_id=nobody)
        with pytest.raises(NotAllowed):
            Grounds(kind, nobody, (WHY,), (WHY,), (WHY,))
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeRow.objects.create(kind=kind.value, number="x", case_number="x", ordinal=1, given_at=NOON)
    assert ledger.head("decisions").waiting == 1  # the loading of the registry, nothing of a notice


@pytest.mark.parametrize("kind", sorted(WITH_REASONS))
def test_what_says_no_cannot_be_made_without_reasons(office: Office, kind: papers.NoticeKind) -> None:
    with pytest.raises(Invalid, match="reasons"):
        office.give(kind.value, facts={**WHOLE, "reasons": ()}, staff_id=7)


@pytest.mark.parametrize("kind", sorted(WITH_REMEDIES))
def test_a_refusal_cannot_be_made_without_remedies(office: Office, kind: papers.NoticeKind) -> None:
    with pytest.raises(Invalid, match="remedies"):
        office.give(kind.value, facts={**WHOLE, "remedies": ()}, staff_id=7)


def test_a_correction_notice_has_the_whole_list(office: Office) -> None:
    with pytest.raises(Invalid, match="to be completed"):
        office.give("to_be_completed", facts={**WHOLE, "wanting": ()})
    given = office.give("to_be_completed", facts=WHOLE)
    assert "1. 公司章程；\n2. 身份证明" in given.body[0].zh
    assert "1. articles;\n2. identity" in given.body[0].en


def test_a_machine_may_accept_ask_for_completion_and_grant(office: Office) -> None:
    for kind in ("receipt", "accepted", "to_be_completed", "granted", "special_procedure"):
        assert office.give(kind, facts=WHOLE).staff == ""


def test_a_decision_by_rule_says_so_and_one_by_a_person_does_not(office: Office) -> None:
    by_rule, by_person = office.give("granted"), office.give("granted", staff_id=7)
    assert "自动作出" in by_rule.body[-1].zh
    assert "工作人员办理" in by_rule.body[-1].zh
    assert not any("自动作出" in paragraph.zh for paragraph in by_person.body)


def test_the_wrong_office_names_the_right_one(office: Office) -> None:
    facts = {**WHOLE, "right_office": Text("云西县市场监督管理局", "Yunxi West County Administration")}
    given = office.give("not_accepted", facts=facts, staff_id=7)
    assert "请向云西县市场监督管理局提出申请" in given.body[-1].zh
    without = office.give("not_accepted", facts={**WHOLE, "right_office": None}, staff_id=7)
    assert not any("请向" in paragraph.zh for paragraph in without.body)


def test_a_provisional_deadline_says_so_wherever_it_stands(office: Office) -> None:
    firm = office.give(facts={"item": ITEM, "due": NOON, "provisional": False})
    vague = office.give(facts={"item": ITEM, "due": NOON, "provisional": True})
    assert "2026年11月23日作出决定" in firm.body[-1].zh
    assert "2026年11月23日（暂定" in vague.body[-1].zh
    assert "23 November 2026 (provisional" in vague.body[-1].en
    assert "暂定" not in vague.body[0].zh  # the day of acceptance is no deadline
    assert (firm.provisional, vague.provisional) == (False, True)
    office.seal()
    assert "暂定" in papers.printable(papers.notice(vague.number), "zh")


def test_licensing_law_is_cited_for_licences_only(office: Office) -> None:
    licence = office.give("accepted")
    assert any("行政许可法" in article.zh for article in licence.articles)
    other = office.give("accepted", case_number=TAX_CASE, office=TAX)
    assert other.articles
    assert not any("行政许可法" in article.zh for article in other.articles)


def test_numbers_carry_office_year_case_and_place(office: Office) -> None:
    numbers = [office.give(kind, facts=WHOLE).number for kind in ("accepted", "granted")]
    assert numbers == [
        "云东市监受〔2026〕0131001000-2611230001-1号",
        "云东市监准〔2026〕0131001000-2611230001-2号",
    ]
    assert office.give(case_number=TAX_CASE, office=TAX).number.startswith("云溪税受〔2026〕")


def test_an_office_without_words_for_its_numbers_is_said_so(office: Office) -> None:
    with pytest.raises(NotFound):
        office.give(office="nothing.990100")


def test_notices_of_one_case_have_different_numbers_even_in_a_race(office: Office) -> None:
    office.give()
    row = NoticeRow.objects.get()
    row.pk, row.number = None, "another"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_sealing_twice_changes_nothing(office: Office) -> None:
    given = office.give()
    sealed = papers.seals_for(office.node.signers, now=office.node.now)
    assert office.seal() == 1
    before = NoticeRow.objects.values().get()
    with transaction.atomic():
        papers.store_seals(sealed, now=office.node.now + timedelta(hours=1))
    assert NoticeRow.objects.values().get() == before
    assert office.seal() == 0
    assert papers.notice(given.number).kid == licences.public_keys(ledger.keys_folder(), MARKET)[0].kid


def test_only_the_cases_asked_for_are_sealed(office: Office) -> None:
    office.give()
    office.give(case_number=TAX_CASE, office=TAX)
    assert papers.seal_pending(office.node.signers, office.node.now, case_numbers=[TAX_CASE]) == 1
    assert [each.case_number for each in papers.notices_of([CASE, TAX_CASE]).lines] == [TAX_CASE]


def test_sealing_inside_a_transaction_is_refused(office: Office) -> None:
    office.give()
    with transaction.atomic(), pytest.raises(RuntimeError, match="must not happen inside"):
        office.seal()


def test_a_notice_file_verifies_alone_and_a_changed_one_does_not(office: Office) -> None:
    given = office.give("refused", facts=WHOLE, staff_id=7)
    office.seal()
    office.node.publish()
    anchor = anchor_from_bytes(licences.trust_file().read_bytes())
    data = papers.notice_file(given.number)
    report = verify_file(data, anchor, office.node.now)
    assert report.verdict is Verdict.VALID
    assert "不予办理决定书" in report.sentence("zh")
    tree = json.loads(data)
    for place, value, reason in (
        ("reasons", [], "content"),
        ("remedies", [], "content"),
        ("addressee", "别人", "content"),
        ("date", "2026-11-24", "content"),
    ):
        changed = {**tree, "notice": {**tree["notice"], place: value}}
        found = verify_file(canonical(changed), anchor, office.node.now)
        assert [each.code for each in found.reasons] == [reason]


def test_the_page_to_print_escapes_what_people_wrote(office: Office) -> None:
    sly = Text("<script>alert(1)</script>", "<b>bold</b>")
    given = office.give("refused", facts={**WHOLE, "reasons": (sly,)}, staff_id=7, addressee="<i>沈</i>")
    office.seal()
    for language in ("zh", "en"):
        page = papers.printable(papers.notice(given.number), language)  # type: ignore[arg-type]
        assert "<script>" not in page
        assert "<b>" not in page
        assert "<i>" not in page
    assert 'lang="en"' in page
    assert "Legal basis" in page


def test_braces_in_what_people_wrote_are_no_blanks(office: Office) -> None:
    given = office.give("refused", facts={**WHOLE, "reasons": (Text("{item}", "{staff}"),)}, staff_id=7)
    assert given.body[0].zh.endswith("{item}")


def test_an_unknown_kind_and_a_missing_fact_are_said_plainly(office: Office) -> None:
    with pytest.raises(Invalid, match="One of"):
        office.give("maybe")
    with pytest.raises(Invalid, match="item"):
        office.give(facts={})


def test_remedies_name_the_body_that_hears_them() -> None:
    letters = letters_of(Path(settings.CITY))
    county = remedies_against(letters, MARKET, nature=1)
    assert "云东县人民政府申请行政复议" in county[0].zh
    assert "国家税务总局云溪市税务局" in remedies_against(letters, "tax.990121", nature=1)[0].zh
    bank = remedies_against(letters, "bank.990100", nature=9)
    assert not any("复议" in remedy.zh for remedy in bank)
    with pytest.raises(Invalid, match="hearing_bodies"):
        remedies_against(letters, "market.999999", nature=1)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("在告知的期限内未补正", "在告知的期限内未补正{sum}"),
        ("本机关最迟于{due}告知", "本机关告知"),
        ("cites: [licensing-45]", "cites: [licensing-46]"),
        ("only_with: right_office", "only_with: left_office"),
        ("  revoked:", "  undone:"),
        ("number_word: 销", "number_word: 销销销销销"),
    ],
)
def test_wrong_words_are_refused_at_their_place(tmp_path: Path, right: str, wrong: str) -> None:
    text = (Path(settings.CITY) / "texts" / "notices.yaml").read_text()
    assert right in text
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "notices.yaml").write_text(text.replace(right, wrong, 1))
    with pytest.raises(Invalid, match=r"notices\.yaml:\d+:"):
        papers.read_letters(tmp_path)


def test_every_number_of_days_in_the_citys_words_is_marked() -> None:
    letters = letters_of(Path(settings.CITY))
    for remedy in letters.remedies:
        assert re.search("[六十]", remedy.text.zh)
        assert remedy.mark == "recalled"


def test_a_notice_whose_key_was_revoked_is_sealed_again_once_and_verifies(
    office: Office, profile: licences.SigningProfile, tmp_path: Path
) -> None:
    node, keys = office.node, ledger.keys_folder()
    before = office.give()
    office.seal()
    node.clock.move(timedelta(hours=1))
    given = office.give("granted", facts=WHOLE)
    office.seal()
    node.publish()
    work = licences.KeyWork(
        by=registry.staff("security.yunxi.ning"),
        signers=licences.Signers(tmp_path),
        algorithm=profile.algorithm,
        witnesses=ledger.NO_WITNESSES,
        clock=node.clock,
        chance=node.chance,
    )
    key, turned = licences.revoke_key(MARKET, work, reason="被盗", since=node.now)
    assert [(each.number, each.holder) for each in papers.affected_notices(key)] == [(given.number, "沈知味")]
    assert codes_of(given, node.now) == ["key_revoked"]
    signer = licences.OfficeSigner(
        MARKET, licences.load_key(keys / MARKET), licences.Journal(tmp_path / "signed"), node.clock
    )
    for number in (before.number, given.number, given.number):
        papers.seal_again(
            number, key, licences.DirectSigners({MARKET: signer}), now=node.now, chance=node.chance
        )
    signer.close()
    assert papers.affected_notices(key) == ()
    assert (papers.notice(before.number).kid, papers.notice(given.number).kid) == (key.kid, turned.key.kid)
    assert (codes_of(before, node.now), codes_of(given, node.now)) == ([], [])
    assert Entry.objects.filter(kind="notice.sealed_again").count() == 1


def codes_of(given: papers.Notice, now: datetime) -> list[str]:
    """What a verifier with today's trust file names against a notice."""
    anchor = anchor_from_bytes(licences.trust_file().read_bytes())
    return [reason.code for reason in verify_file(papers.notice_file(given.number), anchor, now).reasons]
