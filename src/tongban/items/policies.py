"""What a jurisdiction decides for itself: outcomes and periods that local law sets differently.

cities/<city>/policies.yaml, by key, division and day. A smaller division goes before the larger one
around it. docs/law/local-policies.md says where each was read.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from tongban.catalogue import api as catalogue
from tongban.items.bundle.ground import Basis, Period, Unit, declared
from tongban.kernel.declarations import TextField, load
from tongban.kernel.errors import NotFound
from tongban.kernel.marks import Mark
from tongban.kernel.texts import Text


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
    value: str | int | bool
    """The decision: a word, a number, yes or no."""
    unit: Unit | None = None
    """Where the value is a period: its unit."""
    basis: LocalBasis
    """What it rests on."""
    says: TextField | None = None
    """How it is told to the person concerned."""


class PoliciesFile(BaseModel):
    """cities/<city>/policies.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    policies: tuple[Policy, ...]
    """Each decision."""


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies of a city; asked by key, division and day."""

    all: tuple[Policy, ...] = ()

    def at(self, key: str, division: str, on: date) -> Policy | None:
        """Give the policy in force: that of the nearest division around, the latest to have begun."""
        found = [
            policy
            for policy in self.all
            if policy.key == key
            and catalogue.within(division, policy.division)
            and policy.starts <= on
            and (policy.ends is None or on <= policy.ends)
        ]
        return max(found, key=lambda policy: (len(policy.division.rstrip("0")), policy.starts), default=None)

    def allows(self, key: str, division: str, on: date) -> bool:
        """Say whether a yes-or-no policy says yes; nothing decided means no."""
        policy = self.at(key, division, on)
        return policy is not None and policy.value is True

    def period(self, key: str, division: str, on: date) -> Period:
        """Give a policy that is a length of time; NotFound says which line the city must write."""
        policy = self.at(key, division, on)
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


def load_policies(path: Path) -> Policies:
    """Read a city's policies; InvalidDeclaration points at the line of a mistake."""
    return Policies(load(path, PoliciesFile).policies)
