"""Values by participant and element: who is meant, what was answered, what rules may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tongban.items.bundle import Bundle, Participant, identity
from tongban.items.planned import Answers, Parties, Party, Ref, Value
from tongban.rules import api as rules

Held = Value | rules.NoneOnRecord | None
Values = Mapping[tuple[Ref, str], Held]
About = Mapping[str, Value]


def canonical(ref: Ref, parties: Sequence[Party]) -> Ref:
    """Give the participant under whom a person's values lie: who fills two roles is one person."""
    return _known(parties).persons.get(ref, ref)


def _known(parties: Sequence[Party]) -> Parties:
    return parties if isinstance(parties, Parties) else Parties(parties)


def refs_of(participant: Participant, parties: Sequence[Party]) -> tuple[Ref, ...]:
    """Give who fills a role, canonically, in order; a role nobody was named for is itself, once."""
    known = _known(parties)
    if participant.role in known.filling:
        return known.filling[participant.role]
    if participant.assumed:
        return (canonical(Ref(participant.assumed), known),)
    return tuple(Ref(participant.role, position) for position in range(participant.min))


@dataclass(frozen=True, slots=True)
class Cast:
    """Who fills which role, worked out once: canonical participants by role, and roles by participant."""

    refs: Mapping[str, tuple[Ref, ...]]
    roles: Mapping[Ref, frozenset[str]]

    def roles_of(self, ref: Ref) -> frozenset[str]:
        """Give every role that a participant fills."""
        return self.roles.get(ref) or frozenset({ref.role})


def cast_of(bundle: Bundle, parties: Sequence[Party]) -> Cast:
    """Work out who fills which role."""
    refs = {participant.role: refs_of(participant, parties) for participant in bundle.participants}
    roles: dict[Ref, set[str]] = {}
    for role, filling in refs.items():
        for ref in filling:
            roles.setdefault(ref, set()).add(role)
    return Cast(refs, {ref: frozenset(filled) for ref, filled in roles.items()})


def values_of(bundle: Bundle, answers: Answers) -> Values:
    """Give the answers as values of elements, with the identity of everybody who was named.

    A participant who is somebody else too has that person's values; what was answered about either
    role is about the one person. What stands in a question by default is its answer until changed.
    """
    elements = {question.id: question.element for question in bundle.questions}
    values: dict[tuple[Ref, str], Held] = {
        (ref, question.element): question.default
        for question in bundle.questions
        if question.default is not None
        for ref in refs_of(bundle.roles[question.of], answers.parties)
    }
    for party in answers.parties:
        if party.same_as is None and bundle.roles[party.ref.role].kind == "person":
            if party.number:
                values[party.ref, "person.resident_id"] = party.number
            if party.name:
                values[party.ref, "person.name"] = party.name
    for (ref, question), value in answers.values.items():
        if question in elements:
            values[canonical(ref, answers.parties), elements[question]] = value
    return values


def value_named(bundle: Bundle, name: str, parties: Sequence[Party], values: Values, about: About) -> Held:
    """Give the value of a name: "company.name", "case.number", "division.name", or a quoted text."""
    if name.startswith("'") and name.endswith("'") and len(name) > 1:
        return name[1:-1]
    if name in about:
        return about[name]
    if name.endswith(".word"):
        return _word_of(bundle, name.removesuffix(".word"), parties, values)
    if name not in bundle.names:
        return None
    role, element = bundle.names[name]
    refs = refs_of(bundle.roles[role], parties)
    return values.get((refs[0], element)) if refs else None


def _word_of(bundle: Bundle, name: str, parties: Sequence[Party], values: Values) -> Held:
    chosen = value_named(bundle, name, parties, values, {})
    for question in bundle.questions:
        if bundle.names.get(name) == (question.of, question.element):
            for choice in question.choices:
                if choice.value == chosen:
                    return choice.word or str(choice.value)
    return None


def facts_for(
    bundle: Bundle, rule: rules.Rule, parties: Sequence[Party], values: Values
) -> dict[str, rules.Fact | None]:
    """Give a rule the facts it speaks of: single values by name, roles of many as lists of records."""
    facts: dict[str, rules.Fact | None] = {}
    for name in rule.elements:
        if name in bundle.roles:
            facts[name] = _records(bundle, bundle.roles[name], parties, values)
        elif (held := value_named(bundle, name, parties, values, {})) is not None:
            facts[name] = _fact(held)
    return facts


def _records(
    bundle: Bundle, participant: Participant, parties: Sequence[Party], values: Values
) -> rules.Records:
    """The list is whole: who takes part is what the filer says, and each of them confirms."""
    own = {name: element for name, (role, element) in bundle.names.items() if role == participant.role}
    rows = tuple(
        {name.partition(".")[2]: _column(values.get((ref, element))) for name, element in own.items()}
        for ref in refs_of(participant, parties)
    )
    return rules.Records(rows, complete=True)


def _fact(held: Held) -> rules.Fact | None:
    return None if isinstance(held, tuple) else held


def _column(held: Held) -> int | str | date | bool | None:
    """A record's columns know no "nothing on record"; elements say by none_value what it means."""
    return None if isinstance(held, tuple | rules.NoneOnRecord) else held


def content(
    fields: Mapping[str, str], bundle: Bundle, parties: Sequence[Party], values: Values, about: About
) -> dict[str, Value | None]:
    """Fill a mapping of fields with the values that their names stand for; what is not there is None."""
    filled: dict[str, Value | None] = {}
    for field, name in fields.items():
        held = value_named(bundle, name, parties, values, about)
        filled[field] = None if isinstance(held, rules.NoneOnRecord) else held
    return filled


def is_identity(participant: Participant, element: str) -> bool:
    """Say whether an element is how this participant is known, before any source is asked."""
    return element in identity(participant)
