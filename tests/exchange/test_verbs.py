"""The four verbs over the four kinds: every cell of the guide's table, tried at a true system."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import pytest
import yaml

from demo.characters import PERSONS
from tests.demo.hosting import MORNING, Hosting
from tests.exchange.conftest import CITY, Opening, endpoint
from tests.exchange.soap_office import Office, soap_office
from tests.exchange.test_city_acts import FIELDS, OPERATIONS
from tests.sources import ROOT
from tongban.catalogue.api import Element, read_city
from tongban.exchange.api import (
    Absent,
    ActOutcome,
    ActRequest,
    Ask,
    CannotTell,
    Connector,
    ConnectorDeclared,
    ConnectorFile,
    Done,
    Found,
    Nothing,
    Record,
    Refused,
    Road,
    Unanswered,
    act,
    find_act,
    open_road,
    read_connectors,
)
from tongban.exchange.verbs import FieldValue
from tongban.kernel.clock import SetClock
from tongban.kernel.errors import InvalidValue, SourceDown, SourceWrong
from tongban.kernel.ids import SystemChance
from tongban.registry.api import check_city

GUIDE = (ROOT / "docs" / "connect.md").read_text("utf-8")
VERBS = ("lookup", "scan", "act", "find_act")
NONE = "—"
TODAY = date(2026, 11, 2)
LI, WU = PERSONS["li_chunyan"], PERSONS["wu_xiaoxue"]
MARRIED = {"990100190001010011": "10", "990100190001010038": "20", "990100190001010054": "10"}


def table() -> dict[tuple[str, str], str]:
    """Give the guide's table: kind and verb → the words that declare it."""
    lines = [
        line for line in GUIDE.splitlines() if line.startswith(tuple(f"| `{kind}` |" for kind in PLACES))
    ]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {(row[0].strip("`"), verb): row[n] for row in cells for n, verb in enumerate(VERBS, 1)}


def hunyin(**words: object) -> ConnectorDeclared:
    """Give the guide's own SOAP connector, some of its words changed."""
    blocks = [block.partition("```")[0] for block in GUIDE.split("```yaml\n")[1:]]
    (example,) = [block for block in blocks if block.lstrip().startswith("- name: hunyin")]
    (given,) = yaml.safe_load(f"connectors:\n{example}")["connectors"]
    return ConnectorFile.model_validate({"connectors": [{**given, **words}]}).connectors[0]


@pytest.fixture(scope="module")
def elements() -> Mapping[str, Element]:
    """The catalogue's elements, and the guide's own."""
    slugs = {line.id for line in check_city(CITY).organisations.value.organisations}
    known = {each.code: each for each in read_city(CITY, organisations=slugs).elements}
    deceased = known["person.deceased"]
    return {**known, "person.married": Element(**{**_fields(deceased), "code": "person.married"})}


def _fields(element: Element) -> dict[str, object]:
    return {name: getattr(element, name) for name in Element.__dataclass_fields__}


@pytest.fixture
def office() -> Iterator[Office]:
    with soap_office(dict(MARRIED)) as running:
        yield running


Way = Callable[..., Road]


@pytest.fixture
def way() -> Iterator[Way]:
    """Open a road to the SOAP office, by the guide's declaration; it closes with the test."""
    roads: list[Road] = []

    def to(office: Office, **words: object) -> Road:
        at = {"hunyin": endpoint(office.url)}
        roads.append(
            open_road(
                [hunyin(**words)],
                at,
                clock=SetClock(MORNING),
                chance=SystemChance(),
                pause=lambda _: None,
            )
        )
        return roads[-1]

    yield to
    for road in roads:
        road.close()


def request(key: str = "case-1-register", resident_id: str | None = "990100190001010070") -> ActRequest:
    return ActRequest("hunyin", "register", {"resident_id": resident_id}, key)


Fields = Mapping[str, FieldValue]
# Kind → connector, what is looked up there by which keys and found, and who would be nobody.
PLACES: Mapping[str, tuple[str, str, str, Sequence[str], str]] = {
    "rest": ("police", "police.population", "person.resident_id", (LI.resident_id,), WU.resident_id),
    "soap": ("hunyin", "civil.marriages", "person.resident_id", tuple(MARRIED), "990100190001010097"),
    "sql": ("market", "market.entities", "entity.credit_code", ("91990121MA9K0001XE",), "91990100MA00000000"),
    "files": ("land", "land.addresses_990121", "place.address_code", ("9901210010001000001",), "9" * 19),
}
READ = {
    "police": "person.name",
    "hunyin": "person.married",
    "market": "entity.name",
    "land": "place.address_text",
}


