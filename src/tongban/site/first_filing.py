"""Files one sample as its applicant would, shows what happens as it happens, and checks what came of it."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tongban.kernel.clock import SHANGHAI, Budget, budget, stopwatch
from tongban.kernel.errors import Conflict
from tongban.kernel.texts import Language, Text, lasting
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.site.applicant import Applicant
from tongban.site.playing import Player, Scene
from tongban.site.voice import Colour, Voice

SETTLED_WITHIN_S = 120.0  # a filing whose sources answer takes a second; after this we say how far it came
PROVEN_WITHIN_S = 20.0  # a promise becomes a proof when the log is published, which takes a second
LOOK_EVERY_S = 0.1
CORRECTIONS = 5  # of one draft, before we say what stands in the way
MARKS = {
    "decided": "●",
    "granted": "✓",
    "act_done": "→",
    "submitted": "▶",
    "fetched": "↓",
    "compared": "≡",
    "to_person": "!",
}
COLOURS: Mapping[str, Colour] = {
    "decided": "green",
    "granted": "green",
    "act_done": "cyan",
    "submitted": "cyan",
    "fetched": "quiet",
    "late": "yellow",
    "withheld": "yellow",
    "correction": "yellow",
    "to_person": "yellow",
    "act_late": "yellow",
    "act_in_doubt": "yellow",
    "act_refused": "red",
    "refused": "red",
    "not_accepted": "red",
}


@dataclass(frozen=True, slots=True)
class Filed:
    """What came of a filing, in the shape that `tongban file --json` prints."""

    filing: Mapping[str, Any]
    expected: str
    asked: int
    separately: int
    fetched: int
    seconds: float
    licences: Sequence[Mapping[str, Any]]
    log: Mapping[str, Any]
    waits: Text | None

    @property
    def went_well(self) -> bool:
        """Say whether it came to what the sample says and everything that came of it proves itself."""
        cases = self.filing["cases"]
        results = [case for case in cases if case["licence"]]
        return (
            self.filing["status"] == self.expected
            and len(self.licences) == len(results)
            and all(one["verified"] for one in self.licences)
            and bool(self.log["verified"])
        )

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return {
            "filing": self.filing["number"],
            "status": self.filing["status"],
            "asked": self.asked,
            "fetched": self.fetched,
            "seconds": round(self.seconds, 3),
            "cases": [
                {
                    "number": case["number"],
                    "item": case["item"],
                    "office": case["office"],
                    "decision": case["state"],
                    "maker": case["maker"],
                    "seconds": case["seconds"],
                }
                for case in self.filing["cases"]
            ],
            "timeline": [
                {name: line[name] for name in ("at", "kind", "words", "maker", "item", "seconds")}
                for line in self.filing["timeline"]
            ],
            "afterwards": list(self.filing["afterwards"]),
            "licences": list(self.licences),
            "ledger": dict(self.log),
            "waits_for": None if self.waits is None else self.waits.as_dict(),
        }


def file_sample(scene: Scene, path: Path, bundle: str, voice: Voice) -> Filed:
    """Play a sample at a running node, follow it to where it rests, verify every result.

    Raises what refuses it, and Conflict before anything is filed where the sample needs what is not here.
    """
    player = Player(scene, bundle, path, voice.language, voice)
    player.require_outside()
    number = player.sample.file.signed_in.number
    voice.progress(Text(f"{number} 正在登录 …", f"{number} is signing in …"))
    me = player.applicant(number)
    try:
        passed, spent, shown = stopwatch(), budget(SETTLED_WITHIN_S), Timeline(voice)
        filing = _played(player, me, shown, spent)
        seconds = passed()
        plan = me.plan(filing["number"])
        totals = plan["plan"]["totals"]
        results = [case["licence"] for case in filing["cases"] if case["licence"]]
        return Filed(
            filing=filing,
            expected=player.sample.file.phases[-1].expect.status,
            asked=totals["here"]["all"],
            separately=totals["separately"]["all"],
            fetched=plan["fetched"],
            seconds=seconds,
            licences=[verified(me, each, voice) for each in results],
            log=log_state(),
            waits=waits_for(filing, scene.origin),
        )
    finally:
        me.close()
        player.calm()


def _played(player: Player, me: Applicant, shown: "Timeline", spent: Budget) -> dict[str, Any]:
    """Play each phase and follow the filing after it; raises Conflict where it never was submitted."""
    phases = player.sample.file.phases
    answer: dict[str, Any] = {}
    filing: dict[str, Any] | None = None
    for number, phase in enumerate(phases):
        if phase.decides and player.scene.staff is None:
            break  # this node's officers are its own: whom the filing waits for is said at the end
        if len(phases) > 1:
            player.say(phase.what)
        answer = player.begin(me, phase) if number == 0 else player.go_on(me, answer, phase)
        if not any(later.answers for later in phases[number + 1 :]):
            answer = _with_alternatives(me, answer, player)
        if answer.get("filing") is not None:
            filing = follow(me, me.filing(answer["number"]), shown, spent, rests_at=phase.expect.status)
    if filing is None:
        raise _stopped(answer)
    return filing


def _with_alternatives(me: Applicant, answer: dict[str, Any], player: Player) -> dict[str, Any]:
    """Where a check stops it on the spot take the node's own first alternative and try again."""
    for _ in range(CORRECTIONS):
        change = _alternative(answer)
        if answer.get("is_clean", True) or not change:
            break
        _say_change(change, answer, player)
        answer = me.correct(answer["number"], change, player.key())
    return answer


