"""The divisions and organisations of a node as one frozen value, and who is competent for what where.

Read-mostly things are loaded once: a filing of six items resolves six offices without a query.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from tongban.kernel.errors import Conflict, NotFound
from tongban.kernel.texts import Text
from tongban.registry.values import Competence, Delegation, Division, Organisation, Power, in_force

Handed = TypeVar("Handed", Power, Delegation)


@dataclass(frozen=True)
class Directory:
    """All divisions, organisations, powers and delegations, past ones included."""

    all_divisions: tuple[Division, ...]
    all_organisations: tuple[Organisation, ...]
    powers: tuple[Power, ...]
    delegations: tuple[Delegation, ...]

    @cached_property
    def _divisions(self) -> Mapping[str, tuple[Division, ...]]:
        versions: dict[str, list[Division]] = defaultdict(list)
        for division in self.all_divisions:
            versions[division.code].append(division)
        return {code: tuple(several) for code, several in versions.items()}

    @cached_property
    def _organisations(self) -> Mapping[str, Organisation]:
        return {organisation.slug: organisation for organisation in self.all_organisations}

    @cached_property
    def _powers(self) -> Mapping[str, tuple[Power, ...]]:
        return _by_item(self.powers)

    @cached_property
    def _delegations(self) -> Mapping[str, tuple[Delegation, ...]]:
        return _by_item(self.delegations)

    def division(self, code: str, at: date) -> Division:
        """Give a division as it stands on a day; NotFound says whether it ended and what took its place."""
        versions = self._divisions.get(code, ())
        for division in versions:
            if in_force(division.since, division.until, at):
                return division
        raise _no_division(code, versions, at)

    def divisions(self, at: date) -> tuple[Division, ...]:
        """Give every division that stands on a day, in the order of the codes."""
        standing = [one for one in self.all_divisions if in_force(one.since, one.until, at)]
        return tuple(sorted(standing, key=lambda division: division.code))

    def upward(self, code: str, at: date) -> tuple[Division, ...]:
        """Give a division and all that it lies in, nearest first."""
        chain = [self.division(code, at)]
        while chain[-1].parent is not None:
            chain.append(self.division(chain[-1].parent, at))
        return tuple(chain)

    def within(self, code: str) -> frozenset[str]:
        """Give the codes of a division and of all that lies or once lay in it."""
        return frozenset({code}) | _below(code, ((one.code, one.parent) for one in self.all_divisions))

    def organisation(self, slug: str) -> Organisation:
        """Give an organisation, one that has ended included: its past acts keep its name."""
        found = self._organisations.get(slug)
        if found is None:
            raise NotFound(
                "registry.organisation",
                what=Text(zh=f"没有编号为“{slug}”的机构。", en=f"There is no organisation {slug!r}."),
                todo=Text(
                    zh="请核对organisations.yaml中的id，或先载入城市文件。",
                    en="Compare it with the ids in organisations.yaml, or load the city's files first.",
                ),
            )
        return found

    def organisations(self, at: date | None = None) -> tuple[Organisation, ...]:
        """Give every organisation, or those of a day, in the order of the slugs."""
        chosen = (one for one in self.all_organisations if at is None or in_force(one.since, one.until, at))
        return tuple(sorted(chosen, key=lambda organisation: organisation.slug))

    def entrusted_by(self, slug: str) -> frozenset[str]:
        """Give the organisations that decide in this one's name (委托), those whose time is over included:
        what they began is still theirs to end, and this one's to answer for."""
        return frozenset(
            one.delegate for one in self.delegations if one.delegator == slug and one.kind == "entrusted"
        )

    def body_for(self, function: str, division: str, at: date) -> Organisation:
        """Give the organisation of a function (tax, social, fund) in a division, or the nearest above it."""
        looked_at = self.upward(division, at)
        for place in looked_at:
            found = self._organisations.get(f"{function}.{place.code}")  # a slug is function.division
            if found is not None and in_force(found.since, found.until, at):
                return found
        raise _nobody(function, looked_at)

    def office_for(self, basic_code: str, division: str, at: date) -> Competence:
        """Give who is competent for an item at a place: the nearest holder upward, delegations first.

        Raises NotFound when nobody up to the province holds the power, Conflict when two do at once.
        """
        looked_at = self.upward(division, at)
        for place in looked_at:
            competence = self._delegated(basic_code, place, at) or self._held(basic_code, place, at)
            if competence is not None:
                return competence
        raise _nobody(basic_code, looked_at)

    def _held(self, basic_code: str, place: Division, at: date) -> Competence | None:
        holders = [
            (self.organisation(power.organisation), power)
            for power in self._powers.get(basic_code, ())
            if in_force(power.since, power.until, at)
        ]
        here = [
            (office, power)
            for office, power in holders
            if office.division == place.code and in_force(office.since, office.until, at)
        ]
        if len(here) > 1:
            raise _two_holders(basic_code, place, here[0][0], here[1][0])
        if not here:
            return None
        office, power = here[0]
        because = Text(
            zh=f"{place.name.zh}由{office.name.zh}行使该事项职权。",
            en=f"In {place.name.en} this power is exercised by {office.name.en}.",
        )
        return self._competence(office, office, power, power.basis, because)

    def _delegated(self, basic_code: str, place: Division, at: date) -> Competence | None:
        for delegation in self._delegations.get(basic_code, ()):
            if delegation.division != place.code or not in_force(delegation.since, delegation.until, at):
                continue
            power = self._power_of(delegation.delegator, basic_code, at)
            delegate = self.organisation(delegation.delegate)
            if power is None or not in_force(delegate.since, delegate.until, at):
                continue  # nobody can hand on a power that is no longer theirs
            delegator = self.organisation(delegation.delegator)
            entrusted = delegation.kind == "entrusted"
            in_name_of = delegator if entrusted else delegate
            how = Text(zh="委托", en="entrusted") if entrusted else Text(zh="下放", en="devolved")
            because = Text(
                zh=f"{delegator.name.zh}自{delegation.since}起将{place.name.zh}范围内的该事项{how.zh}"
                f"{delegate.name.zh}办理，以{in_name_of.name.zh}名义作出决定。",
                en=f"Since {delegation.since} {delegator.name.en} has {how.en} it for {place.name.en} to"
                f" {delegate.name.en}, which decides in the name of {in_name_of.name.en}.",
            )
            return self._competence(delegate, in_name_of, power, delegation.basis, because)
        return None

    def _power_of(self, slug: str, basic_code: str, at: date) -> Power | None:
        for power in self._powers.get(basic_code, ()):
            if power.organisation == slug and in_force(power.since, power.until, at):
                return power
        return None

    def _competence(
        self, office: Organisation, in_name_of: Organisation, power: Power, basis: Text, because: Text
    ) -> Competence:
        cooperating = tuple(self.organisation(slug) for slug in power.cooperating)
        return Competence(office, in_name_of, power.basic_code, basis, because, cooperating)


