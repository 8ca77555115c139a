"""With its salts destroyed an entry is forgotten for ever, and the tree goes on proving that it was there."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from bench.town import Town
from tests.ledger.recording import decide
from tests.openings import opened
from tests.promises.p4_evidence_before_effect import public
from tests.promises.p4_evidence_before_effect.attacking import GUESSED_SALTS, Candidates, attack, whole_entry
from tests.promises.p4_evidence_before_effect.moments import granted
from tests.promises.p4_evidence_before_effect.world import store
from tongban.kernel.errors import NotFound
from tongban.kernel.ids import SystemChance
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.ledger import queries
from tongban.ledger.models import Entry
from tongban.ledger.places import opening_keys_folder
from tongban.licences import api as licences
from tongban.licences.models import LicenceRow

RULE = Text("三十年", "thirty years")
LONG_AFTER = datetime(2070, 1, 1, tzinfo=UTC)


def forget(town: Town) -> set[str]:
    """Forget on schedule everything that is kept for a time; give the names of the entries."""
    kept = {each: ledger.Kept(30, "year", RULE) for each in ledger.KEPT_FOR_A_TIME}
    kinds = Entry.objects.values_list("id", "kind")
    gone = {name for name, kind in kinds if ledger.KINDS[kind].kept in ledger.KEPT_FOR_A_TIME}
    queries._writable_since.clear()
    assert ledger.forget_due(kept, LONG_AFTER, town.workplace.calendar, chance=SystemChance())
    return gone


def everything_kept() -> str:
    """Give all that the node holds, rows and files, as one text."""
    places = (Path(settings.VAR), opening_keys_folder())
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    return repr(store()) + "".join(path.read_bytes().decode("utf-8", errors="replace") for path in files)


def test_a_forgotten_filing_is_still_in_the_tree_and_nothing_opens_it(served: Town) -> None:
    granted(served)
    files = public.published(served)
    openings = opened()
    identifier = LicenceRow.objects.earliest("id").identifier
    assert licences.licence_file(identifier)
    gone = forget(served)
    assert len(gone) > 20
    leaves = public.leaves(public.published(served))
    assert set(public.leaves(files)) < set(leaves), "no leaf has changed, and one tells of the forgetting"
    ledger.check_ledger()
    key = ledger.public_log_key(ledger.keys_folder())
    assert key is not None
    for name in gone:
        assert ledger.read_proof(ledger.proof(name).as_dict(), key.vkey(Entry.objects.get(pk=name).log))
        with pytest.raises(NotFound):
            ledger.opening(name)
    with pytest.raises(NotFound):
        licences.licence_file(identifier)
    kept = everything_kept()
    salts = {held["salt"] for name in gone for held in openings[name]["fields"].values()}
    assert [salt for salt in salts if salt in kept] == [], "a salt has survived somewhere"
    others = {
        held["salt"] for name in set(openings) - set(gone) for held in openings[name]["fields"].values()
    }
    assert all(salt in kept for salt in others), "those of others stand where they stood"
    for name in gone:
        fields = {field: held["value"] for field, held in openings[name]["fields"].items()}
        known = [Candidates([value], [field]) for field, value in fields.items()]
        there = public.hashes(files)
        assert attack(known, there, salts=GUESSED_SALTS, keys=public.public_keys()) == []
        assert {guess for _, guess in whole_entry(fields, openings[name]["leaf"])}.isdisjoint(there)


def test_the_log_grows_on_over_what_was_forgotten(served: Town) -> None:
    public.published(served)
    first = ledger.head("decisions").size
    granted(served)
    forget(served)
    public.published(served)
    decide("long after", now=LONG_AFTER)
    public.published(served)
    assert ledger.head("decisions").size > first
    for log in ledger.log_names():
        assert ledger.verify_against_store(log) == []
