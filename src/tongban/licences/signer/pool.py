"""Starting and stopping the signer processes from another process."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Final, cast

from tongban.kernel.errors import SourceDown
from tongban.kernel.texts import Text

READY: Final = b"ready\n"
_SOURCE: Final = str(Path(__file__).resolve().parents[3])  # the folder that holds `tongban`


class SignerPool:
    """The running signers: one parent process and, below it, one process per office.

    They end with the *thread* that started them (that is how Linux counts a parent), so start the
    pool from the main thread of whatever serves.
    """

    def __init__(self, process: subprocess.Popen[bytes], run_folder: Path) -> None:
        self._process = process
        self.run_folder = run_folder

    @property
    def pid(self) -> int:
        """The pid of the parent process."""
        return self._process.pid

    @classmethod
    def start(
        cls,
        offices: Sequence[str],
        keys_folder: Path,
        run_folder: Path,
        *,
        journals: Path | None = None,
    ) -> "SignerPool":
        """Start a signer for each office and return when every one of them has opened its key.

        Raises SourceDown with the signers' own words when one cannot: keys that others may read, a
        passphrase that does not fit, a pool that is already running there.
        """
        run_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        words = run_folder / "signers.log"
        command = [sys.executable, "-m", "tongban.licences.signer"]
        command += ["--keys", str(keys_folder), "--run", str(run_folder), "--with-parent", str(os.getpid())]
        command += ["--journals", str(journals or keys_folder.parent / "signed"), *offices]
        beginning = words.stat().st_size if words.exists() else 0
        with words.open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, "PYTHONPATH": _SOURCE},
            )
        with cast(IO[bytes], process.stdout) as said:
            heard = said.readline()
        if heard != READY:
            process.wait()
            raise _did_not_start(words.read_bytes()[beginning:].decode(errors="replace").strip())
        return cls(process, run_folder)

    def stop(self) -> None:
        """End the parent by its pid; it ends the signers by theirs."""
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait()

    def __enter__(self) -> "SignerPool":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        trouble: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _did_not_start(words: str) -> SourceDown:
    return SourceDown(
        "signer.start",
        what=Text(
            f"签名进程未能启动：{words or '未说明原因'}",
            f"The signers did not start: {words or 'no reason given'}",
        ),
        todo=Text("请按上述提示处理后重新启动。", "Put right what they name and start again."),
    )
