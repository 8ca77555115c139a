"""What a process works with is put together from the settings."""

import pytest
from django.test import override_settings

from tongban.ledger import api as ledger
from tongban.papers import api as papers
from tongban.site import runtime


@pytest.mark.parametrize(
    ("line", "scanner"),
    [
        ("", papers.NoScanner()),
        ("clamdscan --no-summary -", papers.CommandScanner(("clamdscan", "--no-summary", "-"))),
    ],
)
def test_the_scanner_of_the_settings_looks_into_uploads(line: str, scanner: papers.Scanner) -> None:
    if ledger.public_log_key(ledger.keys_folder()) is None:
        ledger.make_log_key(ledger.keys_folder(), "990100")
    with override_settings(SCANNER=line):
        at = runtime.workplace.__wrapped__()  # not the one that this process keeps
    try:
        assert type(at.scanner) is type(scanner)
        assert getattr(at.scanner, "command", ()) == getattr(scanner, "command", ())
    finally:
        at.road.close()
