"""Reading a form as a browser sent it: who takes part, what was answered, what could not be read. Pure.

Every field that stood on the page is named in `asked`, for a box that is not ticked is not sent: without
the list nobody could tell "taken back" from "was not on the page".
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tongban.cases import api as cases
from tongban.items import api as items
from tongban.kernel.errors import Invalid, InvalidValue
from tongban.kernel.texts import Text
from tongban.kernel.values.writing import as_code
from tongban.portal.forms import names
from tongban.registry import api as registry

MOST_FIELDS = 600
MOST_NAME = 60

Answers = dict[tuple[items.Ref, str], items.Value | None]


class Sent:
    """What was sent, by field; the shape of Django's QueryDict that is used here."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._lists = lists

    def one(self, name: str) -> str:
        """Give the last value of a field, without the space around it."""
        return (list(self._lists.get(name, ())) or [""])[-1].strip()

    def all(self, name: str) -> tuple[str, ...]:
        """Give every value of a field."""
        return tuple(self._lists.get(name, ()))


@dataclass(frozen=True, slots=True)
class Given:
    """A form as it was filled in; `raw` keeps what could not be read, to be shown again beside why."""

    parties: tuple[cases.Named, ...]
    answers: Answers = field(default_factory=dict)
    raw: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, InvalidValue] = field(default_factory=dict)


def read(sent: Sent, bundle: items.Bundle, owner: registry.Subject) -> Given:
    """Read a whole form."""
    parties = _parties(sent, bundle, owner)
    answers: Answers = {}
    raw: dict[str, str] = {}
    wrong: dict[str, InvalidValue] = {}
    for name in sent.all("asked")[:MOST_FIELDS]:
        place = names.read_field(name, "answer")
        question = None if place is None else _question(bundle, *place)
        if place is None or question is None:
            continue
        try:
            answers[place] = _answer(sent, name, question)
        except InvalidValue as refusal:
            raw[name], wrong[name] = sent.one(name), refusal
    answers |= _ticks(sent, bundle, parties)
    return Given(parties, answers, raw, wrong)


def _question(bundle: items.Bundle, ref: items.Ref, id: str) -> items.Question | None:
    return next((q for q in bundle.questions if q.id == id and q.of == ref.role), None)


def _answer(sent: Sent, name: str, question: items.Question) -> items.Value | None:
    if question.type == "choices":
        chosen = list(sent.all(name))
        first = sent.one(f"{name}:first")
        if first in chosen:
            chosen = [first, *(each for each in chosen if each != first)]
        return items.parse_answer(question, chosen) if chosen else None
    written = sent.one(name)
    return items.parse_answer(question, written) if written else None


def _ticks(sent: Sent, bundle: items.Bundle, parties: Sequence[cases.Named]) -> Answers:
    """Give what the owner confirms, in every role that is theirs; nobody confirms for somebody else."""
    known = [items.Party(party.ref, party.same_as, party.number, party.name) for party in parties]
    roles = {confirmation.id: confirmation.of for confirmation in bundle.confirmations}
    ticks: Answers = {}
    for name in sent.all("asked")[:MOST_FIELDS]:
        place = names.read_field(name, "tick")
        if place is None or roles.get(place[1]) != place[0].role:
            continue
        if items.canonical(place[0], known) == items.Ref(bundle.owner):
            ticks[items.Ref(bundle.owner), place[1]] = True if sent.one(name) else None
    return ticks


def _parties(sent: Sent, bundle: items.Bundle, owner: registry.Subject) -> tuple[cases.Named, ...]:
    """Read who takes part, in the order of the roles, so that somebody named as another stands after them."""
    asked = [ref for text in sent.all("parties")[:MOST_FIELDS] if (ref := names.read_ref(text)) is not None]
    named: list[cases.Named] = []
    for role in bundle.participants:
        if role.known_by != "named":
            continue
        refs = sorted({ref for ref in asked if ref.role == role.role})
        named += [_party(sent, ref, role, bundle, owner) for ref in refs]
        if not refs and role.assumed:
            named.append(cases.Named(items.Ref(role.role), same_as=items.Ref(role.assumed)))
    return tuple(named)


