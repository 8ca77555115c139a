"""`tongban file PACK SAMPLE` and `tongban filing show NUMBER`: what an applicant's program does."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from tongban.cases import api as cases
from tongban.items import api as items
from tongban.kernel.clock import SystemClock
from tongban.kernel.ids import SystemChance
from tongban.kernel.texts import Text
from tongban.papers import api as papers
from tongban.site.accounts import Account, accounts
from tongban.site.applicant import Applicant, Provider, sign_in
from tongban.site.commands.pack import folder_of
from tongban.site.first_filing import Timeline, afterwards, case_line, file_sample, summary
from tongban.site.places import demonstration_seed
from tongban.site.placing import identity_provider
from tongban.site.playing import Scene, controls_of
from tongban.site.voice import Voice

NOT_WELL = 1


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", spoken: argparse.ArgumentParser
) -> None:
    """Add `file`, and `filing` with its verb."""
    filed = verbs.add_parser("file", parents=[spoken], help="file a sample at a running node 申报样例")
    filed.add_argument("pack", help="the pack's name or folder 事项包")
    filed.add_argument("sample", help="the sample's name in the pack, or its file 样例")
    filed.add_argument("--node", default=settings.ORIGIN, help="the node's address")
    filed.set_defaults(run=run)
    top = verbs.add_parser("filing", help="how a filing stands 查看申报")
    inner = top.add_subparsers(dest="filing_verb", required=True, metavar="VERB")
    shown = inner.add_parser("show", parents=[spoken], help="its cases and its timeline 办理进度")
    shown.add_argument("number", help="the filing's number")
    shown.add_argument(
        "--as", dest="person", help="read it as this person of the demonstration: a resident ID 以本人身份"
    )
    shown.add_argument("--node", default=settings.ORIGIN, help="the node's address")
    shown.set_defaults(run=show)


def provider() -> Provider:
    """Give the identity provider that the node itself trusts."""
    known = identity_provider()
    return Provider(known.at, known.secrets.get("client", ""), known.secrets.get("key", ""))


def scene(origin: str) -> Scene:
    """Give a node as samples are played at it, with staff and other systems where it is a demonstration."""
    staff = _staff if demonstration_seed().is_file() else None
    return Scene(origin, provider(), controls_of(Path(settings.VAR) / "demo"), staff)


def _staff() -> Sequence[Account]:
    return accounts(SystemClock().now())  # asked for anew: a one-time code is of its half minute


def run(asked: argparse.Namespace, voice: Voice) -> int:
    """Play a sample to its end; 1 when it did not come to what it says, or something is not proven."""
    folder = folder_of(asked.pack)
    named = folder / "samples" / f"{asked.sample}.json"
    path = named if named.is_file() else Path(asked.sample)
    filed = file_sample(scene(asked.node), path, folder.name, voice)
    voice.result(filed.as_dict(), list(summary(filed)))
    return 0 if filed.went_well else NOT_WELL


def show(asked: argparse.Namespace, voice: Voice) -> int:
    """Show a filing: as a person who may read it, or to whoever runs the node, without any fact or name."""
    if asked.person is None:
        return _show_work(asked.number, voice)
    token = sign_in(provider(), asked.person, back_to=f"{asked.node}/signed-in", chance=SystemChance())
    applicant = Applicant(asked.node, token, voice.language)
    try:
        filing = applicant.filing(asked.number)
    finally:
        applicant.close()
    words = filing["words"]
    lines = [
        Text(f"{filing['number']}：{words['zh']}", f"{filing['number']}: {words['en']}"),
        *(line for case in filing["cases"] for line in _case_lines(case)),
        *Timeline(voice).lines(filing),
        *afterwards(filing),
    ]
    voice.result(filing, lines)
    return 0


def _case_lines(case: Mapping[str, Any]) -> Iterator[Text]:
    yield case_line(case)
    if case["due_at"] and not case["decided_at"]:
        yield _due(case["due_at"], provisional=case["due_provisional"])


def _due(moment: str, *, provisional: bool) -> Text:
    """Say until when a case is to be decided; a day of a year not announced yet says that it may move."""
    day = papers.written_day(datetime.fromisoformat(moment), provisional=provisional)
    return Text(f"    应于{day.zh}前办结", f"    due by {day.en}")


def _show_work(number: str, voice: Voice) -> int:
    """Say how far the work on a filing has come and what it waits for."""
    found = cases.snapshot(number)
    bundle = items.bundle(found.bundle, found.bundle_version)
    shapes = [_work_on(case, found.acts_of(case.id)) for case in found.cases]
    stage = found.stage.value
    lines: list[Text | str] = [
        Text(f"{number}：{stage}，{bundle.name.zh}", f"{number}: {stage}, {bundle.name.en}")
    ]
    for shape in shapes:
        lines.append(f"  {shape['item']}  {shape['office']}  {shape['state']}  {shape['number'] or ''}")
        if shape["due"] and not shape["decided"]:
            lines.append(_due(shape["due"], provisional=shape["due_provisional"]))
        lines.extend(f"    {a['act']} → {a['connector']}: {a['state']}" for a in shape["acts"])
    voice.result({"filing": number, "stage": stage, "cases": shapes}, lines)
    return 0


def _work_on(case: cases.CaseView, acts: Sequence[cases.ActView]) -> dict[str, Any]:
    due = case.closing_due_at or case.promised_due_at or case.acceptance_due_at
    return {
        "number": case.number,
        "item": case.item,
        "office": case.office,
        "state": case.state.value,
        "needs_person": bool(case.person_needed),
        "decided": case.decided_at is not None,
        "due": None if due is None else due.isoformat(),
        "due_provisional": case.due_provisional,
        "licence": case.licence,
        "acts": [
            {
                "act": act.name,
                "connector": act.connector,
                "state": act.state,
                "sent": act.perhaps_sent_at is not None,
            }
            for act in acts
        ],
    }
