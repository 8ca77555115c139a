"""The whole form as one page shows it: who takes part, what is asked, what is wrong. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tongban.cases import api as cases
from tongban.exchange import api as exchange
from tongban.items import api as items
from tongban.kernel.texts import Text
from tongban.portal import readable
from tongban.portal.forms import names
from tongban.portal.forms.fields import Field, Search, Statement, Wrong, field_of, statement_of
from tongban.portal.forms.parties import PartyShown, legend, options_of, refs_of, state_of
from tongban.portal.forms.reading import Given, candidate_text

Place = tuple[items.Ref, str]


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the form: about the company, the address, a role."""

    role: str
    title: Text
    why: Text | None
    fields: tuple[Field, ...]
    parties: tuple[PartyShown, ...]
    statements: tuple[Statement, ...]
    pledges: tuple[items.Pledge, ...]
    derived: tuple[tuple[Text, Text], ...]
    can_add: bool

    def all_fields(self) -> Iterator[Field]:
        """Give every question of this part, those about its people too."""
        yield from self.fields
        for party in self.parties:
            yield from party.fields

    def all_statements(self) -> Iterator[Statement]:
        """Give everything to be confirmed in this part."""
        yield from self.statements
        for party in self.parties:
            yield from party.statements


@dataclass(frozen=True, slots=True)
class Complaint:
    """One line of the summary above the form, leading to its field."""

    anchor: str
    what: Text
    todo: Text | None = None
    offers: tuple[tuple[str, Text], ...] = ()  # what a button carries, and what it says


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found wrong with a form, by reading it, by checking it, or by the checks of law."""

    given: Given | None = None
    problems: Sequence[items.Problem] = ()
    stops: Sequence[cases.Stop] = ()
    refusal: Complaint | None = None
    search: tuple[Place, str, exchange.Hits] | None = None  # which answer was looked for, by which words

    @property
    def is_clean(self) -> bool:
        """Say whether nothing was found wrong."""
        unread = self.given is not None and bool(self.given.wrong)
        return not (unread or self.problems or self.stops or self.refusal)


@dataclass(frozen=True, slots=True)
class Form:
    """The form to show."""

    sections: tuple[Section, ...]
    complaints: tuple[Complaint, ...]
    totals: items.Totals
    here: int  # values to type or choose, as the page stands
    supplied: int
    asked: tuple[str, ...] = field(default=())


def form_of(sight: cases.Sight, *, owner_name: str, own: bool, judged: Judgement) -> Form:
    """Put the form together; `own` when the reader is the owner and not a helper."""
    desk = _Desk(sight, owner_name, own, judged)
    sections = tuple(desk.sections())
    return Form(
        sections=sections,
        complaints=tuple(desk.complaints(sections)),
        totals=sight.plan.totals,
        here=sight.plan.totals.here.all - sum(party.is_offered for s in sections for party in s.parties),
        supplied=sum(need.how != "asked" for need in sight.plan.needs),
        asked=tuple(_asked(sections)),
    )


class _Desk:
    """The parts from which the form is put together, each looked up once."""

    def __init__(self, sight: cases.Sight, owner_name: str, own: bool, judged: Judgement) -> None:
        self.sight, self.owner_name, self.own, self.judged = sight, owner_name, own, judged
        self.bundle = sight.bundle
        self.parties = sight.snapshot.answers.parties
        self.values = sight.snapshot.answers.values
        self.questions = (*sight.plan.questions, *open_fallbacks(sight))
        self.wrongs = {
            (problem.ref, problem.question): Wrong(problem.what, problem.todo) for problem in judged.problems
        }
        self.unread = {} if judged.given is None else judged.given.wrong
        self.raw = {} if judged.given is None else judged.given.raw

    def sections(self) -> Iterator[Section]:
        for role in _in_form_order(self.bundle):
            refs = refs_of(self.sight, role)
            named = role.known_by == "named" and not role.assumed
            parties = tuple(self.party(role, ref, len(refs) > 1) for ref in refs) if named else ()
            fields = () if named else tuple(self.fields(role.role, items.Ref(role.role)))
            owns = role.role == self.bundle.owner
            section = Section(
                role=role.role,
                title=role.name,
                why=role.why if named else None,
                fields=fields,
                parties=parties,
                statements=tuple(self.statements(items.Ref(role.role))) if owns else (),
                pledges=self.pledges(role.role),
                derived=() if role.kind == "person" else tuple(self.derived(role.role)),
                can_add=named and len(refs) < role.max,
            )
            if section.fields or section.parties or section.statements:
                yield section

    def party(self, role: items.Participant, ref: items.Ref, several: bool) -> PartyShown:
        party = next((each for each in self.sight.snapshot.parties if each.ref == ref), None)
        options = options_of(self.bundle, self.sight, ref, self.owner_name, self.own)
        is_other = options[-1].chosen
        canonical = items.canonical(ref, self.parties)
        id = names.anchor(names.party(ref, "who"))
        return PartyShown(
            ref=str(ref),
            legend=legend(self.bundle, ref, several),
            why=role.why or role.name,
            basis=None if role.basis is None else items.spoken_basis(self.bundle.laws, role.basis),
            options=options,
            is_other=is_other,
            is_offered=not is_other and (party is None or party.same_as is None),
            number="" if party is None else party.identity_number,
            name="" if party is None else party.name,
            state=state_of(self.sight, ref) if is_other else None,
            fields=tuple(self.fields(role.role, ref)),
            statements=tuple(self.statements(ref)),
            removable=several,
            wrong=self.wrongs.get((canonical, "")) or self.wrongs.get((ref, "")),
            id=id,
        )

    def fields(self, role: str, ref: items.Ref) -> Iterator[Field]:
        canonical = items.canonical(ref, self.parties)
        for planned in self.questions:
            question = planned.question
            if question.of != role or planned.ref != canonical:
                continue
            name = names.answer(ref, question.id)
            unread = self.unread.get(name)
            wrong = self.wrongs.get((canonical, question.id))
            yield field_of(
                planned,
                ref,
                laws=self.bundle.laws,
                value=self.values.get((canonical, question.id)),
                raw=self.raw.get(name),
                wrong=Wrong(unread.what, unread.todo) if unread is not None else wrong,
                search=self.search(ref, question),
            )

    def search(self, ref: items.Ref, question: items.Question) -> Search | None:
        """Give the search that stands beside a question, with what it has just found."""
        if not question.search:
            return None
        name, by = names.words(ref, question.id), readable.name_of(self.bundle, question.search)
        place, words, hits = self.judged.search or (None, "", None)
        if hits is None or place != (ref, question.id):
            return Search(name, names.anchor(name), by)
        found = tuple(
            (candidate_text({(ref, question.id): key}), Text(words_of, words_of))
            for key, words_of in hits.entries
        )
        return Search(name, names.anchor(name), by, words, found, _told(hits))

    def statements(self, ref: items.Ref) -> Iterator[Statement]:
        """Give what is confirmed in this role, by whoever fills it; the page hides it for others."""
        owner = items.Ref(self.bundle.owner)
        for confirmation in self.bundle.confirmations:
            if confirmation.of == ref.role:
                yield statement_of(
                    confirmation,
                    ref,
                    laws=self.bundle.laws,
                    ticked=self.values.get((owner, confirmation.id)) is True,
                    wrong=self.wrongs.get((owner, confirmation.id)),
                )

    def pledges(self, role: str) -> tuple[items.Pledge, ...]:
        """Give the pledges that a question of this role offers, where that question is asked now."""
        asked = {planned.question.id for planned in self.questions if planned.question.of == role}
        return tuple(pledge for pledge in self.sight.plan.pledges if pledge.asked_by in asked)

    def derived(self, role: str) -> Iterator[tuple[Text, Text]]:
        for need in self.sight.plan.needs:
            if need.ref.role == role and need.how == "derived":
                held = self.sight.gathered.values.get((need.ref, need.element))
                shown = readable.readable(self.bundle, need.element, held)
                if shown is not None:
                    yield readable.name_of(self.bundle, need.element), shown

    def complaints(self, sections: Sequence[Section]) -> Iterator[Complaint]:
        if self.judged.refusal is not None:
            yield self.judged.refusal
        for section in sections:
            for shown in section.all_fields():
                if shown.wrong is not None:
                    todo = None if shown.wrong.todo == shown.why else shown.wrong.todo
                    yield Complaint(shown.id, shown.wrong.what, todo)
            for party in section.parties:
                if party.wrong is not None:
                    yield Complaint(party.id, party.wrong.what, party.wrong.todo)
            for statement in section.all_statements():
                if statement.wrong is not None:
                    what = Text(f"请确认：{statement.text.zh}", f"Please confirm: {statement.text.en}")
                    yield Complaint(statement.id, what)
        offered: set[tuple[tuple[str, Text], ...]] = set()
        for stop in self.judged.stops:
            complaint = _stop(stop)
            if complaint.offers in offered:  # two checks of one name: its alternatives stand there once
                complaint = Complaint(complaint.anchor, complaint.what)
            offered.add(complaint.offers)
            yield complaint


def _told(hits: exchange.Hits) -> Text | None:
    if hits.reason is not None:
        return hits.reason
    if not hits.entries:
        return Text(
            "没有查到。请换几个字再找；确实没有的，可以直接填写编码。",
            "Nothing was found. Try other words; if it is not there, type the code.",
        )
    return Text("还有更多，请再补充几个字。", "There are more; add some words.") if hits.more else None


def open_fallbacks(sight: cases.Sight) -> tuple[items.PlannedQuestion, ...]:
    """Give the questions that are asked because their source has answered that it has no record."""
    there = {(planned.ref, planned.question.id) for planned in sight.plan.questions}
    found = []
    for planned in sight.plan.fallbacks:
        role, element = sight.bundle.names[planned.question.fallback_for]
        at = items.canonical(items.Ref(role), sight.snapshot.answers.parties)
        fact = sight.gathered.facts.get((at, element))
        without = fact is not None and sight.gathered.status_of(at, element) in {"unknown", "none_on_record"}
        if without and (planned.ref, planned.question.id) not in there:
            found.append(planned)
    return tuple(found)


def _in_form_order(bundle: items.Bundle) -> tuple[items.Participant, ...]:
    """Give the roles in the order in which the pack first asks about each; the owner, who confirms, last."""
    asked = [question.of for question in bundle.questions if question.of != bundle.owner]
    roles = dict.fromkeys([*asked, *(role.role for role in bundle.participants if role.role != bundle.owner)])
    return tuple(bundle.participant(role) for role in (*roles, bundle.owner))


def _stop(stop: cases.Stop) -> Complaint:
    offers = tuple((candidate_text(each), _offer(each)) for each in stop.alternatives)
    first = next(iter(stop.alternatives), {})
    place = next(iter(first), None)
    anchor = names.anchor(names.answer(*place)) if place is not None else "form"
    todo = Text("以下可用，点选即可替换：", "These are free; choose one to take it:") if offers else None
    return Complaint(anchor, stop.because, todo, offers)


def _offer(candidate: items.Candidate) -> Text:
    shown = "、".join(str(value) for value in candidate.values())
    return Text(shown, shown)


def _asked(sections: Iterable[Section]) -> Iterator[str]:
    """Name every field that stands on the page."""
    for section in sections:
        yield from (shown.name for shown in section.all_fields())
        yield from (statement.name for statement in section.all_statements())


def current_facts(sight: cases.Sight, facts: Iterable[cases.FactLine]) -> list[cases.FactLine]:
    """Give the facts that stand for what is answered now; those of a former answer are left out."""
    current = {(str(ref), element) for ref, element in sight.gathered.facts}
    return [fact for fact in facts if (fact.participant, fact.element) in current]