@pytest.fixture
def connectors(hosted: Hosting, opened: Opening, office: Office, way: Way) -> Callable[[str], Connector]:
    """Give a connector by name, its system running."""

    def of(name: str) -> Connector:
        road = way(office) if name == "hunyin" else opened(hosted(name))
        return road.lane(name).connector

    return of


@pytest.mark.parametrize("kind", PLACES)
def test_each_kind_looks_up_one_record_and_says_where_there_is_none(
    kind: str, connectors: Callable[[str], Connector], elements: Mapping[str, Element]
) -> None:
    name, resource, key, keys, nobody = PLACES[kind]
    made, wanted = connectors(name), [elements[READ[name]]]
    for each in keys:
        found = made.lookup(Ask(resource, {key: each}, wanted, "market.990121", TODAY, 5))
        assert isinstance(found, Record)
        assert found.readings[READ[name]].value is not None
    none = made.lookup(Ask(resource, {key: nobody}, wanted, "market.990121", TODAY, 5))
    assert isinstance(none, Nothing)


@pytest.mark.parametrize("kind", PLACES)
def test_each_kind_reads_its_whole_register_each_record_once(
    kind: str, connectors: Callable[[str], Connector], elements: Mapping[str, Element]
) -> None:
    name, resource, key, keys, nobody = PLACES[kind]
    wanted = [elements[key], elements[READ[name]]]
    batches = list(connectors(name).scan(resource, wanted, rows=2))
    read = [row[key] for batch in batches for row in batch]
    assert len(batches) > 1
    assert all(len(batch) <= 2 for batch in batches)
    assert len(read) == len(set(read))
    assert set(keys) <= set(read)
    assert nobody not in read


@pytest.mark.parametrize("name", ["social", "hunyin"])  # one speaks JSON, the other SOAP
def test_a_kind_that_takes_acts_does_one_and_says_afterwards_that_it_was_done(
    name: str, connectors: Callable[[str], Connector]
) -> None:
    made = connectors(name)
    fields: Fields = {**FIELDS, "resident_id": LI.resident_id}
    operation = OPERATIONS.get(made.name, "register")
    assert made.find_act("case-1-register", timeout_s=5) == Absent()
    done = made.act(ActRequest(made.name, operation, fields, "case-1-register"), timeout_s=5)
    assert isinstance(done, Done)
    assert made.find_act("case-1-register", timeout_s=5) == Found(done.number)


@pytest.mark.parametrize("kind", ["sql", "files"])
def test_a_kind_that_is_only_read_refuses_acts_and_says_what_to_do(
    kind: str, connectors: Callable[[str], Connector]
) -> None:
    made = connectors(PLACES[kind][0])
    refused = made.act(ActRequest(made.name, "register", FIELDS, "case-1-register"), timeout_s=5)
    asked = made.find_act("case-1-register", timeout_s=5)
    assert isinstance(refused, Refused)
    assert isinstance(asked, CannotTell)
    for reason in (refused.reason, asked.reason):
        assert "REST" in reason.en
        assert "SOAP" in reason.zh


TRIED: Mapping[str, set[str]] = {
    "lookup": set(PLACES),
    "scan": set(PLACES),
    "act": {"rest", "soap"},
    "find_act": {"rest", "soap"},
}


def test_the_guides_table_says_what_was_tried_in_words_that_declare_it() -> None:
    cells = table()
    assert {kind for kind, _ in cells} == set(PLACES)
    assert {verb: {kind for kind in PLACES if cells[kind, verb] != NONE} for verb in VERBS} == TRIED
    joined = [*read_connectors(CITY / "connectors"), hunyin()]
    for (kind, _), cell in cells.items():
        given = [one.model_dump(exclude_unset=True) for one in joined if one.kind == kind]
        assert {word.strip(" `") for word in cell.split(",")} - {NONE} <= _words(given), cell


def _words(given: object) -> set[str]:
    if isinstance(given, Mapping):
        return {str(word) for word in given} | {word for each in given.values() for word in _words(each)}
    return {word for each in given for word in _words(each)} if isinstance(given, list | tuple) else set()


def did(road: Road, key: str = "case-1-register") -> ActOutcome:
    return act(road, "hunyin", request(key), MORNING)


def test_a_soap_office_that_lost_its_reply_is_asked_and_has_it_once(
    database: None, office: Office, way: Way
) -> None:
    road = way(office)
    assert find_act(road, "hunyin", "case-1-register") == Absent()
    office.control.wish({"mode": "drop_reply", "times": 1, "operation": "call"})
    lost = did(road)
    assert isinstance(lost, Unanswered)
    assert lost.maybe_done
    assert find_act(road, "hunyin", "case-1-register") == Found("HY0001")
    assert office.asked.count("Dj") == 1


