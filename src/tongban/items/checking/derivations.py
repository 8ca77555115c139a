"""Derived values: one way of making each, from things that are there."""

from collections.abc import Iterator

from tongban.items.bundle import Derived
from tongban.items.checking.desk import ELEMENT, QUESTION, ROLE, VALUE, Desk, Place, unknown
from tongban.kernel.declarations import InvalidDeclaration
from tongban.kernel.texts import Text

WAYS = ("join", "copy", "code_of", "when_only_one", "count_of", "rule")


def faults(desk: Desk) -> Iterator[InvalidDeclaration]:
    """Look at every derived value."""
    for index, derived in enumerate(desk.pack.whole.value.derived):
        place = desk.whole.below("derived", index)
        if derived.of not in desk.roles:
            yield unknown(place, ROLE, derived.of, tuple(desk.roles), "of")
        if desk.around.book.element(derived.element) is None:
            yield unknown(place, ELEMENT, derived.element, tuple(desk.around.book.elements), "element")
        yield from _way(desk, derived, place)


def _way(desk: Desk, derived: Derived, place: Place) -> Iterator[InvalidDeclaration]:
    ways = [way for way in WAYS if getattr(derived, way)]
    if len(ways) != 1:
        yield place.fault(
            "derived_way",
            Text("推导值须恰好写明一种得出方式。", "A derived value is made in exactly one way."),
            Text(f"请从{'、'.join(WAYS)}中写一种。", f"Write one of {', '.join(WAYS)}."),
            "element",
        )
    if derived.count_of and (derived.count_of not in desk.roles or not derived.one or not derived.more):
        yield place.fault(
            "count_of",
            Text(
                "count_of须指向一个角色，并写明one和more。",
                "count_of names a role and comes with one and more.",
            ),
            Text("请补写count_of、one、more。", "Write all three."),
            "count_of",
        )
    questions = [question.id for question in desk.bundle.questions]
    if derived.code_of and derived.code_of not in questions:
        yield unknown(place, QUESTION, derived.code_of, questions, "code_of")
    for field in ("copy", "when_only_one"):
        name = getattr(derived, field)
        if name and name not in desk.names():
            yield unknown(place, VALUE, name, desk.names(), field)
    for number, part in enumerate(derived.join):
        if not _is_part(desk, part):
            yield unknown(place, VALUE, part, desk.names(), "join", number)


def _is_part(desk: Desk, part: str) -> bool:
    if part.startswith("'") and part.endswith("'") and len(part) > 1:
        return True
    if part.endswith(".word"):
        at = desk.bundle.names.get(part.removesuffix(".word"))
        return any((question.of, question.element) == at for question in desk.bundle.questions)
    return part in desk.names()
