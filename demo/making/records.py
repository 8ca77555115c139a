"""What each organisation wrote down about people, places and enterprises: the truth, or an error."""

from datetime import date
from random import Random

from demo.land_files import Place
from demo.making.enterprises import CANCELLED, INDIVIDUAL, LIVE, Firm, Founding
from demo.making.people import City, Resident, under, variant
from demo.making.stores import Stores

COURTS = ("云溪市云东县人民法院", "云溪市云西县人民法院", "云溪市中级人民法院")
REASONS = ("提交虚假材料取得登记", "被吊销营业执照且未按期注销", "拒不履行行政处罚决定")
ADULT_YEARS, OLDEST_FOUNDER_YEARS = 18, 70
FOUNDER_SHARE, ENFORCED_SHARE, BARRED_SHARE, SERIOUS_SHARE = 0.125, 0.004, 0.0015, 0.001
SERIOUS_FIRM_SHARE = 0.002


class Records:
    """Writes households and what hangs on them, planting errors and noting each in the answer key."""

    def __init__(self, stores: Stores, city: City, founding: Founding, chance: Random, on: date) -> None:
        self.stores, self.city, self.founding, self.chance, self.on = stores, city, founding, chance, on

    def household(self, members: list[Resident]) -> None:
        """Record one household everywhere."""
        self.place(members[0].place)
        torn = len(members) > 1 and self.chance.random() < 0.004
        for position, resident in enumerate(members):
            if torn and position == 1:
                self._contradict(resident)
            else:
                self._police(resident)
            self._beyond_police(resident)

    def place(self, place: Place) -> None:
        """Record one address at the land office."""
        drawn = self.chance.random()
        key, add = self.stores.key, self.stores.places.add
        usage, status = place.usage, place.status
        if drawn < 0.003:
            usage = "住宅" if place.usage == "商业" else "商业"
            key.add(place.code, "land", "place.usage", "stale_address", usage, place.usage)
        elif drawn < 0.005:
            other = f"{place.code[:13]}{int(place.code[13:]) + 400_000:06d}"
            key.add(other, "land", "place.address_code", "duplicate", other, place.code)
            add(other, place.text, place.division, place.town, usage, status, place.updated)
        elif drawn < 0.007:
            usage = ""
            key.add(place.code, "land", "place.usage", "gap", "", place.usage)
        elif drawn < 0.010:
            key.add(place.code, "land", "place.premises_status", "stale_address", status, "拆除")
        add(place.code, place.text, place.division, place.town, usage, status, place.updated)

    def _police(self, resident: Resident) -> None:
        drawn = self.chance.random()
        key, number = self.stores.key, resident.number
        if drawn >= 0.023:
            self.write_police(resident)
        elif drawn < 0.004:
            name = variant(resident.name)
            if name:
                key.add(number, "police", "person.name", "name_variant", name, resident.name)
            self.write_police(resident, name=name)
        elif drawn < 0.010:
            old = self._other_address(resident)
            key.add(number, "police", "person.household_address", "stale_address", old, resident.place.text)
            self.write_police(resident, address=old, code="")
        elif drawn < 0.013:
            key.add(number, "police", "person.birth_date", "gap", "", resident.birth.isoformat())
            self.write_police(resident, birth="")
        elif drawn < 0.017:
            key.add(number, "police", "person.household_address_code", "gap", "", resident.place.code)
            self.write_police(resident, code="")
        elif drawn < 0.021:
            if resident.mobile:
                key.add(number, "police", "person.mobile", "gap", "", resident.mobile)
            self.write_police(resident, mobile="")
        elif drawn < 0.022:
            self.write_police(resident)
            double = self.city.registrar.number(resident.area, resident.birth, resident.sex)
            key.add(double, "police", "person.resident_id", "duplicate", double, number)
            self.write_police(under(resident, double))
        else:
            key.add(number, "police", "person.resident_id", "missing_record", "", number)

    def _contradict(self, resident: Resident) -> None:
        other = self._other_address(resident)
        self.stores.key.add(
            resident.number,
            "police",
            "person.household_address",
            "contradictory_household",
            other,
            resident.place.text,
        )
        self.write_police(resident, address=other, code="")

    def _other_address(self, resident: Resident) -> str:
        # An older way of writing, which the land office has in no file.
        return f"{resident.place.text[:9]}老街{int(self.chance.random() * 900) + 100}号"

    def write_police(
        self,
        resident: Resident,
        *,
        name: str | None = None,
        address: str | None = None,
        code: str | None = None,
        birth: str | None = None,
        mobile: str | None = None,
        written: str | None = None,
    ) -> None:
        """Write one row of the population library, with what differs from the truth."""
        self.stores.police.add(
            resident.number,
            resident.name if name is None else name,
            resident.sex,
            "01",
            f"{resident.birth:%Y%m%d}" if birth is None else birth,
            resident.division,
            resident.place.text if address is None else address,
            resident.place.code if code is None else code,
            resident.household,
            resident.relation,
            "1" if resident.deceased_on else "0",
            resident.deceased_on.replace("-", ""),
            resident.mobile if mobile is None else mobile,
            written or f"{self.city.day(1000).replace('-', '')}083000",
        )

    def _beyond_police(self, resident: Resident) -> None:
        years = (self.on - resident.birth).days / 365.2425
        if resident.deceased_on or years < ADULT_YEARS:
            return
        firm = None
        if years < OLDEST_FOUNDER_YEARS and self.chance.random() < FOUNDER_SHARE:
            firm = self._found(resident)
        represents = firm if firm and firm.status == LIVE and firm.kind != INDIVIDUAL else None
        self.write_account(
            resident, represents.credit_code if represents else "", represents.name if represents else ""
        )
        drawn = self.chance.random()
        if drawn < ENFORCED_SHARE:
            self._enforce(resident)
        elif drawn < ENFORCED_SHARE + BARRED_SHARE:
            self._bar(resident)
        elif drawn < ENFORCED_SHARE + BARRED_SHARE + SERIOUS_SHARE:
            self.write_serious("1", resident.number, resident.name, self.city.day(2000))

    def write_account(self, resident: Resident, entity_code: str, entity_name: str) -> None:
        """Write one account of the identity provider."""
        subject = f"{self.chance.getrandbits(128):032x}"
        self.stores.accounts.add(
            resident.number, subject, resident.name, resident.mobile, entity_code, entity_name
        )

    def _found(self, resident: Resident) -> Firm:
        shop = self.city.registrar.shop(
            resident.division, int(self.chance.random() * 24), self.city.day(3000)
        )
        self.place(shop)
        firm = self.founding.found(resident, shop)
        drawn, key = self.chance.random(), self.stores.key
        director, address, code = resident.name, shop.text, shop.code
        if drawn < 0.004:
            director = variant(resident.name) or director
            if director != resident.name:
                element = "entity.legal_representative"
                key.add(firm.credit_code, "market", element, "name_variant", director, resident.name)
        elif drawn < 0.008:
            code = ""
            key.add(firm.credit_code, "market", "entity.address_code", "gap", "", shop.code)
        elif drawn < 0.012:
            address = self._other_address(resident)
            key.add(firm.credit_code, "market", "entity.address_text", "stale_address", address, shop.text)
        self.write_firm(firm, director=director, address=address, code=code)
        if self.chance.random() < SERIOUS_FIRM_SHARE:
            self.write_serious("2", firm.credit_code, firm.name, self.city.day(1500))
        return firm

    def write_firm(self, firm: Firm, *, director: str, address: str, code: str) -> None:
        """Write one enterprise and its name at the market office."""
        gone = firm.cancelled_on or None
        written = f"{firm.cancelled_on or firm.established_on} 09:00:00"
        self.stores.market["T_SCZT"].add(
            firm.credit_code, firm.name, firm.kind, firm.status, firm.capital, firm.established_on, gone,
            firm.registered_at, address, code or None, director, firm.director.number, firm.scope, written,
        )  # fmt: skip
        live = "0" if firm.status == CANCELLED else "1"
        self.stores.market["T_QYMC"].add(
            None, firm.credit_code, firm.name, firm.name_division, firm.registered_at, firm.trade_word,
            firm.industry, firm.form, live, None, gone,
        )  # fmt: skip

    def write_serious(self, kind: str, number: str, name: str, day: str) -> None:
        """Write one serious record; about a third are repaired."""
        repaired = self.chance.random() < 0.3
        reason = REASONS[int(self.chance.random() * len(REASONS))]
        repaired_on = self.on.isoformat() if repaired else None
        self.stores.market["T_YZSX"].add(
            None, kind, number, name, day, reason, "1" if repaired else "0", repaired_on
        )

    def _enforce(self, resident: Resident) -> None:
        filed = self.city.day(1400)
        name = resident.name
        if self.chance.random() < 0.05:
            name = variant(name) or name
            if name != resident.name:
                self.stores.key.add(
                    resident.number, "court", "person.name", "name_variant", name, resident.name
                )
        court = COURTS[int(self.chance.random() * len(COURTS))]
        case = f"（{filed[:4]}）云{resident.division[:4]}执{self.stores.enforced.count + 2000}号"
        amount = (int(self.chance.random() * 5000) + 10) * 10_000
        dishonest = "1" if self.chance.random() < 0.4 else "0"
        self.stores.enforced.add(resident.number, name, case, court, filed, amount, dishonest)

    def _bar(self, resident: Resident) -> None:
        begun = self.city.day(2000)
        until = f"{int(begun[:4]) + 3}-{begun[5:7]}-28"
        cause = "1234"[int(self.chance.random() * 4)]
        self.stores.market["T_RZXZ"].add(None, resident.number, resident.name, cause, begun, until)
