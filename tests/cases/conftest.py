"""A town for every test of cases: the whole city in process, on a real database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from bench.town import Town
from tests.towns import town_in
from tongban.ledger import api as ledger


@pytest.fixture
def town(database: None) -> Iterator[Town]:
    """The demonstration city; when the test is over its logs are published and verified whole."""
    opened = town_in(Path(settings.VAR))
    yield opened
    opened.close()
    ledger.sequence(ledger.logs_folder(), opened.workplace.log_signer, opened.now, holder="test")
    ledger.check_ledger()
