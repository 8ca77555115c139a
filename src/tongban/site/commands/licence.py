"""`tongban licence verify FILE`: hands the file to the independent verifier and says what it says."""

import argparse
import os
import subprocess
import sys

from tongban.licences import api as licences
from tongban.site.voice import Voice


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", spoken: argparse.ArgumentParser
) -> None:
    """Add `licence` with its verb."""
    top = verbs.add_parser("licence", help="verify a licence's file 电子证照")
    inner = top.add_subparsers(dest="licence_verb", required=True, metavar="VERB")
    checked = inner.add_parser("verify", parents=[spoken], help="as anybody can, without this node 核验")
    checked.add_argument("file", help="the licence's file, or - for standard input")
    checked.add_argument(
        "--trust", help="trust.json, a root key (PEM) or sha256:…; this node's own when left out"
    )
    checked.set_defaults(run=verify)


def verify(asked: argparse.Namespace, voice: Voice) -> int:
    """Run the verifier as a process of its own, knowing the trust anchor alone; its exit code is ours.

    0 valid, 1 invalid, 2 cannot tell, 3 unreadable.
    """
    trust = asked.trust or (str(licences.trust_file()) if licences.trust_file().is_file() else None)
    command = [sys.executable, "-m", "tongban_verify", asked.file, "--lang", voice.language]
    command += ["--trust", trust] if trust else []
    command += ["--json"] if voice.as_json else []
    sys.stdout.flush()
    return subprocess.run(command, check=False, env={**os.environ}).returncode
