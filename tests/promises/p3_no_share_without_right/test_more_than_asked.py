"""Sources that say more than they were asked: what nobody has a right to is stored nowhere, in no column."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings as node

from bench.filing import draft
from bench.offices import AS_OF, Register
from bench.town import Town
from tests.cases.acting import states, submit
from tests.cases.test_hard_cases import withdraw_grants
from tests.catalogue.making import element
from tests.promises.effects import evidence
from tests.promises.p3_no_share_without_right.granting import LAND, TAX
from tests.promises.p3_no_share_without_right.world import PERSONS, agree, led_by, written_anywhere
from tongban.cases.models import Fact
from tongban.catalogue import api as catalogue
from tongban.exchange import api as exchange
from tongban.exchange.connectors.sql import SqlConnector
from tongban.exchange.declared import Endpoint, SqlDeclared
from tongban.ledger import api as ledger

BALANCE, ILLNESS, HOME = "存款余额88231元", "慢性病登记甲类", "绝密住址九十九号"
# What every register says beside what it was asked: of this no office of this filing may read a word.
BESIDE: Mapping[str, catalogue.Value] = {
    "person.household_address": HOME,
    "person.enforcement_case": BALANCE,
    "place.usage_history": ILLNESS,
    "person.sex": "female",
}
UNASKED = (BALANCE, ILLNESS, HOME)


@dataclass
class Talker:
    """A register that gives its whole row and more, whatever was asked, as badly built systems do."""

    register: Register
    rows: list[Mapping[str, object]] = field(default_factory=list)
    inline: bool = True

    @property
    def name(self) -> str:
        return self.register.name

    @property
    def idempotency(self) -> exchange.Idempotency:
        return self.register.idempotency

    def lookup(self, ask: exchange.Ask) -> exchange.Looked:
        found = self.register.resources[ask.resource](ask.key)
        if found is None:
            return exchange.Nothing(as_of=AS_OF)
        whole = {**found, **BESIDE}
        for each in ask.elements:  # what it was asked for, it answers as it should
            whole[each.code] = found.get(each.code)
        self.rows.append(whole)
        return exchange.Record({code: exchange.Reading(value) for code, value in whole.items()}, as_of=AS_OF)

    def scan(self, *given: Any, **named: Any) -> Any:
        return self.register.scan(*given, **named)

    def act(self, *given: Any, **named: Any) -> exchange.ActOutcome:
        return self.register.act(*given, **named)

    def find_act(self, *given: Any, **named: Any) -> exchange.FoundAct:
        return self.register.find_act(*given, **named)


def let_them_talk(town: Town) -> list[Talker]:
    """Put a talkative system in the place of every register of the town."""
    talkers = [Talker(register) for register in town.registers.values()]
    lanes = dict(town.workplace.road.lanes)
    for talker in talkers:
        lanes[talker.name] = replace(lanes[talker.name], connector=talker)
    town.workplace = replace(town.workplace, road=replace(town.workplace.road, lanes=lanes))
    return talkers


def written_on_disk(*values: str) -> list[str]:
    """List the files of the node in which one of these values stands."""
    return [
        f"{path}: {value}"
        for path in Path(node.VAR).rglob("*")
        if path.is_file()
        for content in [path.read_bytes()]
        for value in values
        if value.encode() in content
    ]


def test_what_a_source_says_beside_the_question_is_stored_nowhere_in_a_whole_filing(town: Town) -> None:
    talkers = let_them_talk(town)
    number = draft(town, town.subject("li_chunyan"))
    led_by(town, number, "wang_jianguo")
    submit(town, number)
    agree(town, number, "wang_jianguo")
    assert set(states(number).values()) == {"granted"}
    assert sum(len(talker.rows) for talker in talkers) > 8
    assert all(row["person.household_address"] == HOME for talker in talkers for row in talker.rows)
    ledger.sequence(ledger.logs_folder(), town.workplace.log_signer, town.now, holder="test")
    assert written_anywhere(*UNASKED) == []
    assert written_on_disk(*UNASKED) == []
    assert [one for name in ("li_chunyan", "wang_jianguo") for one in _address_of(name)] == []


def _address_of(name: str) -> list[str]:
    """Say where the address that the police truly have of somebody stands: nobody asked for it."""
    return written_anywhere(PERSONS[name]["household_address"])


def test_every_stored_fact_was_an_element_of_a_grant_to_its_office_in_force_that_day(town: Town) -> None:
    let_them_talk(town)
    number = draft(town, town.subject("li_chunyan"))
    led_by(town, number, "wang_jianguo")
    submit(town, number)
    agree(town, number, "wang_jianguo")
    book, known = catalogue.book(town.now.date()), evidence()
    stored = Fact.objects.filter(filing__number=number)
    assert len(stored) > 15
    for fact in stored:
        kind, fields = known.named[fact.share_id or ""]
        assert kind == "share.released"
        grant = next(grant for grant in book.grants if grant.code == fields["grant"])
        assert fact.element in grant.elements
        assert (grant.consumer, grant.resource) == (fact.consumer, fact.resource)
        assert fields["purpose"] == grant.purpose
        assert grant.in_force(town.now.date())
    # The other way round: no entry says that more elements left a source than stand here as facts.
    released = [fields for fields in known.by_kind["share.released"] if fields["filing_number"] == number]
    told = {(fields["resource"], name) for fields in released for name in fields["elements"]}
    assert told == {(fact.resource, fact.element) for fact in stored}


def test_a_talkative_source_without_a_right_is_not_asked_and_says_nothing(town: Town) -> None:
    talkers = let_them_talk(town)
    for consumer in ("market.990121", TAX):
        for resource in ("police.population", "police.real_name", LAND):
            withdraw_grants(town, consumer, resource)
    number = draft(town, town.subject("zhou_wenbin"))
    submit(town, number)
    said = {talker.name: talker.rows for talker in talkers}
    assert said["police"] == []
    person = PERSONS["zhou_wenbin"]
    held = Fact.objects.filter(filing__number=number, resource__startswith="police.")
    assert {(fact.status, fact.value) for fact in held} == {("withheld", None)}
    assert written_anywhere(person["household_address"], person["birth_date"]) == []


def test_columns_that_a_statement_reads_beside_the_mapping_leave_the_connector_with_nobody(
    tmp_path: Path,
) -> None:
    """A true database and a SELECT of everything: only what was asked is read out of the row."""
    path = tmp_path / "register.db"
    with sqlite3.connect(path) as store:
        store.execute("CREATE TABLE T (ID TEXT, MC TEXT, YE TEXT, BS TEXT)")
        store.execute("INSERT INTO T VALUES ('1', '甲', ?, ?)", (BALANCE, ILLNESS))
    store.close()
    declared = SqlDeclared.model_validate(
        {
            "kind": "sql",
            "name": "market",
            "organisation": "market.990100",
            "endpoint": "market",
            "resources": {
                "market.entities": {
                    "statement": "SELECT * FROM T WHERE ID = :id",
                    "parameters": {"id": "{entity.credit_code}"},
                    "values": {"entity.name": {"path": "MC"}, "entity.status": {"path": "YE"}},
                }
            },
        }
    )
    connector = SqlConnector(declared, Endpoint(at=str(path)))
    asked = [element("entity.name", kind="text")]
    key = {"entity.credit_code": "1"}
    looked = connector.lookup(
        exchange.Ask("market.entities", key, asked, "market.990121", date(2026, 11, 2), 2)
    )
    assert isinstance(looked, exchange.Record)
    assert set(looked.readings) == {"entity.name"}
    assert "甲" in repr(looked)
    assert BALANCE not in repr(looked)
    assert ILLNESS not in repr(looked)
