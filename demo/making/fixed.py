"""The fixed characters as each organisation records them."""

from demo import characters
from demo.characters import EAST, ENTERPRISES, PERSONS, SHOPS, Enterprise, Person
from demo.land_files import Place
from demo.making.enterprises import CANCELLED, COMPANY, LIVE, Firm
from demo.making.people import Resident
from demo.making.records import Records

WRITTEN = "20261001083000"
UNLINKED = Place(
    "", characters.CONTRADICTING_ADDRESS, EAST, characters.TOWNS[EAST][0], "", "正常", "2026-09-18"
)


def write(records: Records) -> None:
    """Write every fixed person, address and enterprise, and their errors."""
    residents = {key: _resident(person) for key, person in PERSONS.items()}
    for place in SHOPS.values():
        _place(records, place)
    for person in PERSONS.values():
        if person.home:
            _place(records, characters.home(person.area, person.home))
    for key, resident in residents.items():
        _person(records, key, resident)
    for enterprise in ENTERPRISES.values():
        _place(records, characters.premises(enterprise))
        place = characters.premises(enterprise)
        firm = _firm(enterprise, residents[enterprise.director], place)
        records.write_firm(firm, director=firm.director.name, address=place.text, code=place.code)
    _lists(records, residents)
    _errors(records, residents)


def _person(records: Records, key: str, resident: Resident) -> None:
    if key not in characters.MISSING_AT_POLICE:
        records.write_police(resident, written=WRITTEN)
    if key not in characters.WITHOUT_ACCOUNT:
        represents = ENTERPRISES["chunyan_city"] if key == "liu_chunsheng" else None
        code, name = (represents.credit_code, represents.name) if represents else ("", "")
        records.write_account(resident, code, name)


def _resident(person: Person) -> Resident:
    return Resident(
        number=person.resident_id,
        name=person.name,
        sex=person.sex,
        birth=person.birth,
        division=person.area,
        household=person.household_number,
        relation=person.relation,
        place=characters.home(person.area, person.home) if person.home else UNLINKED,
        mobile=person.mobile,
        deceased_on=person.deceased_on,
    )


def _place(records: Records, place: Place) -> None:
    records.stores.places.add(
        place.code, place.text, place.division, place.town, place.usage, place.status, place.updated
    )


def _firm(enterprise: Enterprise, director: Resident, place: Place) -> Firm:
    return Firm(
        credit_code=enterprise.credit_code,
        name=enterprise.name,
        trade_word=enterprise.trade_word,
        industry="餐饮",
        form="有限公司",
        name_division=enterprise.name_division,
        kind=COMPANY,
        status=CANCELLED if enterprise.cancelled_on else LIVE,
        capital=50,
        established_on=enterprise.established_on,
        cancelled_on=enterprise.cancelled_on,
        registered_at=EAST,
        place=place,
        director=director,
        scope="餐饮服务",
    )


def _lists(records: Records, residents: dict[str, Resident]) -> None:
    enforced = residents["zhang_dahai"]
    records.stores.enforced.add(
        enforced.number,
        enforced.name,
        "（2026）云9901执1024号",
        "云溪市云东县人民法院",
        "2026-04-16",
        35_000_000,
        "1",
    )
    barred = residents["chen_wei"]
    records.stores.market["T_RZXZ"].add(None, barred.number, barred.name, "3", "2024-07-01", "2027-06-30")
    serious, variant = residents["zhao_min"], residents["he_xiuying"]
    add = records.stores.market["T_YZSX"].add
    add(None, "1", serious.number, serious.name, "2026-02-11", "提交虚假材料取得登记", "0", None)
    add(None, "1", variant.number, "何秀瑛", "2023-06-05", "拒不履行行政处罚决定", "1", "2025-01-20")


def _errors(records: Records, residents: dict[str, Resident]) -> None:
    note = records.stores.key.add
    for key in characters.STALE:
        note(SHOPS[key].code, "land", "place.usage", "stale_address", "住宅", "商业")
    torn, wife = residents["zhou_wenbin"], residents["xu_jingyi"]
    element = "person.household_address"
    note(torn.number, "police", element, "contradictory_household", torn.place.text, wife.place.text)
    missing = residents["wu_xiaoxue"].number
    note(missing, "police", "person.resident_id", "missing_record", "", missing)
    variant = residents["he_xiuying"]
    note(variant.number, "market", "person.name", "name_variant", "何秀瑛", variant.name)
