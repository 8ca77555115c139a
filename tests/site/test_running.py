"""Recovery has the store to itself: no web and no worker of this machine beside it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as node_settings

from tests.processes import own_environment
from tongban.ledger import api as ledger
from tongban.site.command import main
from tongban.site.running import work_here
from tongban.site.voice import EXIT_BY_STATUS

REFUSED = EXIT_BY_STATUS[409]
BUILDS = """
import sys, django
django.setup()
from tongban.site.runtime import workplace
workplace()
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def node(database: None) -> None:
    """A node that has its log's key and nothing more."""
    ledger.make_log_key(ledger.keys_folder(), "990100")


def test_recovering_is_refused_until_the_last_has_ended(
    node: None, capsys: pytest.CaptureFixture[str]
) -> None:
    running = [work_here() for _ in range(2)]
    for each in running:
        assert main(["recover", "--lang", "en"]) == REFUSED
        assert "Stop every process first" in capsys.readouterr().err
        os.close(each)
    assert main(["recover", "--json"]) == 0


def test_a_process_that_serves_or_carries_on_filings_is_seen_until_it_is_killed(
    node: None, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {**own_environment(), "TONGBAN_VAR": str(Path(node_settings.VAR))}
    with subprocess.Popen(
        [sys.executable, "-c", BUILDS], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        assert main(["recover", "--lang", "en"]) == REFUSED
        assert "still running" in capsys.readouterr().err
        process.kill()
    assert main(["recover", "--json"]) == 0
