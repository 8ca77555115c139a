"""Who may be named in which role, and how many. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tongban.items import api as items
from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text


@dataclass(frozen=True, slots=True)
class Named:
    """A participant as the filer names them; `same_as` another role's person needs no number of its own."""

    ref: items.Ref
    same_as: items.Ref | None = None
    identity_type: str = ""
    number: str = ""
    name: str = ""


def check_parties(bundle: items.Bundle, parties: Sequence[Named]) -> None:
    """Raise Invalid when a role is given too few or too many people, or one who may not fill it."""
    counts = Counter(party.ref.role for party in parties)
    for party in parties:
        declared = bundle.participant(party.ref.role)
        if party.same_as is not None and party.same_as.role not in declared.may_be:
            raise _may_not_be(declared, party.same_as)
        if not 0 <= party.ref.position < declared.max:
            raise _how_many(declared, counts[party.ref.role])
    for role, count in counts.items():
        declared = bundle.participant(role)
        if not declared.min <= count <= declared.max:
            raise _how_many(declared, count)


def as_one_person(bundle: items.Bundle, parties: Sequence[Named], owner: Named) -> tuple[Named, ...]:
    """Give the parties with whoever was named twice, by name and number, as one person in two roles.

    One person's facts are then fetched once, and nothing is asked about them twice. A number under
    another name stays somebody else: whether the two match is for the register to say. Raises Invalid
    when one person is named twice in one role.
    """
    order = {role.role: place for place, role in enumerate(bundle.participants)}
    themselves = [owner]
    joined: dict[items.Ref, Named] = {}
    for party in sorted(parties, key=lambda each: (order[each.ref.role], each.ref.position)):
        other = None if party.same_as is not None else _the_same(themselves, party)
        if other is not None and other.role == party.ref.role:
            raise _twice(bundle.participant(party.ref.role), party)
        if other is not None and other.role in bundle.participant(party.ref.role).may_be:
            joined[party.ref] = Named(party.ref, same_as=other)
        else:
            joined[party.ref] = party
            themselves.append(party)
    return tuple(joined[party.ref] for party in parties)


def _the_same(named: Iterable[Named], party: Named) -> items.Ref | None:
    return next((each.ref for each in named if party.number and replace(each, ref=party.ref) == party), None)


def _twice(declared: items.Participant, party: Named) -> Invalid:
    return Invalid(
        "cases.participant_twice",
        what=Text(
            f"“{declared.name.zh}”中{party.name}填写了两次。",
            f"{party.name} is named twice: {declared.name.en}.",
        ),
        todo=Text("请只保留一处。", "Keep one of them."),
    )


def _how_many(declared: items.Participant, count: int) -> Invalid:
    return Invalid(
        "cases.participant_count",
        what=Text(
            f"“{declared.name.zh}”应为{declared.min}至{declared.max}名，现为{count}名。",
            f"{declared.name.en}: {declared.min} to {declared.max} are possible, {count} were named.",
        ),
        todo=Text("请增减后再保存。", "Add or remove some."),
    )


def _may_not_be(declared: items.Participant, other: items.Ref) -> Invalid:
    return Invalid(
        "cases.participant_same",
        what=Text(
            f"“{declared.name.zh}”不能由“{other.role}”兼任。",
            f"{declared.name.en} cannot be the same as {other.role}.",
        ),
        todo=Text("请填写该当事人的姓名和证件号码。", "Give that person's own name and number."),
    )


def no_such_participant(ref: items.Ref) -> Invalid:
    """Say that an answer is about somebody who does not take part."""
    return Invalid(
        "cases.no_participant",
        what=Text(f"申报中没有当事人“{ref}”。", f"Nobody takes part as {ref}."),
        todo=Text("请先添加该当事人。", "Name that participant first."),
    )
