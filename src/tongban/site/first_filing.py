"""Files one sample as its applicant would, shows what happens as it happens, and checks what came of it."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from tongban.kernel.clock import SHANGHAI, Budget, SystemClock, budget, civil_date, stopwatch
from tongban.kernel.errors import Conflict, NotFound
from tongban.kernel.ids import SystemChance, new_id
from tongban.kernel.texts import Language, Text, lasting
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.site.applicant import Applicant, Provider, sign_in
from tongban.site.voice import Colour, Voice

SETTLED_WITHIN_S = 120.0  # a filing whose sources answer takes a second; after this we say how far it came
PROVEN_WITHIN_S = 20.0  # a promise becomes a proof when the log is published, which takes a second
LOOK_EVERY_S = 0.1
CORRECTIONS = 5  # of one draft, before we say what stands in the way
RELATIVE = re.compile(r"\+([0-9]{1,3}) days?")
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
    asked: int
    separately: int
    fetched: int
    seconds: float
    licences: Sequence[Mapping[str, Any]]
    log: Mapping[str, Any]

    @property
    def went_well(self) -> bool:
        """Say whether every case was granted and everything that came of it proves itself."""
        cases = self.filing["cases"]
        results = [case for case in cases if case["licence"]]
        return (
            self.filing["status"] == "approved"
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
            "licences": list(self.licences),
            "ledger": dict(self.log),
        }


def read_sample(path: Path, bundle: str, on: date) -> tuple[str, dict[str, Any]]:
    """Give who signs in and what is sent; a date may be "+7 days", counted from the filing day."""
    if not path.is_file():
        raise NotFound(
            "file.no_sample",
            what=Text(f"没有样例 {path}。", f"There is no sample {path}."),
            todo=Text("请写样例文件的路径或名称。", "Name a sample's file, or its name in the pack."),
        )
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


def file_sample(origin: str, provider: Provider, path: Path, bundle: str, voice: Voice) -> Filed:
    """Sign the sample's person in, file, follow to the end, verify every result; raises what refuses it."""
    chance = SystemChance()
    number, body = read_sample(path, bundle, civil_date(SystemClock().now()))
    voice.progress(Text(f"{number} 正在登录 …", f"{number} is signing in …"))
    token = sign_in(provider, number, back_to=f"{origin}/signed-in", chance=chance)
    applicant = Applicant(origin, token, voice.language)
    try:
        key = new_id(SystemClock().now(), chance)
        passed = stopwatch()
        shown, patience = Timeline(voice), budget(SETTLED_WITHIN_S)
        filing = follow(applicant, submit(applicant, body, key, voice), shown, patience)
        seconds = passed()
        plan = applicant.plan(filing["number"])
        totals = plan["plan"]["totals"]
        return Filed(
            filing=filing,
            asked=totals["here"]["all"],
            separately=totals["separately"]["all"],
            fetched=plan["fetched"],
            seconds=seconds,
            licences=[
                verified(applicant, case["licence"], voice) for case in filing["cases"] if case["licence"]
            ],
            log=log_state(),
        )
    finally:
        applicant.close()


def submit(applicant: Applicant, body: Mapping[str, Any], key: str, voice: Voice) -> dict[str, Any]:
    """Submit; where a check stops it on the spot take the node's own first alternative and try again.

    Raises Conflict with whatever else stands in the way.
    """
    statements = statements_of(applicant, str(body["bundle"]))
    answer = applicant.file({**body, "language": voice.language}, key)
    answer = confirm_statements(applicant, answer, statements, key, voice)
    for attempt in range(CORRECTIONS):
        change = _alternative(answer)
        if answer.get("is_clean", True) or not change:
            break
        _say_change(change, answer, voice)
        answer = applicant.correct(answer["number"], change, f"{key}-{attempt}")
    filing = answer.get("filing")
    if filing is None:
        raise _stopped(answer)
    return dict(filing)


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


def _alternative(answer: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Give the first set of answers that the node says would pass."""
    return next((dict(stop["alternatives"][0]) for stop in answer["stops"] if stop["alternatives"]), {})


def _say_change(change: Mapping[str, Mapping[str, Any]], answer: Mapping[str, Any], voice: Voice) -> None:
    """Say what stopped the submission, and what is taken instead."""
    because = next(stop["because"] for stop in answer["stops"] if stop["alternatives"])
    values = ", ".join(str(value) for given in change.values() for value in given.values())
    voice.progress(Text(f"  {because['zh']}改用：{values}", f"  {because['en']} Taking instead: {values}"))


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
    applicant: Applicant, filing: dict[str, Any], shown: "Timeline", patience: Budget
) -> dict[str, Any]:
    """Show each new line until the filing rests: decided, or waiting for somebody."""
    shown.show(filing)
    while filing["status"] == "running" and patience.left_s() > 0:
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
    size, root = filed.log["size"], filed.log["root"][:16]
    zh, en = ("校验通过", "sound") if filed.log["verified"] else ("校验不通过", "NOT sound")
    yield Text(
        f"存证日志：{size} 条，树根 {root}…，{zh}", f"Log of decisions: {size} entries, root {root}…, {en}"
    )


def case_line(case: Mapping[str, Any]) -> Text:
    """Say how one case stands, at whom, and how long it took."""
    took = None if case["seconds"] is None else lasting(case["seconds"])

    def said(language: Language) -> str:
        words = (case["name"][language], case["office_name"][language], case["words"][language])
        return "  " + "  ".join([*words, case["number"], *([] if took is None else [took.spoken(language)])])

    return Text(said("zh"), said("en"))
