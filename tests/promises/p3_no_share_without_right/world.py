"""A city in the middle of its day: filings at every stage, and what is known in them about whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from django.apps import apps
from django.db import models

from bench.filing import draft
from bench.town import CHARACTERS, Town
from tests.cases.acting import await_carriers, carry_on, states, submit
from tests.papers.conftest import pdf
from tests.rest.placing import publish
from tongban.cases import api as cases
from tongban.cases.models import Case, Fact
from tongban.items.api import Ref
from tongban.licences.models import LicenceRow
from tongban.papers.models import MaterialRow, NoticeRow
from tongban.registry import api as registry

PERSONS = CHARACTERS["persons"]
HELPER = "hall.yundong.xu"
CASE_OFFICE = "market.990121"
NO_FILING, NO_CASE, NO_LICENCE = "99010020261123999999", "nothing", "1.2.156.3005.2.none"
# What comes and goes without anything having happened: sessions, and Django's own tables.
NOT_ACTS = ("sessions", "contenttypes", "auth")


@dataclass(frozen=True)
class Matter:
    """One filing: whose it is, who else takes part, and what its addresses are made of."""

    called: str
    number: str
    owner: str
    partner: str = ""
    helper: str = ""
    case: str = NO_CASE
    fact: int = 0
    notice: str = "x"
    licence: str = NO_LICENCE
    material: int = 0
    asked: str = ""  # the document that is asked for
    contest: int = 0

    @property
    def has_case(self) -> bool:
        return self.case != NO_CASE

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(name for name in (self.owner, self.partner) if name)


@dataclass(frozen=True)
class World:
    """The town with its filings, by what they are called."""

    town: Town
    matters: dict[str, Matter]
    employed: dict[str, registry.Staff]
    offices: dict[str, frozenset[str]]  # that were given a case of a matter

    def staff(self, login: str) -> registry.Staff:
        return self.employed[login]

    def works_on(self, login: str, matter: Matter) -> bool:
        """Say whether somebody's office was given a case of it."""
        return login in self.employed and self.employed[login].organisation in self.offices[matter.called]

    def everybody_named(self) -> tuple[str, ...]:
        """Give everybody about whom the city knows something by now."""
        return tuple(dict.fromkeys(name for each in self.matters.values() for name in each.people))


def fetched(name: str) -> tuple[str, ...]:
    """Give what offices hold about somebody, in every way in which a page may write it."""
    person = PERSONS[name]
    year, month, day = person["birth_date"].split("-")
    months = ("January", "February", "March", "April", "May", "June", "July", "August")
    months += ("September", "October", "November", "December")
    return (
        person["mobile"],
        person["household_address"],
        person["birth_date"],
        f"{year}年{int(month)}月{int(day)}日",
        f"{int(day)} {months[int(month) - 1]} {year}",
    )


def identity(name: str) -> tuple[str, str]:
    """Give the name and the number of somebody."""
    return PERSONS[name]["name"], PERSONS[name]["resident_id"]


def open_world(town: Town) -> World:
    """Let filings come to every stage at which a page has something to show."""
    town.subject("zhao_min")  # has signed in here before, and takes part in nothing
    made = (_ended(town), _confirming(town), _drafted(town), _waiting(town), _helped(town), _correction(town))
    publish(town)
    return World(
        town,
        matters={matter.called: matter for matter in made},
        employed={one.login: one for one in registry.everybody(town.now.date(), most=1000).lines},
        offices={matter.called: _offices(matter) for matter in made},
    )


def _offices(matter: Matter) -> frozenset[str]:
    given = Case.objects.filter(filing__number=matter.number, number__isnull=False)
    return frozenset(given.values_list("office", flat=True))


def led_by(town: Town, number: str, name: str) -> None:
    """Name somebody else as the legal representative: of them the registry must know the most."""
    person = PERSONS[name]
    parties = [
        cases.Named(Ref("director"), None, "111", person["resident_id"], person["name"]),
        cases.Named(Ref("shareholder"), same_as=Ref("applicant")),
        cases.Named(Ref("liaison"), same_as=Ref("applicant")),
    ]
    answers = {(Ref("director"), "company_post"): "director_manager"}
    cases.put_answers(number, town.bundle, parties=parties, answers=answers, at=town.workplace)


def fetched_who_leads(number: str, name: str) -> Fact:
    """Let a register have said of the new company who leads it, as another pack than this one may ask."""
    one = Fact.objects.filter(filing__number=number, element="entity.name_holder").latest("id")
    one.pk, one.element, one.status = None, "company.legal_representative_id", "known"
    one.value = PERSONS[name]["resident_id"]
    one.save()
    return one