def _party(
    sent: Sent, ref: items.Ref, role: items.Participant, bundle: items.Bundle, owner: registry.Subject
) -> cases.Named:
    who = sent.one(names.party(ref, "who"))
    same = names.read_ref(who.removeprefix("same:")) if who.startswith("same:") else None
    if same is not None and same.role in role.may_be:
        return cases.Named(ref, same_as=same)
    number = as_code(sent.one(names.party(ref, "number")))[:18]
    if number == owner.number and bundle.owner in role.may_be:
        return cases.Named(ref, same_as=items.Ref(bundle.owner))
    name = sent.one(names.party(ref, "name"))[:MOST_NAME]
    return cases.Named(ref, None, registry.RESIDENT_ID if number else "", number, name)


def with_one_more(given: Given, bundle: items.Bundle, role: str) -> Given:
    """Give the form with one more participant of a role, to be named."""
    declared = bundle.participant(role)
    taken = [party.ref.position for party in given.parties if party.ref.role == role]
    if len(taken) >= declared.max:
        raise Invalid(
            "portal.no_more",
            what=Text(
                f"“{declared.name.zh}”最多{declared.max}名。", f"At most {declared.max}: {declared.name.en}."
            ),
            todo=Text("请先删除一名再添加。", "Remove one first."),
        )
    added = cases.Named(items.Ref(role, max(taken, default=-1) + 1))
    return replace(given, parties=_in_order([*given.parties, added], bundle))


def without(given: Given, ref: items.Ref) -> Given:
    """Give the form without a participant; those after them move up, with all that was said about each."""
    same_role = [party.ref for party in given.parties if party.ref.role == ref.role]
    if ref not in same_role or len(same_role) == 1:
        return given
    kept = [each for each in same_role if each != ref]
    moved = {old: items.Ref(ref.role, place) for place, old in enumerate(kept)}
    parties = tuple(
        replace(party, ref=moved.get(party.ref, party.ref)) for party in given.parties if party.ref != ref
    )
    answers = {(moved.get(at, at), id): value for (at, id), value in given.answers.items() if at != ref}
    role = f"answer:{ref.role}"  # what could not be read about this role is asked again
    raw = {name: text for name, text in given.raw.items() if not name.startswith(role)}
    wrong = {name: why for name, why in given.wrong.items() if name in raw}
    return Given(parties, answers, raw, wrong)


def with_candidate(given: Given, written: str, bundle: items.Bundle) -> Given:
    """Give the form with an alternative taken: what the button carried, read as any answer is."""
    answers = dict(given.answers)
    for ref, id, value in _candidate(written):
        question = _question(bundle, ref, id)
        if question is not None:
            answers[ref, id] = items.parse_answer(question, value)
    return replace(given, answers=answers)


def picked(written: str) -> items.Ref | None:
    """Say whose answer a button carries, if it carries one."""
    return next((ref for ref, _, _ in _candidate(written)), None)


def candidate_text(candidate: items.Candidate) -> str:
    """Write an alternative so that a button can carry it."""
    pairs = [[str(ref), id, value] for (ref, id), value in candidate.items()]
    return json.dumps(pairs, ensure_ascii=False, default=str)


def _candidate(written: str) -> Iterable[tuple[items.Ref, str, object]]:
    try:
        pairs = json.loads(written)
    except ValueError:
        return
    for pair in pairs if isinstance(pairs, list) else ():
        if (
            isinstance(pair, list)
            and len(pair) == 3
            and isinstance(pair[0], str)
            and isinstance(pair[1], str)
        ):
            ref = names.read_ref(pair[0])
            if ref is not None:
                yield ref, pair[1], pair[2]


def _in_order(parties: Iterable[cases.Named], bundle: items.Bundle) -> tuple[cases.Named, ...]:
    order = {role.role: place for place, role in enumerate(bundle.participants)}
    return tuple(sorted(parties, key=lambda party: (order[party.ref.role], party.ref.position)))
