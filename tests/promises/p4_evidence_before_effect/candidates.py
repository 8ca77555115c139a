"""The lists an attacker brings: short ones, as lists of people, days, numbers and codes are."""

from collections.abc import Iterator
from datetime import date, timedelta

from bench.town import CHARACTERS, Town
from tests.promises.p4_evidence_before_effect.attacking import Candidates
from tongban.catalogue import api as catalogue
from tongban.kernel.canonical import digest
from tongban.kernel.clock import civil_date
from tongban.kernel.values import case_number, credit_code, implementation_code, resident_id
from tongban.ledger import api as ledger
from tongban.ledger.fields import FIELDS
from tongban.licences import api as licences
from tongban.registry import api as registry
from tongban.registry.models import Staff

PERSONS = CHARACTERS["persons"]
# Words of the platform that stand in entries, from its public source.
WORDS = (
    *("yes", "no", "ask", "rule", "person", "law", "applicant", "accepted", "granted", "refused"),
    *("to_be_completed", "known", "none_on_record", "withheld", "late", "answer", "lookup", "register"),
    *("done", "again", "corrected", "upheld", "sign_in", "open-company", "01", "03", "enter"),
)


def lists_for(town: Town, hours: set[str]) -> list[Candidates]:
    """Give every list for a town whose public leaves show these hours."""
    numbers = resident_ids()
    keys = [digest({"person.resident_id": number}) for number in numbers]
    named = [
        digest({"person.resident_id": p["resident_id"], "person.name": p["name"]}) for p in PERSONS.values()
    ]
    days = [(date(1926, 1, 1) + timedelta(days=n)) for n in range(36525)]
    cases = list(case_numbers(town))
    filings = [f"990100{civil_date(town.now):%Y%m%d}{n:06}" for n in range(1, 2001)]
    moments = [f"{hour[:13]}:{n // 60:02}:{n % 60:02}.000Z" for hour in hours for n in range(3600)]
    return [
        Candidates(numbers, ("subject", "holder", "participant", "key_digest", "helper", "staff")),
        Candidates([*keys, *named], ("key_digest", "subject", "request_digest")),
        Candidates([day.isoformat() for day in days], ("subject", "until", "started_on", "as_of")),
        Candidates([f"{day:%Y%m%d}" for day in days], ("subject", "until")),
        Candidates(cases, ("case_number",)),
        Candidates(filings, ("filing_number", "purpose")),
        Candidates(moments, ("at",)),
        Candidates(list(vocabulary(town)), sorted(FIELDS)),
    ]


def resident_ids(reach: int = 15) -> list[str]:
    """Give the numbers of the city's characters and of those born beside them."""
    found = []
    for person in PERSONS.values():
        number = person["resident_id"]
        born = date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
        for sequence in range(int(number[14:17]) - reach, int(number[14:17]) + reach + 1):
            if 0 <= sequence <= 999:
                found.append(resident_id.compose(number[:6], born, sequence).number)
    return found


def case_numbers(town: Town) -> Iterator[str]:
    """Give the first case numbers of the day of every item at every office."""
    day = civil_date(town.now)
    for office in registry.organisations():
        for item in town.bundle.items:
            code = implementation_code.compose(office.credit_code, office.level, item.basic_code).code
            for sequence in range(1, 16):
                yield case_number.compose(code, day, sequence).number


def vocabulary(town: Town) -> Iterator[object]:
    """Give everything that has a name or a code in the city, and what its people are called."""
    book = catalogue.book(civil_date(town.now))
    yield from WORDS
    yield from ledger.KINDS
    yield from range(200)
    yield from map(str, range(200))
    for office in registry.organisations():
        yield from (office.slug, office.credit_code, office.name.zh)
    for login, number in Staff.objects.values_list("login", "id"):
        yield from (login, number, str(number))
    yield from book.elements
    yield from ([element] for element in book.elements)
    yield from book.resources
    yield from (grant.code for grant in book.grants)
    yield from (item.basic_code for item in town.bundle.items)
    yield from (kind.code for kind in licences.licence_types())
    yield from town.workplace.road.lanes
    for person in PERSONS.values():
        yield from (person["name"], person["mobile"], person["household_address"])
    for address in CHARACTERS["addresses"].values():
        yield from (address["code"], address.get("text", ""))
    for division in ("990100", "990121", "990122"):
        yield from (credit_code.compose("9", "1", division, f"MA{n:06d}").number for n in range(1, 41))
