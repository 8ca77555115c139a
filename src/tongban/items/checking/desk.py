"""What every look at a pack shares: the pack, its city, the bundle it makes, and how to point at a line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from tongban.items.bundle import Bundle, Item
from tongban.items.checking.surroundings import Surroundings
from tongban.items.packs.making import bundle_of
from tongban.items.packs.reading import Pack
from tongban.kernel.declarations import Declared, InvalidDeclaration
from tongban.kernel.texts import Text

Location = tuple[str | int, ...]
OUTSIDE_NAMES = ("division.code", "division.name", "case.number", "case.office_name", "case.office_code",
                 "case.decided_on")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A file and a location in it, from which faults point further."""

    declared: Declared[Any]
    at: Location = ()

    def below(self, *further: str | int) -> "Place":
        """Give a place inside this one."""
        return Place(self.declared, (*self.at, *further))

    @property
    def line(self) -> int:
        return self.declared.line(*self.at)

    def fault(self, code: str, what: Text, todo: Text, *further: str | int) -> InvalidDeclaration:
        """Make the error that points here, or further inside."""
        return self.declared.error((*self.at, *further), what=what, todo=todo, code=f"pack.{code}")


@dataclass(frozen=True, slots=True)
class Desk:
    """A pack under examination."""

    pack: Pack
    around: Surroundings
    bundle: Bundle

    @property
    def whole(self) -> Place:
        return Place(self.pack.whole)

    @property
    def items(self) -> tuple[tuple[Item, Place], ...]:
        """Give each item with the place where it is written."""
        return tuple((declared.value.item, Place(declared, ("item",))) for declared in self.pack.items)

    @property
    def roles(self) -> Mapping[str, Any]:
        return self.bundle.roles

    def names(self) -> tuple[str, ...]:
        """Give every value name, and those that come from outside the pack."""
        return (*self.bundle.names, *OUTSIDE_NAMES)


def lay_out(pack: Pack, around: Surroundings) -> Desk:
    """Prepare a pack for examination; nothing in it is believed yet."""
    return Desk(pack, around, bundle_of(pack, around.book))


def unknown(
    place: Place, what: Text, word: str, known: Sequence[str], *further: str | int
) -> InvalidDeclaration:
    """Say that a word names nothing, and which one was probably meant."""
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    listed = ", ".join(sorted(map(str, known))[:12]) or "–"
    todo = (
        Text(f"是否应为“{near[0]}”？", f"Did you mean {near[0]}?")
        if near
        else Text(f"可用：{listed}。", f"Known here: {listed}.")
    )
    return place.fault(
        "unknown_word",
        Text(f"没有名为“{word}”的{what.zh}。", f"There is no {what.en} called {word}."),
        todo,
        *further,
    )


def twice(place: Place, what: Text, words: Sequence[str], *under: str | int) -> Iterator[InvalidDeclaration]:
    """Say which words of a list stand there again."""
    seen: dict[str, int] = {}
    for index, word in enumerate(words):
        if word in seen:
            yield place.fault(
                "twice",
                Text(f"{what.zh}“{word}”重复。", f"The {what.en} {word} is there twice."),
                Text("请改名或删除其中一个。", "Rename one of them, or remove it."),
                *under,
                index,
            )
        seen[word] = index


def undecided(
    desk: Desk, place: Place, keys: Sequence[str], *further: str | int
) -> Iterator[InvalidDeclaration]:
    """Say which policies a pack rests on that no jurisdiction of the city has written."""
    for key in keys:
        if not any(policy.key == key for policy in desk.around.policies.all):
            yield place.fault(
                "policy",
                Text(f"没有辖区对“{key}”作出规定。", f"No jurisdiction decides {key}."),
                Text("请在policies.yaml中写明。", "Write it in policies.yaml."),
                *further,
            )


ROLE = Text("当事人角色", "participant role")
ELEMENT = Text("数据元", "element")
QUESTION = Text("问题", "question")
VALUE = Text("值", "value")
