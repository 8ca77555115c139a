"""Dated parameters: amounts, thresholds and days as data, each with its basis."""

from datetime import date
from typing import Literal

from tongban.items.bundle.ground import Basis, declared
from tongban.kernel.declarations import TextField

TakenAt = Literal["filing", "acceptance", "decision", "event", "month_of_payment"]


@declared
class DatedValue:
    """One value of a parameter from a day on."""

    starts: date
    """The first day it holds."""
    value: int
    """The value: cents, years, days, a count."""
    basis: Basis
    """The article that sets it."""


@declared
class DatedParameter:
    """A number that law sets and changes: never written inside a rule."""

    name: str
    """Its word in rule expressions."""
    label: TextField
    """What it is."""
    unit: str
    """cents, years, days, characters, shareholders, …"""
    taken_at: TakenAt
    """Which date decides which value holds: filing, acceptance, decision, event, month_of_payment."""
    values: tuple[DatedValue, ...]
    """The values, earliest first."""
