"""The bundle: items joined, one form. A single item is a bundle of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tongban.items.bundle.ground import Law, Period, declared
from tongban.items.bundle.item import Item
from tongban.items.bundle.parameters import DatedParameter
from tongban.items.bundle.people import Assurance, Confirmation, Derived, Notice, Participant, Question
from tongban.kernel.declarations import TextField
from tongban.kernel.errors import NotFound
from tongban.kernel.texts import Text


@declared
class ElementCard:
    """What the bundle knows of a catalogue element: frozen at publishing, as part of the law it states."""

    code: str
    """The element's code."""
    kind: str
    """text, integer, date, boolean, money_cents, code, list."""
    name: TextField
    """How it is spoken of."""
    codes: dict[str, TextField] | None = None
    """A closed code list, where there is one."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Bundle:
    """One published (or loaded) version of a pack, whole and unchangeable.

    `digest` is SHA-256 over the canonical JSON of everything below; two bundles with one digest ask,
    check and decide alike, so they are equal.
    """

    code: str
    version: int
    digest: str
    name: Text
    about: Text
    owner: str  # the role whose matter the filing is
    place: str  # the role whose division decides where the filing belongs; "" where the filer's choice does
    one_open_draft: bool
    draft_expires: Period
    joint_licensing: bool  # 统一/联合/集中办理 of several licences: the 45 + 15 day cap applies
    assurance: Assurance | None  # the least of the sign-ins of who files and who confirms
    laws: Mapping[str, Law]
    participants: tuple[Participant, ...]
    notice: Notice
    questions: tuple[Question, ...]
    confirmations: tuple[Confirmation, ...]
    derived: tuple[Derived, ...]
    items: tuple[Item, ...]
    parameters: tuple[DatedParameter, ...]
    elements: Mapping[str, ElementCard]

    @cached_property
    def names(self) -> Mapping[str, tuple[str, str]]:
        """Give every value name with the role and the element it stands for."""
        return {
            name_of(role.role, element): (role.role, element)
            for role in self.participants
            for element in sorted(self._elements_of(role))
        }

    @cached_property
    def holders(self) -> Mapping[str, tuple[str, ...]]:
        """Give every element with the roles that have a value of it."""
        found: dict[str, list[str]] = {}
        for role, element in self.names.values():
            found.setdefault(element, []).append(role)
        return {element: tuple(roles) for element, roles in found.items()}

    @cached_property
    def roles(self) -> Mapping[str, Participant]:
        """Give the participants by role."""
        return {participant.role: participant for participant in self.participants}

    def _elements_of(self, participant: Participant) -> set[str]:
        role = participant.role
        about = {need.element for item in self.items for need in item.needs if need.of == role}
        about |= {made.element for item in self.items for made in item.produces if made.of == role}
        about |= {question.element for question in self.questions if question.of == role}
        about |= {derived.element for derived in self.derived if derived.of == role}
        return about | set(identity(participant))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bundle) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def item(self, key: str) -> Item:
        """Give the item of that key."""
        found: Item = _find(self.items, "key", key, Text(zh="事项", en="item"))
        return found

    def participant(self, role: str) -> Participant:
        """Give the role's declaration."""
        kind = Text(zh="当事人角色", en="participant role")
        found: Participant = _find(self.participants, "role", role, kind)
        return found

    def question(self, id: str) -> Question:
        """Give the question of that id."""
        found: Question = _find(self.questions, "id", id, Text(zh="问题", en="question"))
        return found


def name_of(role: str, element: str) -> str:
    """Give the name that rules and mappings use: the role, and the element without its own prefix."""
    return f"{role}.{element.partition('.')[2]}"


def identity(participant: Participant) -> tuple[str, ...]:
    """Give the elements by which a person is known before any source is asked."""
    return ("person.resident_id", "person.name") if participant.kind == "person" else ()


def _find(things: tuple[Any, ...], field: str, word: str, what: Text) -> Any:
    """Give the thing of that word; NotFound names the words there are."""
    for thing in things:
        if getattr(thing, field) == word:
            return thing
    known = ", ".join(getattr(thing, field) for thing in things)
    raise NotFound(
        "items.no_such_word",
        what=Text(zh=f"没有名为“{word}”的{what.zh}。", en=f"There is no {what.en} called {word!r}."),
        todo=Text(zh=f"可用的有：{known}。", en=f"Use one of: {known}."),
    )
