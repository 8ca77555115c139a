"""What a jurisdiction decides for itself: outcomes and periods that local law sets differently.

cities/<city>/policies.yaml, by key, division and day. A smaller division goes before the larger one
around it. docs/law/local-policies.md says where each was read.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from tongban.catalogue import api as catalogue
from tongban.items.bundle.ground import Basis, Period, Unit, declared
from tongban.items.bundle.parameters import TakenAt
from tongban.items.expressions import Dates
from tongban.kernel import deadlines, declarations
from tongban.kernel.declarations import Declared, TextField, told_at_its_line
from tongban.kernel.errors import Invalid, InvalidDeclaration, InvalidValue, NotFound
from tongban.kernel.marks import Mark, marked
from tongban.kernel.texts import Text
from tongban.rules import api as rules

# What the program asks of every city, whichever packs it has; what a pack asks beside is checked with it.
OF_EVERY_CITY = (
    "contest.answer",
    "correction.confirm",
    "correction.supply",
    "delivery.licence",
    "delivery.other",
    "materials.retention",
    "review.answer",
)


@declared
class LocalBasis:
    """What a local policy rests on."""

    text: TextField
    """The rule and its article, in words."""
    source: str
    """Where it was read."""
    mark: Mark
    """found, recalled, or gap: this city's own setting."""


@declared
class Policy:
    """One decision of a jurisdiction, from a day on."""

    key: str
    """What is decided: pledge.address.allowed, correction.not_supplied, …"""
    division: str
    """For which division; it holds in all below it that decide nothing else."""
    starts: date
    """The first day it holds."""
    ends: date | None = None
    """The last day, open where absent."""
    taken_at: TakenAt
    """Which date decides whether it holds: filing, acceptance, decision, or event, what the key names."""
    value: str | int | bool
    """The decision: a word, a number, yes or no."""
    unit: Unit | None = None
    """Where the value is a period: its unit."""
    basis: LocalBasis
    """What it rests on."""
    says: TextField | None = None
    """How it is told to the person concerned."""

    def __post_init__(self) -> None:
        if self.unit is None:
            return
        with told_at_its_line():
            if not isinstance(self.value, int) or isinstance(self.value, bool):
                raise _no_number(self.value)
            deadlines.require_countable(self.value, self.unit)


def _no_number(value: object) -> InvalidValue:
    return InvalidValue(
        "items.policy_period",
        what=Text(
            f"有unit的value应为整数，现为“{value}”。", f"With a unit the value is a number; this is {value}."
        ),
        todo=Text("请写整数，或删去unit。", "Write a whole number, or leave the unit out."),
    )


class PoliciesFile(BaseModel):
    """cities/<city>/policies.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    policies: tuple[Policy, ...]
    """Each decision."""


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies of a city; asked by key, division and the dates of what is decided."""

    all: tuple[Policy, ...] = ()

    def at(self, key: str, division: str, dates: Dates) -> Policy | None:
        """Give the policy in force: that of the nearest division around, the latest to have begun.

        `dates` are those that whoever asks has; the policy says which of them it is taken at. Raises
        Invalid where that one is not among them: another day's rule would be applied unnoticed.
        """
        found = [
            policy
            for policy in self.all
            if policy.key == key and catalogue.within(division, policy.division) and _holds(policy, dates)
        ]
        return max(found, key=lambda policy: (len(policy.division.rstrip("0")), policy.starts), default=None)

    def allows(self, key: str, division: str, dates: Dates) -> bool:
        """Say whether a yes-or-no policy says yes; nothing decided means no."""
        policy = self.at(key, division, dates)
        return policy is not None and policy.value is True

    def says(self, key: str, division: str, dates: Dates) -> tuple[Text, ...]:
        """Give how a policy is told to the person concerned, with its mark; nothing where it has no words."""
        policy = self.at(key, division, dates)
        if policy is None or policy.says is None:
            return ()
        return (marked(policy.says, policy.basis.mark),)

    def period(self, key: str, division: str, dates: Dates) -> Period:
        """Give a policy that is a length of time; NotFound says which line the city must write."""
        policy = self.at(key, division, dates)
        if policy is None or policy.unit is None or not isinstance(policy.value, int):
            raise NotFound(
                "items.no_policy",
                what=Text(
                    f"本辖区（{division}）没有规定“{key}”的期限。",
                    f"Nothing says for {division} how long {key} lasts.",
                ),
                todo=Text(
                    f"请在policies.yaml中写明key: {key}及其value和unit。",
                    f"Write key: {key} with value and unit in policies.yaml.",
                ),
            )
        return Period(
            amount=policy.value,
            unit=policy.unit,
            basis=Basis(law="local", mark=policy.basis.mark, note=policy.basis.text),
        )


NO_POLICIES = Policies()


def load_policies(path: Path, divisions: Collection[str] | None = None) -> Policies:
    """Read a city's policies; InvalidDeclaration points at the line of a mistake.

    A key that every city needs and this one lacks is a mistake too: found now, and not on the day when
    somebody waits for its answer. So is a place that is none of the city's `divisions`, where they are given.
    """
    written = declarations.read(path, PoliciesFile)
    faults = [
        _no_division(written, place, divisions)
        for place, policy in enumerate(written.value.policies)
        if divisions is not None and policy.division not in divisions
    ]
    if faults:
        declarations.raise_all(faults)
    read = Policies(written.value.policies)
    decided = {policy.key for policy in read.all}
    for key in OF_EVERY_CITY:
        if key not in decided:
            raise InvalidDeclaration(
                "items.policy_missing",
                what=Text(f"没有辖区对“{key}”作出规定。", f"No jurisdiction decides {key}."),
                todo=Text(
                    f"请写明key: {key}，见 docs/law/local-policies.md。",
                    f"Write key: {key}; docs/law/local-policies.md says what others have.",
                ),
                file=str(path),
                line=1,
            )
    return read


def _no_division(
    written: Declared[PoliciesFile], place: int, divisions: Collection[str]
) -> InvalidDeclaration:
    code = written.value.policies[place].division
    near = get_close_matches(code, divisions, n=1)
    return written.error(
        ("policies", place, "division"),
        what=Text(
            f"没有区划“{code}”，该规定不会适用。", f"There is no division {code}: this would hold nowhere."
        ),
        todo=Text(f"是否应为“{near[0]}”？", f"Did you mean {near[0]}?")
        if near
        else Text(f"请写以下之一：{'、'.join(divisions)}。", f"Write one of: {', '.join(divisions)}."),
    )


def _holds(policy: Policy, dates: Dates) -> bool:
    day = dates.get(rules.DATE_OF[policy.taken_at])
    if day is None:
        raise Invalid(
            "items.policy_date",
            what=Text(
                f"“{policy.key}”按{policy.taken_at}的日期适用，而此处没有这个日期。",
                f"{policy.key} is taken at the date of {policy.taken_at}, which is not known here.",
            ),
            todo=Text(
                f"请把taken_at改为其中之一：{'、'.join(sorted(dates))}。",
                f"Write a taken_at that is known here: {', '.join(sorted(dates))}.",
            ),
        )
    return policy.starts <= day and (policy.ends is None or day <= policy.ends)
