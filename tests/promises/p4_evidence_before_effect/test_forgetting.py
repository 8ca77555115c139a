"""With its salts destroyed an entry is forgotten for ever, and the tree goes on proving that it was there."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from bench.filing import draft
from bench.town import Town
from tests.cases.acting import submit
from tests.promises.p4_evidence_before_effect import public
from tests.promises.p4_evidence_before_effect.attacking import GUESSED_SALTS, Candidates, attack, whole_entry
from tests.promises.p4_evidence_before_effect.moments import granted
from tests.promises.p4_evidence_before_effect.world import store
from tongban.kernel.errors import NotFound
from tongban.ledger import api as ledger
from tongban.ledger.models import Entry
from tongban.licences import api as licences
from tongban.licences.models import LicenceRow


def forget(number: str) -> dict[str, str]:
    """Destroy the salts of every entry of a filing, in store and journal; give the openings that were."""
    cases = tuple(LicenceRow.objects.values_list("case_number", flat=True))
    openings = dict(Entry.objects.values_list("id", "opening"))
    gone = {name: each for name, each in openings.items() if any(word in each for word in (number, *cases))}
    Entry.objects.filter(pk__in=gone).update(opening="")
    for path in Path(f"{ledger.logs_folder()}-private").rglob("*.jsonl"):
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        kept = [each | ({"opening": None} if each["entry"] in gone else {}) for each in lines]
        path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in kept), "utf-8")
    return gone


def everything_kept() -> str:
    """Give all that the node holds, rows and files, as one text."""
    files = [path for path in Path(settings.VAR).rglob("*") if path.is_file()]
    return repr(store()) + "".join(path.read_bytes().decode("utf-8", errors="replace") for path in files)


def test_a_forgotten_filing_is_still_in_the_tree_and_nothing_opens_it(served: Town) -> None:
    number = granted(served)
    files = public.published(served)
    openings = {name: json.loads(each) for name, each in Entry.objects.values_list("id", "opening")}
    identifier = LicenceRow.objects.earliest("id").identifier
    assert licences.licence_file(identifier)
    gone = forget(number)
    assert len(gone) > 20
    assert public.published(served) == files, "not one public byte has changed"
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
    forget(granted(served))
    public.published(served)
    submit(served, draft(served, served.subject("wang_jianguo"), trade_word="古渡", address="west_shop"))
    public.published(served)
    assert ledger.head("decisions").size > first
    for log in ledger.log_names():
        assert ledger.verify_against_store(log) == []