def test_a_soap_office_that_honours_the_key_is_asked_again_and_does_it_once(
    database: None, office: Office, way: Way
) -> None:
    office.control.wish({"mode": "drop_reply", "times": 1, "operation": "call"})
    outcome = did(way(office, idempotency="key"))
    assert outcome == Done("HY0001")
    assert (office.asked.count("Dj"), list(office.done)) == (2, ["case-1-register"])


def test_a_soap_key_that_is_older_than_the_office_honours_it_is_not_sent(
    database: None, office: Office, way: Way
) -> None:
    road = way(office, idempotency="key", key_honoured_hours=24)
    old = ActRequest("hunyin", "register", {"resident_id": LI.resident_id}, "k", MORNING.replace(day=1))
    assert isinstance(act(road, "hunyin", old, MORNING), Unanswered)
    assert office.asked == []


def test_a_soap_office_without_its_wsdl_was_not_asked_to_do_anything(
    database: None, office: Office, way: Way
) -> None:
    office.control.wish({"mode": "down", "operation": "wsdl"})
    lost = did(way(office))
    assert isinstance(lost, Unanswered)
    assert not lost.maybe_done
    assert office.done == {}


@pytest.mark.parametrize(
    ("mode", "maybe_done"),
    [("failing", False), ("wrong", True), ("down", True)],  # busy by its own fault; cut short; no answer
)
def test_a_soap_answer_that_is_none_says_whether_it_can_have_been_done(
    database: None, office: Office, way: Way, mode: str, maybe_done: bool
) -> None:
    office.control.wish({"mode": mode, "operation": "call"})
    lost = did(way(office))
    assert isinstance(lost, Unanswered)
    assert lost.maybe_done is maybe_done


def test_a_soap_fault_that_nobody_declared_leaves_it_in_doubt_and_a_declared_one_refuses(
    database: None, office: Office, way: Way
) -> None:
    register = hunyin().model_dump(exclude_unset=True)["operations"]["register"]
    wrong_key = {"register": {**register, "sent": {**register["sent"], "key": "x"}}}
    refused = did(way(office, operations=wrong_key))
    assert isinstance(refused, Refused)
    assert "接入口令无效" in refused.reason.zh
    doubtful = did(way(office, operations=wrong_key, faults=()))
    assert isinstance(doubtful, Unanswered)
    assert doubtful.maybe_done


def test_a_soap_number_of_another_form_is_no_number(database: None, office: Office, way: Way) -> None:
    register = hunyin().model_dump(exclude_unset=True)["operations"]["register"]
    doubtful = did(way(office, operations={"register": {**register, "number_pattern": "X[0-9]+"}}))
    assert isinstance(doubtful, Unanswered)
    assert doubtful.maybe_done


def test_a_field_that_a_soap_act_needs_is_missed_before_anything_is_sent(office: Office, way: Way) -> None:
    made = way(office).lane("hunyin").connector
    with pytest.raises(InvalidValue):
        made.act(request(resident_id=None), timeout_s=2)
    assert office.asked == []


def test_soap_pages_that_are_no_list_or_are_not_there_are_no_end_of_the_register(
    office: Office, way: Way, elements: Mapping[str, Element]
) -> None:
    resource = hunyin().model_dump(exclude_unset=True)["resources"]["civil.marriages"]
    wanted = [elements["person.resident_id"]]
    for records in ("lb", "gone"):
        pages = {**resource["pages"], "records": records}
        made = (
            way(office, resources={"civil.marriages": {**resource, "pages": pages}}).lane("hunyin").connector
        )
        with pytest.raises(SourceWrong):
            list(made.scan("civil.marriages", wanted, rows=2))
    plain = {name: words for name, words in resource.items() if name != "pages"}
    made = way(office, resources={"civil.marriages": plain}).lane("hunyin").connector
    with pytest.raises(SourceWrong, match="pages of"):
        list(made.scan("civil.marriages", wanted, rows=2))


def test_an_empty_soap_register_is_read_to_its_end(way: Way, elements: Mapping[str, Element]) -> None:
    with soap_office({}) as empty:
        made = way(empty).lane("hunyin").connector
        assert list(made.scan("civil.marriages", [elements["person.resident_id"]], rows=2)) == []


def test_a_soap_office_that_is_busy_midway_ends_a_scan_with_trouble(
    office: Office, way: Way, elements: Mapping[str, Element]
) -> None:
    batches = (
        way(office).lane("hunyin").connector.scan("civil.marriages", [elements["person.resident_id"]], rows=1)
    )
    assert len(next(batches)) == 1
    office.control.wish({"mode": "failing", "operation": "call"})
    with pytest.raises(SourceDown):
        next(batches)
