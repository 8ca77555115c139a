"""Who looked at somebody can be answered from the evidence, in every filing, and from nothing public."""

from bench.filing import Ref, draft
from bench.town import CHARACTERS, Town
from tests.cases.acting import submit
from tests.promises.effects import evidence
from tongban.cases import api as cases
from tongban.cases.models import Fact
from tongban.ledger.models import Entry


def looks_at(subject: str) -> set[tuple[str, str]]:
    """Give each filing and office that was given something about a subject, by the evidence alone."""
    return {
        (str(fields["filing_number"]), str(fields["consumer"]))
        for fields in evidence().by_kind["share.released"]
        if fields["subject"] == subject
    }


def test_every_share_about_somebody_names_them_alike_in_whatever_filing_and_role(town: Town) -> None:
    wang = town.subject("wang_jianguo")
    own = draft(town, wang, trade_word="老渡口")
    cases.gather(own, at=town.workplace, again=False)
    led = draft(town, town.subject("li_chunyan"), partner=CHARACTERS["persons"]["wang_jianguo"])
    cases.confirm(led, subject=wang, agrees=True, at=town.workplace)
    submit(town, led)
    about_wang = Fact.objects.filter(participant__identity_number=wang.number, share_id__isnull=False)
    stored = set(about_wang.values_list("filing__number", "consumer"))
    assert {number for number, _ in stored} == {own, led}
    assert looks_at(str(wang.id)) == stored


def test_a_place_is_named_by_its_filing_and_nobodys_number_names_anybody(town: Town) -> None:
    owner = town.subject("li_chunyan")
    number = draft(town, owner)
    submit(town, number)
    named = {str(fields["subject"]) for fields in evidence().by_kind["share.released"]}
    assert {str(owner.id), f"{number}/{Ref('place')}"} <= named
    assert owner.number not in named
    for leaf in Entry.objects.filter(kind="share.released").values_list("leaf", flat=True):
        assert b"subject" not in bytes(leaf)
