"""Looking into an upload for harmful content: by a command that the node names, or by nobody.

The command gets the file on its standard input and answers by its exit code, as virus scanners do: 0 it
is clean, 1 it is harmful; anything else, and no answer in time, is *not scanned*. That is said in the
evidence of the material, and never taken for clean.
"""

import logging
import os
import shlex
import signal
import subprocess
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final, Protocol

from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text

LOG = logging.getLogger("tongban.papers")
SCAN_TIMEOUT_S: Final = 30.0  # somebody waits for the page
CLEAN_CODE, HARMFUL_CODE = 0, 1
# Nothing of the node's own environment, which has its secrets, goes to another's program.
ENVIRONMENT: Final = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}


class ScanVerdict(Enum):
    """What a scanner found."""

    CLEAN = "clean"
    HARMFUL = "harmful"
    NOT_SCANNED = "not_scanned"


class Scanner(Protocol):
    """Something that looks into a file for harmful content before anybody opens it."""

    def scan(self, path: Path) -> ScanVerdict:
        """Look at the file in quarantine and say what was found."""


class NoScanner:
    """The scanner of a node that has none: it lets the file pass and says that nobody looked."""

    def scan(self, path: Path) -> ScanVerdict:  # noqa: ARG002  whoever scans is handed the file
        """Say that nobody looked."""
        return ScanVerdict.NOT_SCANNED


@dataclass(frozen=True, slots=True)
class CommandScanner:
    """A scanner that is a command; it and whatever it started is ended when the time is over."""

    command: tuple[str, ...]
    timeout_s: float = SCAN_TIMEOUT_S

    def scan(self, path: Path) -> ScanVerdict:
        """Run the command over the file; that it could not be run or did not answer is not scanned."""
        try:
            code = self._run(path)
        except (OSError, subprocess.TimeoutExpired) as trouble:
            LOG.error("the scanner did not answer, a file goes unscanned: %s", type(trouble).__name__)
            return ScanVerdict.NOT_SCANNED
        if code == CLEAN_CODE:
            return ScanVerdict.CLEAN
        if code == HARMFUL_CODE:
            return ScanVerdict.HARMFUL
        LOG.error("the scanner ended with %s, a file goes unscanned", code)
        return ScanVerdict.NOT_SCANNED

    def _run(self, path: Path) -> int:
        with path.open("rb") as file:
            process = subprocess.Popen(
                self.command,
                stdin=file,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=ENVIRONMENT,
                start_new_session=True,  # so that what it starts can be ended with it
            )
        try:
            return process.wait(self.timeout_s)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise


def scanner_of(line: str) -> Scanner:
    """Give the scanner that a command line names, quoted as a shell would; an empty line names none."""
    try:
        command = tuple(shlex.split(line))
    except ValueError as odd:
        raise Invalid(
            "papers.scanner_command",
            what=Text(f"扫描命令「{line}」无法解析：{odd}。", f"The scanner's command {line!r}: {odd}."),
            todo=Text("请更正 TONGBAN_SCANNER 中的引号。", "Mend the quotes in TONGBAN_SCANNER."),
        ) from odd
    return CommandScanner(command) if command else NoScanner()
