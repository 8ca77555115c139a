"""A whole demonstration city in one process: registers in memory, offices that count, direct signers.

The benchmark measures the platform on it without a wire in between; the tests of cases act out on it
what other organisations do wrong.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bench.offices import Counter, Finder, Found, Register
from tongban.cases import api as cases
from tongban.catalogue import api as catalogue
from tongban.exchange import api as exchange
from tongban.items import api as items
from tongban.kernel import calendar
from tongban.kernel.clock import SHANGHAI, Clock, SetClock, budget, civil_date
from tongban.kernel.ids import SystemChance
from tongban.kernel.node import Node
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.registry import api as registry

ROOT = Path(__file__).resolve().parents[1]
CITY = ROOT / "cities" / "yunxi"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
CHARACTERS: dict[str, dict[str, Any]] = json.loads((ROOT / "demo" / "characters.json").read_text("utf-8"))
HABITS: Mapping[str, exchange.Idempotency] = {
    "market_desk": "key",
    "tax": "key",
    "social": "lookup",
    "medical": "lookup",
    "fund": "key",
    "bank": "none",
    "seal": "key",
}
SIGNING = ("market", "police", "tax", "social", "medical", "fund", "bank")


@dataclass
class Town:
    """The city, its registers and offices by the names of their connectors, and its clock."""

    workplace: cases.Workplace
    registers: dict[str, Register]
    offices: dict[str, Counter]
    bundle: items.Bundle
    closing: list[licences.OfficeSigner]

    @property
    def now(self) -> datetime:
        return self.workplace.clock.now()

    def subject(self, name: str) -> registry.Subject:
        """Sign in one of the fixed characters."""
        person = CHARACTERS["persons"][name]
        return registry.subject_for(
            "111", person["resident_id"], person["name"], assurance=3, now=self.now, demonstration=True
        )

    def close(self) -> None:
        """Let the road's threads and the signers' journals go."""
        self.workplace.road.close()
        for signer in self.closing:
            signer.close()


def open_town(var: Path, *, clock: Clock | None = None, chance: Any = None) -> Town:
    """Load the demonstration city into the (empty) database and open it for business, all in process."""
    clock = clock or SetClock(MONDAY)
    chance = chance or SystemChance()
    now = clock.now()
    registry.load_city(CITY, now=now, chance=chance)
    catalogue.load(CITY, now=now, chance=chance)
    licences.load_types(CITY)
    book = catalogue.book(civil_date(now))
    packs = tuple(items.load_pack(folder) for folder in sorted((CITY / "packs").iterdir()))
    items.publish_city(packs, now, book=book, chance=chance)
    return open_loaded(var, clock=clock, chance=chance)


def open_loaded(var: Path, *, clock: Clock | None = None, chance: Any = None) -> Town:
    """Open the city that is in the database already; keys that are not in its folder are made."""
    clock = clock or SetClock(MONDAY)
    chance = chance or SystemChance()
    if ledger.public_log_key(ledger.keys_folder()) is None:
        ledger.make_log_key(ledger.keys_folder(), "990100")
    offices = {name: Counter(name, idempotency) for name, idempotency in HABITS.items()}
    registers = registers_of_characters(offices)
    signers, closing = _signers(var, clock, _signing_offices())
    road = exchange.open_road(
        CITY / "connectors",
        exchange.read_endpoints(CITY / "endpoints.yaml", {}),
        [*registers.values(), *offices.values(), licences.LicenceSource()],
        clock=clock,
        chance=chance,
    )
    workplace = cases.Workplace(
        node=Node(code="990100", name="云溪市", city=CITY, var=var, demonstration=True),
        clock=clock,
        chance=chance,
        calendar=calendar.load(CITY / "calendar.yaml"),
        policies=items.load_policies(CITY / "policies.yaml"),
        road=road,
        signers=signers,
        log_signer=ledger.load_log_key(ledger.keys_folder(), "990100"),
        worker="town",
    )
    return Town(workplace, registers, offices, items.bundle("open-company"), closing)


def _signing_offices() -> list[str]:
    return [o.slug for o in registry.organisations() if o.function in SIGNING and o.level >= 3]


def _signers(
    var: Path, clock: Clock, offices: Iterable[str]
) -> tuple[licences.DirectSigners, list[licences.OfficeSigner]]:
    """Open each office's signer; its key is made where there is none."""
    keys = ledger.keys_folder()
    made = {}
    for office in offices:
        if not (keys / office).exists():  # opening one only to look at it takes as long as opening it
            alg = licences.signing_profile(CITY).algorithm_of(office)
            licences.make_office_key(office, keys, now=clock.now(), chance=SystemChance(), alg=alg)
        journal = licences.Journal(var / "signed" / office)
        made[office] = licences.OfficeSigner(office, licences.load_key(keys / office), journal, clock)
    return licences.DirectSigners(made), list(made.values())


