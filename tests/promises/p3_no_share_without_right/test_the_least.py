"""The least that the purpose needs: whatever is asked and whatever a source says, no more is passed on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.filing import draft
from bench.town import CHARACTERS, CITY, Town
from tests.cases.acting import submit
from tests.openings import fields_of
from tongban.cases import api as cases
from tongban.cases.models import Fact
from tongban.catalogue import api as catalogue
from tongban.exchange import api as exchange
from tongban.kernel.ids import SystemChance
from tongban.kernel.texts import Text

LI = CHARACTERS["persons"]["li_chunyan"]
SECRET = "绝密住址九十九号"
EVERYTHING: Mapping[str, object] = {
    "person.name": LI["name"],
    "person.mobile": LI["mobile"],
    "person.household_address": SECRET,
    "person.deceased": False,
    "person.sex": "female",
}


@dataclass
class Talkative:
    """A source that gives everything it has on everybody, whatever it was asked."""

    name: str = "police"
    idempotency: exchange.Idempotency = "none"
    inline: bool = True
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def lookup(self, ask: exchange.Ask) -> exchange.Looked:
        self.asked.append(tuple(element.code for element in ask.elements))
        given = {code: exchange.Reading(value) for code, value in EVERYTHING.items()}  # type: ignore[arg-type]
        return exchange.Record(given)

    def scan(self, *_: object, **__: object) -> object:
        return iter(())

    def act(self, *_: object, **__: object) -> exchange.ActOutcome:
        return exchange.Refused(Text("不办理", "nothing is done here"))

    def find_act(self, *_: object, **__: object) -> exchange.FoundAct:
        return exchange.Absent()


OTHERS = ("person.birth_date", "person.under_enforcement")  # that the source does not give
ELEMENTS = st.lists(st.sampled_from([*EVERYTHING, *OTHERS]), min_size=1, max_size=8)
CONSUMERS = st.sampled_from(["market.990121", "market.990122", "tax.990121", "court.990100", "nobody", ""])
PURPOSES = st.sampled_from(["open-company", "990131001000", "991030001000", "curiosity", ""])


def test_no_answer_has_more_than_was_asked_granted_and_due(town: Town) -> None:
    source = Talkative()
    road = exchange.open_road(
        CITY / "connectors",
        exchange.read_endpoints(CITY / "endpoints.yaml", {}),
        [source],  # type: ignore[list-item]
        clock=town.workplace.clock,
        chance=SystemChance(),
    )
    book = catalogue.book(town.now.date())

    @settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
    @given(elements=ELEMENTS, consumer=CONSUMERS, purpose=PURPOSES)
    def whatever_is_asked(elements: list[str], consumer: str, purpose: str) -> None:
        request = exchange.ShareRequest(
            consumer=consumer,
            purpose=purpose,
            case_or_filing="F-1",
            resource="police.population",
            elements=tuple(elements),
            key={"person.resident_id": LI["resident_id"]},
            subject_of_record="s",
        )
        before = len(source.asked)
        (answer,) = exchange.fetch(road, [request], now=town.now, timeout_s=5)
        granted = {
            code
            for grant in book.grants_for(consumer, "police.population", purpose)
            if grant.in_force(town.now.date())
            for code in grant.elements
        }
        allowed = {code for code in elements if code in granted}
        assert set(answer.values) == set(elements)
        for code, value in answer.values.items():
            if code not in allowed:
                assert (value.status, value.value, value.raw) == ("withheld", None, None), code
        assert [set(asked) for asked in source.asked[before:]] == ([allowed] if allowed else [])
        if "person.household_address" not in allowed:
            assert SECRET not in repr(answer)

    whatever_is_asked()
    road.close()
    for fields in fields_of(log__startswith="shares").values():
        assert SECRET not in repr(fields)
        assert LI["mobile"] not in repr(fields), "evidence holds a digest of the answer, not the answer"
        assert set(fields["elements"]) <= {*EVERYTHING, *OTHERS}


def test_nobodys_data_are_fetched_before_they_take_part_of_their_own_will(town: Town) -> None:
    """A shareholder is named by another: until they confirm, no source hears their number."""
    partner = CHARACTERS["persons"]["wang_jianguo"]
    heard: list[str] = []
    for register in town.registers.values():
        register.resources = {name: _listening(finder, heard) for name, finder in register.resources.items()}
    number = draft(town, town.subject("li_chunyan"), partner=partner)
    submit(town, number)
    cases.gather(number, at=town.workplace, again=True)
    assert heard
    assert partner["resident_id"] not in heard
    assert not Fact.objects.filter(participant__identity_number=partner["resident_id"]).exists()
    cases.confirm(number, subject=town.subject("wang_jianguo"), agrees=True, at=town.workplace)
    cases.gather(number, at=town.workplace, again=True)
    assert partner["resident_id"] in heard


def _listening(finder: object, heard: list[str]) -> object:
    def listen(key: Mapping[str, str]) -> object:
        heard.extend(key.values())
        return finder(key)  # type: ignore[operator]

    return listen
