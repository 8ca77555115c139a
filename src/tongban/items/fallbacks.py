"""Questions of last resort: asked once a source has answered that it has no record, heard only then. Pure."""

from collections.abc import Collection
from dataclasses import replace

from tongban.items.bundle import Bundle, Question
from tongban.items.planned import Answers, Ref
from tongban.items.values import Cast, cast_of

Wanted = tuple[Ref, str]


def stands_for(bundle: Bundle, question: Question, ref: Ref, cast: Cast) -> tuple[Wanted, ...]:
    """Give the values for want of which the question is asked of a participant.

    That participant's own where the answer is that value; another role's where the answer only helps (a
    pledge about the address is the company's). What one person's source lacks is asked of nobody else.
    """
    role, element = bundle.names[question.fallback_for]
    if question.element == element and role in cast.roles_of(ref):
        return ((ref, element),)
    return tuple((at, element) for at in cast.refs[role])


def heard(bundle: Bundle, answers: Answers, none: Collection[Wanted]) -> Answers:
    """Give the answers without those that nobody asked for: a source may have the value.

    An address that was typed, or pledged, before a known one was chosen must not stand in its place.
    `none` names the values of which a source has said that it has no record.
    """
    cast = cast_of(bundle, answers.parties)
    last_resort = {question.id: question for question in bundle.questions if question.fallback_for}
    kept = {
        (ref, id): value
        for (ref, id), value in answers.values.items()
        if id not in last_resort
        or any(wanted in none for wanted in stands_for(bundle, last_resort[id], ref, cast))
    }
    return answers if len(kept) == len(answers.values) else replace(answers, values=kept)