def _ended(town: Town) -> Matter:
    """A founder and a director, granted in full; the founder says that their mobile number is wrong."""
    owner = town.subject("li_chunyan")
    number = draft(town, owner)
    led_by(town, number, "wang_jianguo")
    submit(town, number)
    agree(town, number, "wang_jianguo")
    assert set(states(number).values()) == {"granted"}
    held = _a_fact(number, "person.mobile")
    contest = cases.contest(number, held, subject=owner, said="号码不对", at=town.workplace)
    case = _case(number)
    notice = NoticeRow.objects.filter(case_number=case).earliest("id")
    licence = LicenceRow.objects.get(case_number=case)
    return Matter(
        "ended",
        number,
        "li_chunyan",
        "wang_jianguo",
        case=case,
        fact=held,
        notice=notice.number,
        licence=licence.identifier,
        contest=contest,
    )


def _confirming(town: Town) -> Matter:
    """Submitted; the second founder has not said yes."""
    number = draft(town, town.subject("li_chunyan"), partner=PERSONS["wang_jianguo"], trade_word="渡口边")
    submit(town, number)
    assert cases.snapshot(number).stage.value == "confirming"
    return Matter("confirming", number, "li_chunyan", "wang_jianguo", fact=_a_fact(number))


def _drafted(town: Town) -> Matter:
    number = draft(town, town.subject("li_chunyan"), partner=PERSONS["wang_jianguo"], trade_word="桂花巷")
    return Matter("draft", number, "li_chunyan", "wang_jianguo", fact=_a_fact(number))


def _waiting(town: Town) -> Matter:
    """The director whom the founder names is under enforcement: an officer of the county decides."""
    number = draft(town, town.subject("zhou_wenbin"), trade_word="海风楼")
    led_by(town, number, "zhang_dahai")
    submit(town, number)
    agree(town, number, "zhang_dahai")
    assert cases.snapshot(number).case("registration").person_needed
    notice = NoticeRow.objects.filter(case_number=_case(number)).first()
    return Matter(
        "waiting",
        number,
        "zhou_wenbin",
        "zhang_dahai",
        case=_case(number),
        fact=_a_fact(number),
        notice="x" if notice is None else notice.number,
    )


def _helped(town: Town) -> Matter:
    """A counter clerk filed for somebody who cannot."""
    clerk = registry.staff(HELPER, on=town.now.date())
    filer = cases.Filer("counter", clerk.id, clerk.name, "本人在场口头授权", in_person=True)
    number = draft(town, town.subject("sun_guilan"), filer=filer, trade_word="老灶台")
    submit(town, number)
    return Matter("helped", number, "sun_guilan", helper=HELPER, case=_case(number), fact=_a_fact(number))


def _correction(town: Town) -> Matter:
    """Something is missing; one document was handed in."""
    owner = town.subject("wu_xiaoxue")
    number = draft(town, owner, trade_word="雪落斋")
    submit(town, number)
    at = town.workplace
    sight = cases.see(cases.snapshot(number), at=at)
    asked = next(each.material for each in cases.asked_materials(sight, at=at) if each.item == "registration")
    cases.hand_in(
        sight,
        asked,
        [pdf()],
        "身份证.pdf",
        by=owner,
        confirmed=False,
        request=None,
        largest_bytes=1_000_000,
        at=at,
    )
    held = MaterialRow.objects.get()
    return Matter("correction", number, "wu_xiaoxue", case=_case(number), material=held.pk, asked=asked)


def agree(town: Town, number: str, name: str) -> None:
    """Let somebody confirm for themselves, and carry the filing as far as it goes."""
    lease = cases.confirm(number, subject=town.subject(name), agrees=True, at=town.workplace)
    assert lease is not None
    carry_on(town, lease)


def _case(number: str) -> str:
    return str(Case.objects.get(filing__number=number, item="registration").number)


def _a_fact(number: str, element: str = "person.real_name_matched") -> int:
    """Give a fact about the owner of a filing."""
    held = Fact.objects.filter(filing__number=number, participant__role="applicant", element=element)
    return int(held.latest("id").pk)


def everything() -> dict[str, str]:
    """Give a digest of every table in which an act would leave a trace."""
    await_carriers()
    return {
        model._meta.label: _digest(model)
        for model in apps.get_models()
        if not model._meta.label_lower.startswith(NOT_ACTS)
    }


def _digest(model: type[models.Model]) -> str:
    return sha256(repr(list(_rows(model))).encode()).hexdigest()


def _rows(model: type[models.Model]) -> Iterator[tuple[object, ...]]:
    return iter(model._default_manager.order_by("pk").values_list())


def written_anywhere(*values: str) -> list[str]:
    """List the tables in which one of these values stands, whatever the column."""
    return [
        f"{model._meta.label}: {value}"
        for model in apps.get_models()
        if any(model._default_manager.values_list()[:1])
        for whole in [repr(list(_rows(model)))]
        for value in values
        if value in whole
    ]
