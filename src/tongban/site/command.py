"""The command `tongban`: reads the line, calls a room's door, says what came of it."""

import argparse
import os
import sys
from collections.abc import Sequence

import django
from django.db.utils import OperationalError, ProgrammingError

from tongban.kernel.errors import Conflict, TongbanError
from tongban.kernel.texts import Text
from tongban.site.reading import Line, NotUnderstood
from tongban.site.voice import voice_of

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.site.settings")
try:
    django.setup()  # the rooms' tables can be imported only after this
except TongbanError as trouble:
    raise SystemExit(voice_of(sys.argv[1:]).refusal(trouble)) from None

from tongban.site.commands import COMMANDS

NOT_UNDERSTOOD = 2  # as of any Unix command
INTERRUPTED = 130  # what a shell says of a program that Ctrl-C ended


def parser() -> argparse.ArgumentParser:
    """Build the command line from the modules in site/commands."""
    top: argparse.ArgumentParser = Line(prog="tongban", description="通办 Tongban")
    spoken = Line(add_help=False)
    for each in (top, spoken):
        # No default, so that an option before the verb is not undone by its absence after it.
        absent = argparse.SUPPRESS
        each.add_argument("--json", action="store_true", default=absent, help="answer in JSON 以 JSON 输出")
        each.add_argument("--lang", choices=("zh", "en"), default=absent, help="answer in 应答语言")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    for command in COMMANDS:
        command.register(verbs, spoken)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a refusal is one clear sentence and an exit code, never a traceback."""
    given = sys.argv[1:] if arguments is None else arguments
    voice = voice_of(given)
    try:
        asked = parser().parse_args(given)
        return int(asked.run(asked, voice))
    except NotUnderstood as trouble:
        voice.refusal(trouble)
        return NOT_UNDERSTOOD
    except TongbanError as trouble:
        return voice.refusal(trouble)
    except (OperationalError, ProgrammingError) as trouble:
        return voice.refusal(_store_not_ready(trouble))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader (head, less) has gone
        return 0


def _store_not_ready(trouble: Exception) -> Conflict:
    said = str(trouble).strip().splitlines()[0]
    return Conflict(
        "store.not_ready",
        what=Text(f"数据库无法使用：{said}。", f"The store cannot be used: {said}."),
        todo=Text(
            "请确认 DATABASE_URL 正确且数据库在运行，然后执行 tongban city build。",
            "See that DATABASE_URL is right and the database runs, then run `tongban city build`.",
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