def registers_of_characters(offices: Mapping[str, Counter]) -> dict[str, Register]:
    """Give registers that hold the fixed characters and their addresses, as true small sources."""
    persons = {person["resident_id"]: person for person in CHARACTERS["persons"].values()}
    return {
        "police": _police({number: p for number, p in persons.items() if "missing" not in p["note"]}),
        "court": _court(persons),
        "market": _market(persons, offices),
        "land": _land({a["code"]: a for a in CHARACTERS["addresses"].values() if "text" in a}),
    }


def _police(persons: Mapping[str, Mapping[str, Any]]) -> Register:
    def population(key: Mapping[str, str]) -> Found | None:
        person = persons.get(key["person.resident_id"])
        if person is None:
            return None
        return {
            "person.name": person["name"],
            "person.birth_date": date.fromisoformat(person["birth_date"]),
            "person.sex": {"1": "male", "2": "female"}[person["sex"]],
            "person.household_address": person["household_address"],
            "person.mobile": person["mobile"],
            "person.deceased": "deceased" in person["note"],
        }

    def real_name(key: Mapping[str, str]) -> Found | None:
        person = persons.get(key["person.resident_id"])
        return None if person is None else {"person.real_name_matched": person["name"] == key["person.name"]}

    return Register("police", {"police.population": population, "police.real_name": real_name})


def _court(persons: Mapping[str, Mapping[str, Any]]) -> Register:
    def enforcement(key: Mapping[str, str]) -> Found | None:
        person = persons.get(key["person.resident_id"])
        if person is None or "enforcement" not in person["note"]:
            return None
        return {"person.under_enforcement": True, "person.enforcement_case": "（2026）云01执1号"}

    return Register("court", {"court.enforcement": enforcement})


def _market(persons: Mapping[str, Mapping[str, Any]], offices: Mapping[str, Counter]) -> Register:
    taken = [e for e in CHARACTERS["enterprises"].values() if e["cancelled_on"] in {None, "2026-05-20"}]

    def bars(key: Mapping[str, str]) -> Found | None:
        note = persons.get(key["person.resident_id"], {}).get("note", "")
        return {"person.office_bar_until": date(2027, 6, 30)} if "barred" in note else None

    def records(key: Mapping[str, str]) -> Found | None:
        note = persons.get(key["person.resident_id"], {}).get("note", "")
        return {"person.serious_record": True} if "serious record" in note else None

    def trade_words(key: Mapping[str, str]) -> Found:
        wished = (key["company.trade_word"], key["company.industry"])
        held = sum((each["trade_word"], each["industry"]) == wished for each in taken)
        return {"entity.trade_word_holders": held + _entered(offices, key["company.trade_word"])}

    def names(key: Mapping[str, str]) -> Found | None:
        holder = next((each for each in taken if each["name"] == key["company.name"]), None)
        return None if holder is None else {"entity.name_holder": holder["credit_code"]}

    return Register(
        "market",
        {
            "market.office_bars": bars,
            "market.serious_records": records,
            "market.trade_words": trade_words,
            "market.names": names,
        },
    )


def _entered(offices: Mapping[str, Counter], trade_word: str) -> int:
    """Count what the registry's own desk has entered since, for the register is one."""
    return sum(fields.get("trade_word") == trade_word for fields in offices["market_desk"].entered)


def _land(addresses: Mapping[str, Mapping[str, Any]]) -> Register:
    usages = {"商业": "commercial", "住宅": "residential", "商住": "mixed"}
    statuses = {"正常": "normal", "待核": "pending", "拆除": "demolished"}

    rows = {
        f"land.addresses_{division}": [
            {
                "place.address_code": code,
                "place.address_text": each["text"],
                "place.division": division,
                "place.usage": usages[each["usage"]],
                "place.premises_status": statuses[each["status"]],
            }
            for code, each in addresses.items()
            if each["division"] == division
        ]
        for division in ("990121", "990122")
    }

    def of(resource: str) -> Finder:
        by_code = {row["place.address_code"]: row for row in rows[resource]}
        return lambda key: by_code.get(key["place.address_code"])

    return Register("land", {resource: of(resource) for resource in rows}, rows=rows)


def carry(town: Town, number: str, *, seconds: float = 30.0) -> None:
    """Carry a filing as far as it goes."""
    cases.advance(number, at=town.workplace, limit=budget(seconds))
