"""How a demonstration system is told to be slow, failing, wrong, down, or to lose its reply."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MODES = ("normal", "slow", "failing", "wrong", "down", "drop_reply")
DEFAULT_SLOW_S = 3.0
LONGEST_SLOW_S = 600.0
_FIELDS = {"mode", "seconds", "times", "operation"}


class BadWish(ValueError):
    """A control request that the system does not understand; says what it would take instead."""


@dataclass(frozen=True)
class Mood:
    """How one request is to be met."""

    mode: str = "normal"
    seconds: float = 0.0


class Control:
    """The present mode of one system, and how many requests reached each of its operations."""

    def __init__(self, operations: Iterable[str], modes: Iterable[str] = MODES) -> None:
        """Start normal; `modes` are those this system can be put in."""
        self.operations = tuple(operations)
        self.modes = tuple(modes)
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._mood = Mood()
        self._times_left: int | None = None
        self._operation: str | None = None

    @property
    def mood(self) -> Mood:
        """The mode that was last set, whatever operation it concerns."""
        with self._lock:
            return self._mood

    def wish(self, asked: Mapping[str, object]) -> Mood:
        """Change the mode as asked; raises BadWish and changes nothing where the request is wrong."""
        unknown = set(asked) - _FIELDS
        if unknown:
            raise BadWish(f"unknown field {sorted(unknown)[0]!r}; known: {', '.join(sorted(_FIELDS))}")
        mode = asked.get("mode")
        if mode not in self.modes:
            raise BadWish(f"mode is one of {', '.join(self.modes)}")
        operation = asked.get("operation")
        if operation is not None and operation not in self.operations:
            raise BadWish(f"operation is one of {', '.join(self.operations) or '(none here)'}")
        times = asked.get("times")
        if times is not None and (not isinstance(times, int) or isinstance(times, bool) or times < 1):
            raise BadWish("times is a whole number from 1")
        mood = Mood(str(mode), _seconds(str(mode), asked.get("seconds")))
        with self._lock:
            self._mood = mood
            self._times_left = times
            self._operation = None if operation is None else str(operation)
        return mood

    def meet(self, operation: str) -> Mood:
        """Count one request of this operation and say how to meet it; the last of `times` ends the mode."""
        with self._lock:
            self._counts[operation] += 1
            if self._mood.mode == "normal" or self._operation not in (None, operation):
                return Mood()
            mood = self._mood
            if self._times_left is not None:
                self._times_left -= 1
                if self._times_left == 0:
                    self._settle()
            return mood

    def reset(self) -> None:
        """Be normal again and forget the counts."""
        with self._lock:
            self._settle()
            self._counts.clear()

    def state(self) -> dict[str, object]:
        """The answer of GET /_control, apart from the system's name and registrations."""
        with self._lock:
            return {
                "mode": self._mood.mode,
                "seconds": self._mood.seconds,
                "times_left": self._times_left,
                "operation": self._operation,
                "counts": {operation: self._counts[operation] for operation in self.operations},
            }

    def _settle(self) -> None:
        self._mood, self._times_left, self._operation = Mood(), None, None


def _seconds(mode: str, asked: object) -> float:
    if asked is None:
        return DEFAULT_SLOW_S if mode == "slow" else 0.0
    if isinstance(asked, bool) or not isinstance(asked, int | float) or not 0 <= asked <= LONGEST_SLOW_S:
        raise BadWish(f"seconds is a number from 0 to {LONGEST_SLOW_S:g}")
    return float(asked)
