"""The workbench over a whole town in process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as node_settings
from pytest_django import Settings

from bench.town import Town
from tests.portal.visiting import Visit
from tests.rest.placing import Here, publish
from tests.towns import town_in
from tests.workbench.acting import waiting_registration
from tongban.exchange import api as exchange
from tongban.ledger import api as ledger
from tongban.workbench.views.signing import GATE


@pytest.fixture
def town(database: None, settings: Settings) -> Iterator[Town]:
    """The demonstration city, with every request placed in it; its logs verify when the test is over."""
    settings.MIDDLEWARE = [
        "tests.rest.placing.TownMiddleware" if name.endswith("WorkplaceMiddleware") else name
        for name in settings.MIDDLEWARE
    ]
    GATE.forget()
    Here.town = town_in(Path(node_settings.VAR))
    Here.provider = exchange.Endpoint(at="http://127.0.0.1:9", secrets={"client": "tongban"})
    yield Here.town
    Here.town.close()
    publish(Here.town)
    ledger.check_ledger()


@pytest.fixture
def visit(town: Town) -> Visit:
    """A browser without script that has just come."""
    return Visit(town)


@pytest.fixture
def waiting(town: Town) -> str:
    """The number of a registration that waits for an officer: its founder is under enforcement."""
    return waiting_registration(town, "zhang_dahai")
