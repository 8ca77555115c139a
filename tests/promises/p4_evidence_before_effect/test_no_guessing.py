"""Nothing in a public entry can be opened by guessing, with every list that there is and all our documents.

The same guesses open every entry of a ledger without salts: the lists do reach, and the salts do the work.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from bench.filing import draft
from bench.town import CHARACTERS, Town
from tests.cases.acting import pass_time, sight, submit
from tests.openings import opened
from tests.portal.visiting import Visit
from tests.promises.p4_evidence_before_effect import candidates, public
from tests.promises.p4_evidence_before_effect.attacking import (
    GUESSED_SALTS,
    attack,
    commitment,
    whole_entry,
)
from tests.promises.p4_evidence_before_effect.moments import (
    a_disputed_fact,
    a_kept_promise,
    approver,
    case_of,
    work,
)
from tongban.cases import api as cases
from tongban.cases.models import Case, Filing
from tongban.catalogue import api as catalogue
from tongban.ledger import api as ledger
from tongban.ledger.models import Entry
from tongban.ledger.rules import SALT_BYTES, seal_entry
from tongban.licences.models import LicenceRow
from tongban.papers.models import NoticeRow

# Fields that a list must open where there are no salts, or it is no list worth the name.
REACHED = {
    *("at", "office", "kind_version", "case_number", "filing_number", "item", "decision", "maker", "staff"),
    *(
        "consumer",
        "provider",
        "resource",
        "grant",
        "key_digest",
        "elements",
        "connector",
        "purpose",
        "bundle",
    ),
    *("notice_kind", "licence_type", "issuer", "act", "operation", "attempt", "found_by", "element"),
}


@dataclass(frozen=True)
class NoChance:
    """The chance of a program that forgot to draw any."""

    def bytes(self, count: int) -> bytes:
        return bytes(count)


@dataclass(frozen=True)
class Known:
    """An entry as whoever keeps it knows it."""

    leaf: Mapping[str, Any]
    fields: Mapping[str, Any]
    commitments: Mapping[str, bytes]

    @property
    def commitment(self) -> bytes:
        return bytes.fromhex(self.leaf["commitment"])


def known(opening: Mapping[str, Any]) -> Known:
    """Read an opening."""
    fields = {name: held["value"] for name, held in opening["fields"].items()}
    commitments = {
        name: commitment(name, bytes.fromhex(held["salt"]), held["value"])
        for name, held in opening["fields"].items()
    }
    return Known(opening["leaf"], fields, commitments)


def openings() -> list[Mapping[str, Any]]:
    return list(opened().values())


def without_salts(entry: Known) -> Known:
    """Give the same entry as a ledger without salts would have written it."""
    own = {name: value for name, value in entry.fields.items() if name not in _WRITTEN_BY_LEDGER}
    sealed = seal_entry(
        entry.leaf["kind"],
        own,
        office=entry.fields.get("office"),
        show_office="office" in entry.leaf,
        now=datetime.fromisoformat(entry.fields["at"]),
        chance=NoChance(),
    )
    return known(json.loads(sealed.opening))


_WRITTEN_BY_LEDGER = {"at", "entry", "kind_version", "office"}


@pytest.fixture
def lived(served: Town) -> Town:
    """A city in which several people have filed: granted by rule, by a person, on a promise, disputed."""
    a_kept_promise(served)
    submit(served, draft(served, served.subject("wang_jianguo"), trade_word="古渡", address="west_shop"))
    pass_time(served, minutes=47)
    with_officer = draft(served, served.subject("zhang_dahai"), trade_word="老渡口")
    submit(served, with_officer)
    case = case_of(with_officer)
    cases.open_facts(case, staff=approver(served), cause="审批本办件", at=served.workplace)
    cases.approve(
        sight(served, with_officer),
        case,
        staff=approver(served),
        reasons="经核实。",
        record={},
        at=served.workplace,
    )
    a_disputed_fact(served)
    submit(served, draft(served, served.subject("wu_xiaoxue"), trade_word="云上渡"))
    work(served)
    assert Filing.objects.count() == 5
    return served


def test_no_list_and_no_way_of_hashing_opens_an_entry_or_a_field(lived: Town) -> None:
    files = public.published(lived)
    shown = [json.loads(leaf) for leaf in public.leaves(files)]
    real = [known(each) for each in openings()]
    assert {each.commitment for each in real} == {bytes.fromhex(leaf["commitment"]) for leaf in shown}
    saltless = [without_salts(each) for each in real]
    # The attacker is given even what only a selective opening shows, the commitments of single fields.
    there = public.hashes(files) | {one for each in real for one in each.commitments.values()}
    nowhere = {one: name for each in saltless for name, one in each.commitments.items()}
    assert there.isdisjoint(nowhere)
    lists = candidates.lists_for(lived, {leaf["hour"] for leaf in shown})
    hits = attack(lists, there | set(nowhere), salts=GUESSED_SALTS, keys=public.public_keys())
    assert [hit for hit in hits if hit.found in there] == []
    assert REACHED - {nowhere[hit.found] for hit in hits} == set(), "these lists would open nothing anyway"


def test_who_knows_every_word_of_an_entry_still_cannot_recognise_it(lived: Town) -> None:
    """As the officer who decided, or the applicant, who saw it all: the salts are what they lack."""
    files = public.published(lived)
    real = [known(each) for each in openings()]
    there = public.hashes(files) | {one for each in real for one in each.commitments.values()}
    for each in real:
        assert [way for way, guess in whole_entry(each.fields, each.leaf) if guess in there] == []
    for each in map(without_salts, real):
        guesses = {guess for _, guess in whole_entry(each.fields, each.leaf)}
        assert each.commitment in guesses, "without salts the same guesses open the entry"
    everything = [
        candidates.Candidates([value], [name]) for each in real for name, value in each.fields.items()
    ]
    assert attack(everything, there, salts=GUESSED_SALTS, keys=public.public_keys()) == []


def test_the_holder_of_one_opening_opens_that_entry_and_no_other(lived: Town) -> None:
    """Whoever was handed a licence file has all salts of one entry; tried on the others they open none."""
    public.published(lived)
    real = [known(each) for each in openings()]
    row = LicenceRow.objects.exclude(signature="").earliest("id")
    handed = ledger.opening(row.prepared_entry)
    salts = [bytes.fromhex(field["salt"]) for field in handed.fields.values()]
    [own] = [each for each in real if each.leaf["commitment"] == handed.leaf["commitment"]]
    others = {
        one for each in real if each is not own for one in (*each.commitments.values(), each.commitment)
    }
    everything = [
        candidates.Candidates([value], [name]) for each in real for name, value in each.fields.items()
    ]
    hits = attack(everything, others | set(own.commitments.values()), salts=salts, keys=[])
    assert {hit.way for hit in hits} == set(own.fields), "with the right salts every field is reproduced"
    assert [hit for hit in hits if hit.found in others] == []


def test_no_plain_text_of_any_entry_stands_in_any_public_byte(lived: Town) -> None:
    files = public.published(lived)
    pages = public.pages(Visit(lived))
    private = set(secrets_of(lived))
    assert len(private) > 100
    for where, data in {**files, **pages}.items():
        told = data.decode("utf-8", errors="replace")
        # The page that verifies a licence says its identifier, which whoever asked for it gave.
        given = where.split("/")[2] if where.startswith("/verify/") else ""
        assert [word for word in private - {given} if word in told] == [], where


def secrets_of(town: Town) -> list[str]:
    """Give all that is known of people, their businesses and their cases."""
    found = [
        *Case.objects.exclude(number=None).values_list("number", flat=True),
        *Filing.objects.values_list("number", flat=True),
        *NoticeRow.objects.values_list("number", flat=True),
        *LicenceRow.objects.values_list("identifier", flat=True),
        *LicenceRow.objects.values_list("holder_code", flat=True),
        *LicenceRow.objects.values_list("digest", flat=True),
        *Entry.objects.values_list("id", flat=True),
        *(str(made["value"]) for case in Case.objects.all() for made in case.produced),
        *("燕归来", "古渡", "老渡口", "云上渡", "审批本办件", "门牌号已变更"),
    ]
    for person in CHARACTERS["persons"].values():
        found += [person["resident_id"], person["name"], person["mobile"], person["household_address"]]
    for opening in openings():
        found += [held["salt"] for held in opening["fields"].values()]
    return [word for word in found if not re.fullmatch(r"\d{4}-\d\d-\d\d", word)]


def test_the_qr_code_that_says_whose_a_licence_is_is_drawn_for_no_stranger(lived: Town) -> None:
    identifier = LicenceRow.objects.exclude(signature="").earliest("id").identifier
    visit = Visit(lived)
    assert visit.client.get(f"/licences/{identifier}/code.svg").status_code == 302, "sign in first"
    assert visit.client.get(f"/verify/{identifier}/code.svg").status_code == 404
    assert "code.svg" not in visit.client.get(f"/verify/{identifier}/").content.decode()


def test_a_leaf_shows_kind_and_hour_and_an_office_only_where_its_resource_allows_it(lived: Town) -> None:
    files = public.published(lived)
    book = catalogue.book(lived.now.date())
    may_show = {each.organisation for each in book.resources.values() if each.shows_office}
    for path, data in files.items():
        for leaf in map(json.loads, public.leaves({path: data})):
            assert set(leaf) <= {"version", "kind", "hour", "commitment", "office"}
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\dZ", leaf["hour"]), "the hour is the finest time"
            assert re.fullmatch(r"[0-9a-f]{64}", leaf["commitment"])
            if "office" in leaf:
                assert path.startswith("shares-")
                assert leaf["kind"] == "share.released"
                assert leaf["office"] in may_show
        finer = re.findall(rb"\d\d:\d\d|T\d{4}", data) if not data.startswith(b"tongban/") else []
        assert "/tile/entries/" not in path or finer == [], "no minute stands anywhere"


def test_every_salt_of_a_lived_ledger_is_128_bits_and_there_is_none_twice(lived: Town) -> None:
    salts = [held["salt"] for opening in openings() for held in opening["fields"].values()]
    assert len(salts) > 500
    assert {len(bytes.fromhex(salt)) for salt in salts} == {SALT_BYTES} == {16}
    assert len(set(salts)) == len(salts)
