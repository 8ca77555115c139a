"""Everything that can go wrong, as one tree.

TongbanError                 the root: code, what is wrong and why, what to do now
├── Invalid                  what was given is malformed                          422
│   ├── InvalidValue         one value (a code, a date, an amount)
│   └── InvalidDeclaration   one line of a city's file or a pack
│       └── DeclarationErrors  several such lines at once
├── NotAllowed               no right to see or do this                           403
│   ├── NotSignedIn          nobody is signed in, or no longer                    401
│   └── StepUpNeeded         who is signed in is not identified surely enough     401
├── NotFound                 nothing here by that name (for this reader)          404
├── Conflict                 the state of things forbids it now                   409
│   ├── StaleLease           somebody else took the work over meanwhile
│   └── AlreadyDone          it was done before; the earlier result stands
├── NodeReadOnly             the database is older than the log: recover first    503
├── SourceTrouble            another organisation's system did not serve us       503
│   ├── SourceDown           it could not be reached, or not in time
│   ├── SourceRefused        it answered that it will not
│   └── SourceWrong          it answered with something that is not its own format
└── DurabilityLost           a write may not be on the disk: stop using this file 500

A source that is down is never a fact that is absent: SourceTrouble is not NotFound.
"""

from collections.abc import Sequence

from tongban.kernel.texts import Text


class TongbanError(Exception):
    """The root: `what` says what is wrong and why, `todo` what to do now.

    `code` is stable and dotted, for programs; `status` is the HTTP status that faces answer with.
    """

    status = 500

    def __init__(self, code: str, *, what: Text, todo: Text) -> None:
        super().__init__(f"{what.en} {todo.en}")
        self.code = code
        self.what = what
        self.todo = todo


class Invalid(TongbanError):
    """What was given is malformed."""

    status = 422


class InvalidValue(Invalid):
    """One value is malformed: a code, a date, an amount."""


class InvalidDeclaration(Invalid):
    """One line of a city's file or of a pack is wrong; `file` and `line` (from 1) point at it."""

    def __init__(self, code: str, *, what: Text, todo: Text, file: str, line: int) -> None:
        super().__init__(code, what=what, todo=todo)
        self.file = file
        self.line = line

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what.en} {self.todo.en}"


class DeclarationErrors(InvalidDeclaration):
    """Several lines are wrong; `errors` holds each, and the first one speaks for all."""

    def __init__(self, errors: Sequence[InvalidDeclaration]) -> None:
        first = errors[0]
        super().__init__(first.code, what=first.what, todo=first.todo, file=first.file, line=first.line)
        self.errors = tuple(errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


class NotAllowed(TongbanError):
    """The asker has no right to see or do this."""

    status = 403


class NotSignedIn(NotAllowed):
    """Nobody is signed in, or the sign-in is over."""

    status = 401


class StepUpNeeded(NotAllowed):
    """Whoever is signed in must be identified more surely for this; `level` is what it takes (RFC 9470)."""

    status = 401

    def __init__(self, code: str, *, what: Text, todo: Text, level: str) -> None:
        super().__init__(code, what=what, todo=todo)
        self.level = level


class NotFound(TongbanError):
    """Nothing by that name that this reader may know of."""

    status = 404


class Conflict(TongbanError):
    """The state of things forbids it now."""

    status = 409


class StaleLease(Conflict):
    """Another worker took this work over; what this one did since is thrown away."""


class AlreadyDone(Conflict):
    """It was done before; the earlier result stands."""


class NodeReadOnly(TongbanError):
    """The database is older than the published log; nothing is written until `tongban recover`."""

    status = 503


class SourceTrouble(TongbanError):
    """Another organisation's system did not serve us."""

    status = 503


class SourceDown(SourceTrouble):
    """It could not be reached, or did not answer in time."""


class SourceRefused(SourceTrouble):
    """It answered that it will not; trying again will not help."""


class SourceWrong(SourceTrouble):
    """It answered with something that is not its own declared format."""


class DurabilityLost(TongbanError):
    """A write or fsync failed: what was written may be gone, and the file is not used again."""
