"""Plays what a sample says its people, officers and other systems do, at a running node, from outside."""

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx

from tongban.items import api as items
from tongban.kernel.clock import SystemClock, civil_date
from tongban.kernel.errors import Conflict, Invalid, NotFound
from tongban.kernel.ids import SystemChance, new_id
from tongban.kernel.texts import Language, Text
from tongban.site.accounts import Account
from tongban.site.applicant import Applicant, Provider, sign_in
from tongban.site.officer import Officer
from tongban.site.voice import Voice

CONTROL_TOKEN = "demo-control"  # noqa: S105 - opens nothing but a simulation on loopback
CORRECTIONS = 5  # of one draft, before we say what stands in the way
COUNTED = ("tax", "social", "medical", "fund", "bank", "seal")
RELATIVE = re.compile(r"\+([0-9]{1,3}) days?")
Answers = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Controls:
    """The controls of a demonstration's other systems: how they behave, and what was registered there."""

    addresses: Mapping[str, str]
    token: str

    def set(self, system: str, **told: object) -> None:
        """Have a system behave in a mode."""
        self._ask(system, "", {name: value for name, value in told.items() if value is not None})

    def registrations(self) -> dict[str, int]:
        """Count registrations where they were made."""
        return {name: int(self._ask(name, "/registrations")["count"]) for name in COUNTED}

    def _ask(self, system: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        if system not in self.addresses:
            raise _no_system(system, self.addresses)
        method = "GET" if body is None else "POST"
        headers = {"X-Control-Token": self.token}
        answer = httpx.request(method, self.addresses[system] + path, json=body, headers=headers, timeout=30)
        if answer.is_client_error:
            raise _cannot_be_set(system, answer.text)
        answer.raise_for_status()
        shape: dict[str, Any] = answer.json()
        return shape


def controls_of(data: Path) -> Controls | None:
    """Give the controls of the systems that run over this folder; None where no demonstration does."""
    written = data / "controls.json"
    if not written.is_file():
        return None
    token = os.environ.get("DEMO_CONTROL_TOKEN", CONTROL_TOKEN)
    return Controls(json.loads(written.read_text("utf-8")), token)


@dataclass(frozen=True, slots=True)
class Scene:
    """A running node and who plays there: `staff` gives a demonstration's accounts, as they are now."""

    origin: str
    provider: Provider
    controls: Controls | None = None
    staff: Callable[[], Iterable[Account]] | None = None


def read_sample(path: Path, bundle: str, on: date) -> tuple[str, dict[str, Any]]:
    """Give who signs in and what is sent; a date may be "+7 days", counted from the filing day."""
    _require_file(path)
    sample = json.loads(path.read_bytes())
    answers = {
        who: {question: _dated(value, on) for question, value in given.items()}
        for who, given in sample["answers"].items()
    }
    body = {
        "bundle": bundle,
        "division": sample["division"],
        "notice_read": True,
        "participants": sample["participants"],
        "answers": answers,
    }
    return sample["signed_in"]["number"], body


def _dated(value: Any, on: date) -> Any:
    relative = RELATIVE.fullmatch(value) if isinstance(value, str) else None
    return (on + timedelta(days=int(relative[1]))).isoformat() if relative else value


@dataclass
class Player:
    """Whoever a sample names, one after another."""

    scene: Scene
    bundle: str
    path: Path
    language: Language
    voice: Voice | None = None
    chance: SystemChance = field(default_factory=SystemChance)
    sample: items.Sample = field(init=False)
    disturbed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        _require_file(self.path)
        self.sample = items.load_sample(self.path)

    def require_outside(self) -> None:
        """Raise Conflict for a sample that has other systems fail where they are no demonstration's."""
        file = self.sample.file
        needed = {each.system for phase in file.phases for each in phase.outside}
        needed |= {each.system for each in file.outside}
        if needed and self.scene.controls is None:
            names = "、".join(sorted(needed))
            raise Conflict(
                "file.needs_demonstration",
                what=Text(
                    f"样例 {self.sample.key} 要让其他单位的系统（{names}）出故障，本节点连接的不是演示系统。",
                    f"The sample {self.sample.key} has other systems fail ({', '.join(sorted(needed))}),"
                    " and those of this node are no demonstration's.",
                ),
                todo=Text(
                    "请在 make run 启动的演示节点上申报，或执行 tongban pack test。",
                    "File it at the node of `make run`, or play it with `tongban pack test`.",
                ),
            )

    def begin(self, me: Applicant, phase: items.Phase) -> dict[str, Any]:
        """Have the other systems as the sample begins, then file; gives what the node answers."""
        self._set((*self.sample.file.outside, *phase.outside))
        _, body = read_sample(self.path, self.bundle, _today())
        for who, given in _dated_all(phase.answers).items():
            body["answers"].setdefault(who, {}).update(given)
        key = self.key()
        return self._confirmed(me, me.file({**body, "language": self.language}, key), key)

    def go_on(self, me: Applicant, answer: dict[str, Any], phase: items.Phase) -> dict[str, Any]:
        """Do what a later phase says, in the order in which it is declared."""
        self._set(phase.outside)
        number = answer["number"]
        if phase.answers:
            key = self.key()
            answer = self._confirmed(me, me.correct(number, _dated_all(phase.answers), key), key)
        for who in phase.confirms:
            other = self.participant(who)
            other.confirm(number)
            other.close()
        for contest in phase.contests:
            self._contest(number, contest)
        for decision in phase.decides:
            self._decide(me.filing(number), decision)
        return answer

    def calm(self) -> None:
        """Have every system that was disturbed behave as usual again."""
        for system in self.disturbed:
            if self.scene.controls is not None:
                self.scene.controls.set(system, mode="normal")

    def applicant(self, number: str) -> Applicant:
        """Sign somebody in."""
        back_to = f"{self.scene.origin}/signed-in"
        token = sign_in(self.scene.provider, number, back_to=back_to, chance=self.chance)
        return Applicant(self.scene.origin, token, self.language)

    def participant(self, who: str) -> Applicant:
        """Sign in somebody who takes part, by their role."""
        known = {str(party.ref): party for party in self.sample.parties()}
        party = known.get(who)
        same = None if party is None or party.same_as is None else str(party.same_as)
        if party is None:
            raise _nobody(who, known)
        return self.participant(same) if same is not None else self.applicant(party.number)

    def names(self, fact: Mapping[str, Any]) -> set[str]:
        """Give the names of a fact: by its participant, and by every role that the participant fills."""
        word = fact["element"].partition(".")[2]
        roles = [str(p.ref) for p in self.sample.parties() if str(p.same_as or p.ref) == fact["participant"]]
        return {f"{role}.{word}" for role in [fact["participant"], *roles]}

    def say(self, text: Text) -> None:
        """Say what goes on, where somebody listens."""
        if self.voice is not None:
            self.voice.progress(text)

    def key(self) -> str:
        """Make a new idempotency key."""
        return new_id(SystemClock().now(), self.chance)

    def _set(self, outside: Iterable[items.Outside]) -> None:
        for each in outside:
            if self.scene.controls is not None:
                self.disturbed.add(each.system)
                told = {"mode": each.mode, "times": each.times, "operation": each.operation}
                self.scene.controls.set(each.system, **told)

    def _confirmed(self, me: Applicant, answer: dict[str, Any], key: str) -> dict[str, Any]:
        return confirm_statements(me, answer, statements_of(me, self.bundle), key, self.voice)

    def _contest(self, number: str, contest: items.Contest) -> None:
        """Have a participant say that a value which they read is wrong."""
        them = self.participant(contest.by)
        read = {name: fact["id"] for fact in them.facts(number) for name in self.names(fact)}
        if contest.fact not in read:
            raise _does_not_read(contest, read)
        them.contest(number, read[contest.fact], contest.said)
        them.close()

    def _decide(self, filing: Mapping[str, Any], decision: items.Decides) -> None:
        """Have an approver of the case's own office decide it at the workbench."""
        case = next(case for case in filing["cases"] if case["item"] == decision.item)
        accounts = self.scene.staff() if self.scene.staff is not None else ()
        found = [a for a in accounts if a.organisation == case["office"] and "approver" in a.roles]
        if not found:
            raise NotFound(
                "file.no_officer",
                what=Text(
                    f"{case['office_name']['zh']}没有可以作出决定的演示账号。",
                    f"No demonstration account may decide at {case['office_name']['en']}.",
                ),
                todo=Text("tongban account 列出全部账号。", "`tongban account` lists them all."),
            )
        self.say(
            Text(
                f"  {found[0].name}在工作台{'准予' if decision.grant else '不予批准'}。",
                f"  {found[0].name} {'grants' if decision.grant else 'refuses'} it at the workbench.",
            )
        )
        officer = Officer(self.scene.origin, found[0])
        officer.decide(case["number"], grant=decision.grant, reasons=decision.reasons)
        officer.close()


def _require_file(path: Path) -> None:
    if not path.is_file():
        raise NotFound(
            "file.no_sample",
            what=Text(f"没有样例 {path}。", f"There is no sample {path}."),
            todo=Text("请写样例文件的路径或名称。", "Name a sample's file, or its name in the pack."),
        )


def _no_system(system: str, known: Iterable[str]) -> NotFound:
    return NotFound(
        "file.no_system",
        what=Text(f"演示环境中没有系统“{system}”。", f"The demonstration has no system {system}."),
        todo=Text(f"可写：{'、'.join(known)}。", f"Write one of: {', '.join(known)}."),
    )


def _cannot_be_set(system: str, said: str) -> Invalid:
    return Invalid(
        "file.outside",
        what=Text(f"系统“{system}”不接受该设置：{said}", f"The system {system} cannot be set so: {said}"),
        todo=Text("请更正样例中的 outside。", "Correct `outside` in the sample."),
    )


def _nobody(who: str, known: Iterable[str]) -> NotFound:
    return NotFound(
        "file.no_participant",
        what=Text(f"样例中没有当事人“{who}”。", f"Nobody in the sample is {who}."),
        todo=Text(f"可写：{'、'.join(known)}。", f"Write one of: {', '.join(known)}."),
    )


def _does_not_read(contest: items.Contest, read: Iterable[str]) -> NotFound:
    names = sorted(read)
    return NotFound(
        "file.no_such_fact",
        what=Text(
            f"{contest.by} 看不到 {contest.fact}，无法提出异议。",
            f"{contest.by} does not read {contest.fact} and cannot say that it is wrong.",
        ),
        todo=Text(f"其可见的有：{'、'.join(names)}。", f"They read: {', '.join(names)}."),
    )


def _today() -> date:
    return civil_date(SystemClock().now())


def _dated_all(answers: Answers) -> dict[str, dict[str, Any]]:
    on = _today()
    return {who: {id: _dated(raw, on) for id, raw in given.items()} for who, given in answers.items()}


def statements_of(applicant: Applicant, bundle: str) -> dict[str, Mapping[str, str]]:
    """Give the statements that a bundle may ask somebody to confirm."""
    return {each["id"]: each["text"] for each in applicant.form(bundle)["confirmations"]}


def confirm_statements(
    applicant: Applicant,
    answer: dict[str, Any],
    statements: Mapping[str, Mapping[str, str]],
    key: str,
    voice: Voice | None = None,
) -> dict[str, Any]:
    """Confirm the statements that are asked for, saying each, and submit again; give the new answer."""
    for attempt in range(CORRECTIONS):
        change = {} if answer.get("is_clean", True) else _confirmed(answer, statements)
        if not change:
            break
        for question in (question for given in change.values() for question in given):
            if voice is not None:
                said = statements[question]
                voice.progress(Text(f"  ☑ {said['zh']}", f"  ☑ {said['en']}"))
        answer = applicant.correct(answer["number"], change, f"{key}-confirm-{attempt}")
    return answer


def _confirmed(answer: Mapping[str, Any], statements: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Give the answers that confirm every statement still open."""
    change: dict[str, dict[str, Any]] = {}
    for problem in answer["problems"]:
        if problem["question"] in statements:
            change.setdefault(problem["participant"], {})[problem["question"]] = True
    return change
