"""At each moment at which something takes effect the ledger is made to refuse that one entry.

Then nothing has happened: no row, no call, no signature. When the ledger takes entries again, the same act
is done once, everything comes to its end, and nothing is left that no entry proves.
"""

import pytest

from bench.town import Town
from tests.promises.p4_evidence_before_effect.breaks import Break
from tests.promises.p4_evidence_before_effect.moments import finish
from tests.promises.p4_evidence_before_effect.refusing import without_evidence
from tests.promises.p4_evidence_before_effect.table import BREAKS
from tests.promises.p4_evidence_before_effect.test_broken_house import HOUSE
from tests.promises.p4_evidence_before_effect.test_broken_keys import KEYS
from tests.promises.p4_evidence_before_effect.world import store, written, wrong
from tongban.ledger import api as ledger


@pytest.mark.parametrize("each", BREAKS, ids=str)
def test_without_its_entry_an_effect_does_not_happen_and_with_it_once(town: Town, each: Break) -> None:
    about = each.ready(town)
    assert wrong(town) == []
    before, entries, rows = each.seen(town, about), written(each.kind), store()
    with without_evidence(each.kind):
        each.do(town, about)
    assert written(each.kind) == entries
    assert each.seen(town, about) == before, f"{each.effect} without evidence"
    assert wrong(town) == []
    if each.whole:
        assert store() == rows, "something is left of an act that did not happen"
    each.do(town, about)
    assert each.seen(town, about) != before, f"{each.effect} does not show: the row proves nothing"
    assert written(each.kind) > entries
    finish(town)
    assert wrong(town) == []


def test_every_kind_of_entry_has_a_row() -> None:
    tried = {each.kind for each in BREAKS} | {*HOUSE, *KEYS}
    assert tried == set(ledger.KINDS)
