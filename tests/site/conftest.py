"""A town that lives by the machine's clock."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as node_settings

from bench.town import Town, open_town
from tongban.kernel.clock import SystemClock
from tongban.ledger import api as ledger


@pytest.fixture
def town(database: None) -> Iterator[Town]:
    """The demonstration city by the machine's clock; its logs are whole when the test is over."""
    opened = open_town(Path(node_settings.VAR), clock=SystemClock())
    yield opened
    opened.close()
    ledger.sequence(ledger.logs_folder(), opened.workplace.log_signer, opened.now, holder="test")
    ledger.check_ledger()