def _alternative(answer: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Give the first set of answers that the node says would pass."""
    return next((dict(stop["alternatives"][0]) for stop in answer["stops"] if stop["alternatives"]), {})


def _say_change(change: Mapping[str, Mapping[str, Any]], answer: Mapping[str, Any], player: Player) -> None:
    """Say what stopped the submission, and what is taken instead."""
    because = next(stop["because"] for stop in answer["stops"] if stop["alternatives"])
    values = ", ".join(str(value) for given in change.values() for value in given.values())
    player.say(Text(f"  {because['zh']}改用：{values}", f"  {because['en']} Taking instead: {values}"))


def _stopped(answer: Mapping[str, Any]) -> Conflict:
    said = [*(p["what"] for p in answer["problems"]), *(s["because"] for s in answer["stops"])]
    return Conflict(
        "file.stopped",
        what=Text(
            f"申报 {answer['number']} 未能提交：" + "；".join(each["zh"] for each in said),
            f"The filing {answer['number']} was not submitted: " + "; ".join(each["en"] for each in said),
        ),
        todo=Text("请更正样例后重试。", "Correct the sample, then file again."),
    )


def follow(
    applicant: Applicant, filing: dict[str, Any], shown: "Timeline", patience: Budget, *, rests_at: str = ""
) -> dict[str, Any]:
    """Show each new line until the filing rests: decided, waiting for somebody, or where it is to rest."""
    shown.show(filing)
    while filing["status"] == "running" != rests_at and patience.left_s() > 0:
        time.sleep(LOOK_EVERY_S)
        filing = applicant.filing(filing["number"])
        shown.show(filing)
    return filing


class Timeline:
    """The timeline of one filing in a terminal; each line once."""

    def __init__(self, voice: Voice) -> None:
        self.voice = voice
        self.shown = 0

    def show(self, filing: Mapping[str, Any]) -> None:
        """Print the lines that are new, beside the result."""
        kinds = [line["kind"] for line in filing["timeline"]]
        for kind, line in list(zip(kinds, self.lines(filing), strict=True))[self.shown :]:
            self.voice.progress(line, COLOURS.get(kind))
            self.shown += 1

    def lines(self, filing: Mapping[str, Any]) -> list[Text]:
        """Give every line: when, what, about which item, and how long it took."""
        names = {case["item"]: case["name"] for case in filing["cases"]}
        return [_line(line, names.get(line["item"])) for line in filing["timeline"]]


def _line(line: Mapping[str, Any], item: Mapping[str, str] | None) -> Text:
    at = datetime.fromisoformat(line["at"]).astimezone(SHANGHAI)
    begun = f"  {at:%H:%M:%S}.{at.microsecond // 1000:03d} {MARKS.get(line['kind'], '·')} "
    took = None if line["seconds"] is None else lasting(line["seconds"])
    zh, en = line["words"]["zh"], line["words"]["en"]
    if item and item["zh"] not in zh:
        zh, en = f"{zh}（{item['zh']}）", f"{en} ({item['en']})"
    if took is not None:
        zh, en = f"{zh}  {took.zh}", f"{en}  {took.en}"
    return Text(f"{begun}{zh}", f"{begun}{en}")


def verified(applicant: Applicant, identifier: str, voice: Voice) -> dict[str, Any]:
    """Fetch a licence's file and have the independent verifier judge it, until its evidence is published."""
    what = applicant.licence(identifier)
    patience = budget(PROVEN_WITHIN_S)
    report = verify(applicant.licence_file(identifier), licences.trust_file())
    while report["verdict"] == "cannot_tell" and patience.left_s() > 0:
        time.sleep(LOOK_EVERY_S)
        report = verify(applicant.licence_file(identifier), licences.trust_file())
    valid = report["verdict"] == "valid"
    name = what["name"]
    voice.progress(
        Text(
            f"  {'✓' if valid else '✗'} {name['zh']} {identifier} {'核验通过' if valid else '核验未通过'}",
            f"  {'✓' if valid else '✗'} {name['en']} {identifier} {'verified' if valid else 'NOT verified'}",
        ),
        "green" if valid else "red",
    )
    return {"identifier": identifier, "type": what["type"], "verified": valid}


def verify(licence: bytes, trust: Path) -> dict[str, Any]:
    """Hand a licence to the verifier: a process of its own that knows the node's root key and no more."""
    command = [sys.executable, "-m", "tongban_verify", "-", "--json", "--trust", str(trust)]
    done = subprocess.run(command, input=licence, capture_output=True, check=False)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def log_state() -> dict[str, Any]:
    """Recompute the log of decisions from its published files."""
    key = ledger.public_log_key(ledger.keys_folder())
    report = ledger.verify(ledger.logs_folder() / "decisions", key.vkey("decisions") if key else None)
    return {"size": report.size, "root": report.root, "verified": report.sound}


def summary(filed: Filed) -> Iterator[Text]:
    """Say what came of it, a line a case."""
    number, status = filed.filing["number"], filed.filing["words"]
    yield Text(f"申报 {number}：{status['zh']}", f"Filing {number}: {status['en']}")
    yield Text(
        f"填写或选择 {filed.asked} 项（分别办理须 {filed.separately} 项），共享取得 {filed.fetched} 项，"
        f"用时 {filed.seconds:.2f} 秒",
        f"{filed.asked} values typed or chosen (separate filings: {filed.separately}),"
        f" {filed.fetched} fetched, {filed.seconds:.2f} s",
    )
    for case in filed.filing["cases"]:
        yield case_line(case)
    yield from afterwards(filed.filing)
    if filed.waits is not None:
        yield filed.waits
    size, root = filed.log["size"], filed.log["root"][:16]
    zh, en = ("校验通过", "sound") if filed.log["verified"] else ("校验不通过", "NOT sound")
    yield Text(
        f"存证日志：{size} 条，树根 {root}…，{zh}", f"Log of decisions: {size} entries, root {root}…, {en}"
    )


def afterwards(filing: Mapping[str, Any]) -> Iterator[Text]:
    """Say what is still to be done elsewhere once it is granted (a food business still needs its permit)."""
    for said in filing["afterwards"]:
        yield Text(f"还要做：{said['zh']}", f"Still to do: {said['en']}")


def waits_for(filing: Mapping[str, Any], origin: str) -> Text | None:
    """Say for whom or for what a filing waits, and where they go on with it; None where it has ended."""
    number, status = filing["number"], filing["status"]
    if status == "with_person":
        offices = [
            c["office_name"] for c in filing["cases"] if c["decided_at"] is None and c["state"] != "waiting"
        ]
        zh, en = ("、".join(o["zh"] for o in offices), ", ".join(o["en"] for o in offices))
        return Text(
            f"等待{zh}的工作人员决定：{origin}/workbench/",
            f"It waits for an officer of {en} to decide: {origin}/workbench/",
        )
    if status == "confirming":
        return Text(
            f"等待其他当事人本人登录确认：{origin}/filings/{number}",
            f"It waits until the other participants sign in and confirm: {origin}/filings/{number}",
        )
    if status == "correction":
        wanting = [each for case in filing["cases"] for each in case["wanting"]]
        zh, en = "；".join(w["zh"] for w in wanting), "; ".join(w["en"] for w in wanting)
        return Text(f"等待申请人补正：{zh}", f"It waits for the applicant to complete it: {en}")
    if status == "running":
        return Text(
            f"等待其他单位的系统应答，恢复后自动继续：tongban filing show {number}",
            f"It waits for another office's system and goes on by itself: tongban filing show {number}",
        )
    return None


def case_line(case: Mapping[str, Any]) -> Text:
    """Say how one case stands, at whom, and how long it took."""
    took = None if case["seconds"] is None else lasting(case["seconds"])

    def said(language: Language) -> str:
        words = (case["name"][language], case["office_name"][language], case["words"][language])
        return "  " + "  ".join([*words, case["number"], *([] if took is None else [took.spoken(language)])])

    return Text(said("zh"), said("en"))
