"""`tongban pack test`: the pack's own statements, its case tables, its samples; nothing is simulated here."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tongban.items.answers import problems
from tongban.items.bundle import Bundle, Check
from tongban.items.checking import Surroundings, find_faults
from tongban.items.declarations import RowsFile
from tongban.items.expressions import cited_basis, expressions
from tongban.items.packs import Pack, bundle_of, load_pack
from tongban.items.planning import plan
from tongban.items.samples import Observed, Sample, differences, load_samples
from tongban.kernel.declarations import Declared, read
from tongban.kernel.errors import DeclarationErrors, InvalidDeclaration, TongbanError
from tongban.kernel.texts import Text
from tongban.rules import api as rules

# Plays a sample from outside and gives what was seen after each phase; None where it is left out.
Runner = Callable[[Sample], Sequence[Observed] | None]


@dataclass(frozen=True, slots=True)
class Tried:
    """One thing that was tried; `said` is empty where it is in order."""

    kind: str  # pack, rows, sample, journey
    name: str
    said: tuple[Text, ...] = ()
    skipped: bool = False

    @property
    def is_right(self) -> bool:
        return not self.said


@dataclass(frozen=True, slots=True)
class PackTrial:
    """Everything that was tried."""

    tried: tuple[Tried, ...]

    @property
    def is_right(self) -> bool:
        """Say whether nothing failed; what was skipped did not fail, but is counted."""
        return all(each.is_right for each in self.tried)


def try_pack(folder: Path, around: Surroundings, runner: Runner | None = None) -> PackTrial:
    """Try a pack: check it, run its case tables, try its samples; with a runner, drive them from outside.

    Raises where the files cannot even be read.
    """
    pack = load_pack(folder)
    faults = tuple(_placed(fault) for fault in find_faults(pack, around))
    tried = [Tried("pack", pack.code, faults)]
    if faults:
        return PackTrial(tuple(tried))
    bundle = bundle_of(pack, around.book)
    tried.extend(_rows(pack, bundle))
    samples = load_samples(folder)
    tried.extend(_sample(sample, bundle, around) for sample in samples)
    tried.extend(_journey(sample, runner) for sample in samples)
    return PackTrial(tuple(tried))


def _rows(pack: Pack, bundle: Bundle) -> Iterator[Tried]:
    path = pack.folder / "rows.yaml"
    declared = read(path, RowsFile) if path.exists() else None
    written = {} if declared is None else declared.value.rows
    codes = [check.code for item in bundle.items for check in item.checks]
    for item in bundle.items:
        for check in item.checks:
            if declared is None or check.code not in written:
                said = _at(
                    f"{path}:1",
                    Text(f"检查 {check.code} 没有测试行", f"the check {check.code} has no case table"),
                )
                yield Tried("rows", check.code, (said,))
            else:
                yield Tried("rows", check.code, _table(bundle, check, declared))
    for code in written:
        if code not in codes:
            line = 1 if declared is None else declared.line("rows", code)
            yield Tried("rows", code, (_no_check(f"{path}:{line}", code),))


def _table(bundle: Bundle, check: Check, declared: Declared[RowsFile]) -> tuple[Text, ...]:
    """Run one check's case table by the rules room's own judgement of what a table must hold."""
    known = expressions(bundle)
    rule = rules.RuleDeclaration(
        id=check.code,
        title=check.title,
        expression=check.when,
        article=cited_basis(bundle.laws, check.article),
        mark=check.article.mark,
        because=check.because,
        tests=declared.value.rows[check.code],
    )

    def line(*location: str | int) -> int:
        inside = location[1:] if location[:1] == ("tests",) else ()
        return declared.line("rows", check.code, *inside)

    try:
        rules.check_rule_declaration(
            rule, known.vocabulary, known.parameters, rules.Where(declared.file, line)
        )
    except DeclarationErrors as several:
        return tuple(_placed(error) for error in several.errors)
    except InvalidDeclaration as one:
        return (_placed(one),)
    return ()


def _sample(sample: Sample, bundle: Bundle, around: Surroundings) -> Tried:
    """Try what can be known of a sample without a node: its answers are in order, and how many there are."""
    on = around.book.on
    try:
        answers, *_ = [sample.answers(bundle, on, phase) for phase in range(len(sample.file.phases))]
    except InvalidDeclaration as trouble:
        return Tried("sample", sample.key, (_placed(trouble),))
    made = plan(bundle, around.book, sample.file.division, answers, on, policies=around.policies)
    found = problems(bundle, made, answers, demonstration=True)  # a sample's people are invented
    said = [
        _at(f"{sample.declared.file}:{sample.line_of(problem.ref, problem.question)}", problem.what)
        for problem in found
    ]
    asked = sample.file.phases[0].expect.asked
    if asked is not None and made.totals.here.all > asked:
        typed = made.totals.here.all
        more = Text(
            f"须填写或选择 {typed} 项，预期不超过 {asked} 项",
            f"{typed} values are typed or chosen, {asked} expected at most",
        )
        said.append(
            _at(f"{sample.declared.file}:{sample.declared.line('phases', 0, 'expect', 'asked')}", more)
        )
    said += _unknown_words(sample, bundle)
    return Tried("sample", sample.key, tuple(said))


def _unknown_words(sample: Sample, bundle: Bundle) -> Iterator[Text]:
    """A sample that names an item, a check, a value or somebody that is not there would prove nothing."""
    items = {item.key for item in bundle.items}
    checks = {check.code for item in bundle.items for check in item.checks}
    people = {str(party.ref) for party in sample.parties()}
    for number, phase in enumerate(sample.file.phases):
        at = f"{sample.declared.file}:{sample.declared.line('phases', number, 'expect')}"
        decided = (each.item for each in phase.decides)
        for item in (*phase.expect.cases, *phase.expect.makers, *decided):
            if item not in items:
                yield _at(at, Text(f"没有事项 {item}", f"no item is called {item}"))
        for code in phase.expect.stopped_by:
            if code not in checks:
                yield _no_check(at, code)
        for name in (*phase.expect.facts, *(each.fact for each in phase.contests)):
            if name not in bundle.names:
                yield _at(at, Text(f"没有值 {name}", f"no value is called {name}"))
        for who in (*phase.confirms, *phase.expect.fetched_about, *(each.by for each in phase.contests)):
            if who not in people:
                yield _at(at, Text(f"没有当事人 {who}", f"no participant is called {who}"))


def _journey(sample: Sample, runner: Runner | None) -> Tried:
    try:
        seen = None if runner is None else runner(sample)
    except (
        TongbanError
    ) as refused:  # by the node that it is played at: the other samples are played all the same
        return Tried("journey", sample.key, (_sentence(refused),))
    if seen is None:
        return Tried("journey", sample.key, skipped=True)
    if len(seen) != len(sample.file.phases):
        phases = len(sample.file.phases)
        short = Text(
            f"只看到 {phases} 个阶段中的 {len(seen)} 个", f"the runner saw {len(seen)} of {phases} phases"
        )
        return Tried("journey", sample.key, (short,))
    said = [
        Text(f"阶段{number + 1}：{difference.zh}", f"phase {number + 1}: {difference.en}")
        for number, (phase, saw) in enumerate(zip(sample.file.phases, seen, strict=True))
        for difference in differences(phase.expect, saw)
    ]
    return Tried("journey", sample.key, tuple(said))


def _at(place: str, said: Text) -> Text:
    return Text(f"{place}: {said.zh}", f"{place}: {said.en}")


def _no_check(place: str, code: str) -> Text:
    return _at(place, Text(f"没有检查 {code}", f"no check is called {code}"))


def _sentence(trouble: TongbanError) -> Text:
    return Text(f"{trouble.what.zh} {trouble.todo.zh}", f"{trouble.what.en} {trouble.todo.en}")


def _placed(trouble: InvalidDeclaration) -> Text:
    return _at(f"{trouble.file}:{trouble.line}", _sentence(trouble))
