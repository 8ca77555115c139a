"""`tongban-verify FILE`: one sentence on standard output, and an exit code that says the same."""

import argparse
import io
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from tongban_verify.codes import is_code
from tongban_verify.documents import utc_now, verify_file
from tongban_verify.fetching import SCHEMES, from_address, from_folder
from tongban_verify.logs import Unreached, verify_log
from tongban_verify.page import page
from tongban_verify.report import Reason, Report
from tongban_verify.strict import LARGEST_FILE, Unreadable
from tongban_verify.trust import (
    Anchor,
    Doubt,
    anchor_from_bytes,
    anchor_from_fingerprint,
    moment,
    with_witnesses,
)


def main() -> int:
    """Verify one file or log; 0 valid, 1 invalid, 2 cannot tell, 3 unreadable.

    3 also where the anchor cannot be read, and where the command was not asked as it can be.
    """
    for stream in (sys.stdout, sys.stderr):  # a terminal that has no Chinese still gets its sentence
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    asked = _parser().parse_args()
    if asked.page:
        sys.stdout.buffer.write(page())
        return 0
    language = asked.lang or _language()
    try:
        anchor = _anchor(asked.trust)
        if asked.witness:
            anchor = with_witnesses(anchor, asked.witness, asked.quorum)
    except (OSError, ValueError, Unreadable, Doubt) as trouble:
        sys.stderr.write(
            f"无法读取信任文件 {asked.trust}。\n"
            if language == "zh"
            else f"The trust anchor {asked.trust} cannot be read: {trouble}\n"
        )
        return 3
    try:
        report = _report(asked.file, anchor, asked.at or utc_now(), asked.status_list)
    except KeyboardInterrupt:
        report = Report((Reason("log_unreached"),))
    if asked.json:
        sys.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.write(report.sentence(language) + "\n")
    return report.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="tongban-verify",
        description="Verify a Tongban licence, notice, receipt or proof without any network, or a whole log.",
        epilog="Exit codes: 0 valid, 1 invalid, 2 cannot tell, 3 unreadable.",
    )
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        help="the file to verify, - for standard input, what a licence's QR code says,"
        " or a log: its folder or its http(s) address",
    )
    parser.add_argument(
        "--page", action="store_true", help="write the page that verifies in a browser, and verify nothing"
    )
    parser.add_argument(
        "--trust",
        metavar="ANCHOR",
        help="whom to trust: the node's trust.json, its root public key (PEM), or sha256:FINGERPRINT",
    )
    parser.add_argument(
        "--witness",
        metavar="VKEY",
        action="append",
        default=[],
        help="a witness whose cosignature counts, instead of those that the node names; may be repeated",
    )
    parser.add_argument(
        "--quorum", type=int, metavar="N", help="how many of them must have cosigned (default: every one)"
    )
    parser.add_argument(
        "--status-list",
        metavar="LIST",
        help="the issuing office's status list, as a file or its http(s) address; a licence, a presentation"
        " or a code is looked up in it",
    )
    parser.add_argument("--lang", choices=("zh", "en"), help="language of the sentence (default: as LANG)")
    parser.add_argument("--json", action="store_true", help="print the whole report as JSON")
    parser.add_argument("--at", type=_moment, metavar="TIME", help="verify as of this time (ISO 8601)")
    return parser


class _Parser(argparse.ArgumentParser):
    """Ends with 3 where it is asked wrongly: argparse's own 2 would say `cannot tell` of a file."""

    def parse_args(self, *given: Any, **named: Any) -> Any:
        asked = super().parse_args(*given, **named)
        if not asked.file and not asked.page:
            self.error("a FILE is needed")
        return asked

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(3, f"{self.prog}: {message}\n")


def _anchor(given: str | None) -> Anchor | None:
    if given is None:
        return None
    if given.startswith("sha256:"):
        return anchor_from_fingerprint(given)
    return anchor_from_bytes(_read_path(Path(given)))


def _report(file: str, anchor: Anchor | None, now: datetime, status_list: str | None) -> Report:
    try:
        data = os.fsencode(file)
        if not is_code(data):  # which stands in the place of a file, as a scanner gives it
            if file.startswith(SCHEMES):
                return verify_log(from_address(file), anchor, now)
            if file != "-" and Path(file).is_dir():
                return verify_log(from_folder(Path(file)), anchor, now)
            data = _read(sys.stdin.buffer) if file == "-" else _read_path(Path(file))
    except (OSError, ValueError):  # no such file or address, or no name of one
        return Report((Reason("unreadable"),))
    try:
        listed = None if status_list is None else _status_list(status_list)
    except (OSError, ValueError, Unreached):
        report = verify_file(data, anchor, now)
        known = tuple(reason for reason in report.reasons if reason.code != "no_status_list")
        return Report((*known, Reason("list_unreached")), report.facts)
    return verify_file(data, anchor, now, status_list=listed)


def _status_list(given: str) -> bytes:
    """Read a status list from a file or an address; raises OSError, ValueError or Unreached."""
    if not given.startswith(SCHEMES):
        return _read_path(Path(given))
    folder, _, name = given.rpartition("/")
    found = from_address(folder)(name, LARGEST_FILE)
    if found is None:
        raise Unreached("there is no list")
    return found


def _read_path(path: Path) -> bytes:
    with path.open("rb") as file:
        return _read(file)


def _read(file: BinaryIO) -> bytes:
    return file.read(LARGEST_FILE + 1)


def _language() -> str:
    return "en" if os.environ.get("LANG", "zh").startswith(("en", "C", "POSIX")) else "zh"


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return moment((found if found.utcoffset() is not None else found.replace(tzinfo=UTC)).isoformat())
