"""Turns what a program sent into the words of the rooms below, in the question's own types."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from tongban.cases import api as cases
from tongban.items import api as items
from tongban.kernel.errors import Invalid, NotFound
from tongban.kernel.texts import Text
from tongban.rest.shapes import Content, Filling, Given, Somebody

Answered = dict[tuple[items.Ref, str], items.Value | None]


def named(bundle: items.Bundle, content: Content) -> list[cases.Named]:
    """Give who takes part as the filer names them; the owner's own role is never named."""
    return [
        _named(items.Ref(role, position), each)
        for role, fillings in content.participants.items()
        if _is_nameable(bundle, role)
        for position, each in enumerate(fillings)
    ]


def _is_nameable(bundle: items.Bundle, role: str) -> bool:
    declared = bundle.roles.get(role)
    if declared is None or declared.kind != "person" or role == bundle.owner:
        raise _unknown(f"participants.{role}", (r for r in bundle.roles if r != bundle.owner))
    return True


def _named(ref: items.Ref, filling: Filling) -> cases.Named:
    if isinstance(filling, Somebody):
        return cases.Named(ref, None, filling.identity_type, filling.number, filling.name)
    return cases.Named(ref, same_as=items.read_ref(filling))


def answered(bundle: items.Bundle, content: Content, parties: Sequence[items.Party]) -> Answered:
    """Give the answers in their questions' types; null takes an answer back.

    Raises InvalidValue for one that does not fit its question, Invalid for a question that is not asked
    and for a statement that somebody else must confirm.
    """
    found: Answered = {}
    for who, given in content.answers.items():
        ref = items.read_ref(who)
        if ref.role not in bundle.roles:
            raise _unknown(f"answers.{who}", bundle.roles)
        is_owner = items.canonical(ref, parties) == items.Ref(bundle.owner)
        found |= {(ref, id): _value(bundle, who, id, raw, is_owner=is_owner) for id, raw in given.items()}
    return found


def _value(bundle: items.Bundle, who: str, id: str, raw: Given, *, is_owner: bool) -> items.Value | None:
    if any(confirmation.id == id for confirmation in bundle.confirmations):
        if not is_owner:
            raise _not_yours(who)
        return True if raw is True else None
    try:
        question = bundle.question(id)
    except NotFound as absent:
        raise _unknown(f"answers.{who}.{id}", _ids(bundle)) from absent
    return None if raw is None else items.parse_answer(question, raw)


def _ids(bundle: items.Bundle) -> Iterator[str]:
    yield from (question.id for question in bundle.questions)
    yield from (confirmation.id for confirmation in bundle.confirmations)


def written(candidate: Mapping[tuple[items.Ref, str], items.Value]) -> dict[str, dict[str, object]]:
    """Give answers as a program would send them."""
    shaped: dict[str, dict[str, object]] = {}
    for (ref, id), value in candidate.items():
        shaped.setdefault(str(ref), {})[id] = _plain(value)
    return shaped


def _plain(value: items.Value) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _not_yours(who: str) -> Invalid:
    return Invalid(
        "rest.confirms_alone",
        what=Text(f"{who} 的声明只能由本人登录后确认。", f"{who} confirms for themselves, signed in."),
        todo=Text("请由其本人确认，无需代填。", "Leave it out; they will be asked themselves."),
    )


def _unknown(place: str, known: Iterable[str]) -> Invalid:
    listed = "、".join(known)
    return Invalid(
        "rest.unknown_name",
        what=Text(f"{place} 不属于该事项。", f"{place} is not part of this bundle."),
        todo=Text(f"可用的有：{listed}。", f"There are: {listed}."),
    )