def _below(top: str, pairs: Iterable[tuple[str, str | None]]) -> frozenset[str]:
    """Give all that stands under a name in a tree of (name, name above) pairs."""
    under: dict[str | None, list[str]] = defaultdict(list)
    for name, above in pairs:
        under[above].append(name)
    found: set[str] = set()
    waiting = [top]
    while waiting:
        fresh = [name for name in under[waiting.pop()] if name not in found]
        found.update(fresh)
        waiting.extend(fresh)
    return frozenset(found)


def _by_item(several: Iterable[Handed]) -> Mapping[str, tuple[Handed, ...]]:
    grouped: dict[str, list[Handed]] = defaultdict(list)
    for one in several:
        grouped[one.basic_code].append(one)
    return {code: tuple(group) for code, group in grouped.items()}


def _no_division(code: str, versions: tuple[Division, ...], at: date) -> NotFound:
    if not versions:
        return NotFound(
            "registry.division",
            what=Text(zh=f"没有代码为“{code}”的行政区划。", en=f"There is no division {code!r}."),
            todo=Text(
                zh="请核对divisions.yaml中的代码，或先载入城市文件。",
                en="Compare it with the codes in divisions.yaml, or load the city's files first.",
            ),
        )
    last = max(versions, key=lambda division: division.since)
    todo = Text(zh="请使用当日有效的区划代码。", en="Use the code that stood on that day.")
    if last.replaced_by is not None:
        todo = Text(zh=f"其区域现属{last.replaced_by}。", en=f"Its area is now {last.replaced_by}.")
    return NotFound(
        "registry.division_not_in_force",
        what=Text(
            zh=f"{last.name.zh}（{code}）在{at}不是有效的行政区划。",
            en=f"{last.name.en} ({code}) was no division on {at}.",
        ),
        todo=todo,
    )


def _nobody(wanted: str, looked_at: tuple[Division, ...]) -> NotFound:
    zh, en = "、".join(d.name.zh for d in looked_at), ", ".join(d.name.en for d in looked_at)
    return NotFound(
        "registry.no_office",
        what=Text(
            zh=f"{zh}均无办理“{wanted}”的机构。",
            en=f"No organisation of {en} handles {wanted}.",
        ),
        todo=Text(
            zh="请在organisations.yaml中登记该机构或职权，或向上级部门查询。",
            en="Declare it or its power in organisations.yaml, or ask the level above.",
        ),
    )


def _two_holders(basic_code: str, place: Division, one: Organisation, other: Organisation) -> Conflict:
    return Conflict(
        "registry.two_offices",
        what=Text(
            zh=f"{place.name.zh}有两个机构行使事项“{basic_code}”职权：{one.name.zh}、{other.name.zh}。",
            en=f"In {place.name.en} two hold item {basic_code}: {one.name.en} and {other.name.en}.",
        ),
        todo=Text(
            zh="请在organisations.yaml中只保留一个。", en="Leave the power with one in organisations.yaml."
        ),
    )
