"""The bundle: items joined, one form. A single item is a bundle of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tongban.items.bundle.ground import Law, Period
from tongban.items.bundle.item import Item
from tongban.items.bundle.parameters import DatedParameter
from tongban.items.bundle.people import Confirmation, Derived, Notice, Participant, Question
from tongban.kernel.errors import NotFound
from tongban.kernel.texts import Text


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """One published (or loaded) version of a pack, whole and unchangeable.

    `digest` is SHA-256 over the canonical JSON of everything below; two bundles with one digest ask,
    check and decide alike.
    """

    code: str
    version: int
    digest: str
    name: Text
    about: Text
    owner: str  # the role whose matter the filing is
    place: str  # the role whose division decides where the filing belongs
    one_open_draft: bool
    draft_expires: Period
    joint_licensing: bool  # 统一/联合/集中办理 of several licences: the 45 + 15 day cap applies
    laws: Mapping[str, Law]
    participants: tuple[Participant, ...]
    notice: Notice
    questions: tuple[Question, ...]
    confirmations: tuple[Confirmation, ...]
    derived: tuple[Derived, ...]
    items: tuple[Item, ...]
    parameters: tuple[DatedParameter, ...]

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
