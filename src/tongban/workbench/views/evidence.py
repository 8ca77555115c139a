"""The ledger: heads, one entry's proof, verifying now, and what a recovery left to complete."""

import json
from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.kernel.errors import Conflict, Invalid, NotFound
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.workbench import reading
from tongban.workbench.guard import StaffRequest, for_staff, page
from tongban.workbench.pages import EVIDENCE, RECOVERY

# Reading a log again takes about a second for some tens of thousands of entries; a page waits no longer.
MOST_VERIFIED = 100_000
MOST_LISTED = 20
MOST_RECOVERED = 20  # each with a form of its own
NOTE = Text("补全说明", "What it stands for")


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry as anybody may see it, with what its kind means."""

    shown: ledger.ShownEntry
    meaning: Text


@require_safe
@for_staff(EVIDENCE)
def evidence(request: StaffRequest) -> HttpResponse:
    """Show the logs' heads, the newest entries, and one entry's proof when it was asked for."""
    return _page(request, {})


@require_POST
@for_staff(EVIDENCE)
def verify(request: StaffRequest, log: str) -> HttpResponse:
    """Read one log again from its files and compare it with its signed checkpoint, while the page waits."""
    if log not in ledger.log_names():
        raise _no_log(log)
    size = ledger.head(log).size
    if size > MOST_VERIFIED:
        raise _too_long(log, size)
    public = ledger.public_log_key(ledger.keys_folder())
    key = None if public is None else public.vkey(log)
    report = ledger.verify(ledger.logs_folder() / log, key)
    return _page(request, {"report": report, "verified_log": log})


@require_safe
@for_staff(EVIDENCE)
def proof_file(request: StaffRequest, entry: str) -> HttpResponse:  # noqa: ARG001 - the guard read it
    """Give an entry's proof as a file that the independent verifier reads."""
    proof = ledger.proof(entry)
    answer = HttpResponse(json.dumps(proof.as_dict(), indent=1), content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="proof-{proof.index}.json"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RECOVERY)
def recovered(request: StaffRequest) -> HttpResponse:
    """List what a recovery found, and take a person's word for what an entry stands for."""
    wrong = None
    if request.method == "POST":
        try:
            _complete(request)
        except Invalid as refused:
            wrong = refused
        else:
            return HttpResponseRedirect(request.get_full_path())
    entries = ledger.recovered_page(after=request.GET.get("after", ""), most=MOST_RECOVERED)
    said = {"at": "workbench:evidence", "entries": entries, "wrong": wrong}
    return page(request, "recovered", said, status=200 if wrong is None else wrong.status)


def _complete(request: StaffRequest) -> None:
    note = reading.text(request.POST, "note", NOTE, most=1000)
    ledger.complete_recovered(
        request.POST.get("entry", ""),
        staff_id=str(request.staff.id),
        note=note,
        now=request.workplace.clock.now(),
        chance=request.workplace.chance,
    )


def _page(request: StaffRequest, more: dict[str, object]) -> HttpResponse:
    logs = ledger.log_names()
    chosen = request.GET.get("log", "")
    chosen = chosen if chosen in logs else next(iter(logs), "")
    entry = request.GET.get("entry", "").strip()
    latest = ledger.latest(chosen, after=request.GET.get("after", ""), most=MOST_LISTED)
    said = {
        "at": "workbench:evidence",
        "heads": [ledger.head(log) for log in logs],
        "chosen": chosen,
        "latest": [
            EntryLine(shown, ledger.KINDS[shown.kind].meaning)
            for shown in latest.lines
            if shown.kind in ledger.KINDS
        ],
        "after": latest.after,
        "entry": entry,
        "proof": None,
        "may_recover": request.staff.holds(*RECOVERY),
        **more,
    }
    status = 200
    if entry:
        try:
            said["proof"] = ledger.proof(entry)
        except (NotFound, Conflict) as refused:
            said["refused"], status = refused, refused.status
    return page(request, "evidence", said, status=status)


def _no_log(log: str) -> NotFound:
    return NotFound(
        "workbench.no_log",
        what=Text(f"没有名为 {log} 的日志。", f"There is no log {log}."),
        todo=Text("请从存证页面选择。", "Choose it on the evidence page."),
    )


def _too_long(log: str, size: int) -> Conflict:
    return Conflict(
        "workbench.log_too_long",
        what=Text(
            f"日志 {log} 有{size}条，页面上最多校验{MOST_VERIFIED}条。",
            f"The log {log} has {size} entries; a page verifies at most {MOST_VERIFIED}.",
        ),
        todo=Text(
            f"请在服务器上执行 tongban ledger verify {log}。", f"Run `tongban ledger verify {log}` instead."
        ),
    )
