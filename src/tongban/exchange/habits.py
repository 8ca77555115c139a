"""What an answer means: the other system's declared habits first, then what HTTP itself says. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from tongban.exchange.declared import Habit, Meaning, Success
from tongban.exchange.mapping import MISSING, at_path
from tongban.kernel.texts import Text

UNREADABLE = object()  # a body that is not of the declared form at all


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came: HTTP status (0 where there is none), parsed body, fault code."""

    status: int
    body: object
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the answer means; `told` says that the office's own declared habit says so."""

    means: Meaning | None  # None: a good answer
    why: str = ""
    told: bool = False
    says: Text | None = None


def judge_reply(reply: Reply, habits: Sequence[Habit], success: Success | None) -> Verdict:
    """Say what an answer means; an answer that nothing explains is wrong, never empty."""
    for habit in habits:
        if _shows(reply, habit):
            return Verdict(habit.means, _why(reply, habit.why), told=True, says=habit.says)
    if reply.fault or reply.status >= 500 or reply.status == 429:
        return Verdict("busy", f"HTTP {reply.status}" if reply.status else reply.fault)
    if 400 <= reply.status < 500:
        return Verdict("refused", f"HTTP {reply.status}")
    if reply.body is UNREADABLE or (reply.status and not 200 <= reply.status < 300):
        return Verdict("wrong", f"HTTP {reply.status}")
    if success is not None and _text_at(reply.body, success.path) not in success.equals:
        return Verdict("wrong", f"{success.path}={_text_at(reply.body, success.path)!r}")
    return Verdict(None)


def _shows(reply: Reply, habit: Habit) -> bool:
    if habit.status and reply.status not in habit.status:
        return False
    if habit.fault and reply.fault not in habit.fault:
        return False
    if habit.path is None:
        return True
    found = _text_at(reply.body, habit.path)
    return found is not None and (not habit.equals or found in habit.equals)


def _why(reply: Reply, path: str | None) -> str:
    return (_text_at(reply.body, path) or "")[:200] if path else ""


def _text_at(body: object, path: str) -> str | None:
    found = at_path(body, path)
    if found is MISSING or found is None:
        return None
    return str(found)
