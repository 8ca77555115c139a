"""The portal's pages over a whole town in process, and the provider where its people sign in."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings as node_settings
from pytest_django import Settings

from bench.town import Town
from demo.generate import generate
from tests.demo.hosting import Hosted, host_system
from tests.portal.visiting import Visit
from tests.rest.placing import Here, publish
from tests.towns import town_in
from tongban.exchange import api as exchange
from tongban.kernel.ids import SystemChance
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.portal.shelf import forget


@pytest.fixture
def town(database: None, settings: Settings) -> Iterator[Town]:
    """The demonstration city, with every request placed in it; its logs verify when the test is over."""
    settings.MIDDLEWARE = [
        "tests.rest.placing.TownMiddleware" if name.endswith("WorkplaceMiddleware") else name
        for name in settings.MIDDLEWARE
    ]
    Here.town = town_in(Path(node_settings.VAR))
    Here.provider = exchange.Endpoint(at="http://127.0.0.1:9", secrets={"client": "tongban"})
    licences.make_root_key(ledger.keys_folder(), now=Here.town.now, chance=SystemChance())
    licences.publish_trust(Here.town.now)
    forget()
    yield Here.town
    Here.town.close()
    publish(Here.town)
    ledger.check_ledger()


@pytest.fixture
def real_city(town: Town) -> None:
    """The same town where it is no demonstration: invented people may not stand there."""
    node = replace(town.workplace.node, demonstration=False)
    Here.town = replace(town, workplace=replace(town.workplace, node=node))


@pytest.fixture
def visit(town: Town) -> Visit:
    """A browser without script that has just come."""
    return Visit(town)


@pytest.fixture(scope="session")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The accounts of a small city's people at the identity provider."""
    folder = tmp_path_factory.mktemp("people")
    generate(folder, people=20, seed=3)
    return folder / "idp"


@pytest.fixture
def provider(town: Town, tmp_path: Path, accounts: Path) -> Iterator[Hosted]:
    """The identity provider behind a real port, known to the town."""
    shutil.copytree(accounts, tmp_path / "idp")
    hosted = host_system("idp", tmp_path / "idp")
    hosted.clock.moment = town.now
    Here.provider = exchange.Endpoint(at=hosted.url, secrets={"client": "tongban", "key": "demo-idp-secret"})
    yield hosted
    hosted.stop()
