"""A town behind the interface for machines, and the provider where its people sign in."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as node_settings
from pytest_django import Settings

from bench.town import CHARACTERS, Town
from demo.generate import generate
from tests.cases.acting import await_carriers
from tests.demo.hosting import Hosted, host_system
from tests.rest.placing import Here, publish
from tests.rest.program import Program
from tests.towns import town_in
from tongban.exchange import api as exchange
from tongban.kernel.ids import SystemChance
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.rest.bearer import PROVIDERS
from tongban.site.applicant import Provider, sign_in

SECRETS = {"client": "tongban", "key": "demo-idp-secret"}


@pytest.fixture(scope="session")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The accounts of a small city's people at the identity provider."""
    folder = tmp_path_factory.mktemp("people")
    generate(folder, people=20, seed=3)
    return folder / "idp"


@pytest.fixture
def provider(tmp_path: Path, accounts: Path) -> Iterator[Hosted]:
    """The identity provider behind a real port."""
    shutil.copytree(accounts, tmp_path / "idp")
    hosted = host_system("idp", tmp_path / "idp")
    yield hosted
    hosted.stop()


@pytest.fixture
def town(database: None, provider: Hosted, settings: Settings) -> Iterator[Town]:
    """The demonstration city, with every request placed in it."""
    settings.MIDDLEWARE = [
        "tests.rest.placing.TownMiddleware" if name.endswith("WorkplaceMiddleware") else name
        for name in settings.MIDDLEWARE
    ]
    Here.town = town_in(Path(node_settings.VAR))
    provider.clock.moment = Here.town.now
    Here.provider = exchange.Endpoint(
        at=provider.url, secrets={"client": "tongban", "key": "demo-idp-secret"}
    )
    licences.make_root_key(ledger.keys_folder(), now=Here.town.now, chance=SystemChance())
    licences.publish_trust(Here.town.now)
    yield Here.town
    await_carriers()
    PROVIDERS.forget()  # it remembers subjects of this test's store
    Here.town.close()
    publish(Here.town)
    ledger.check_ledger()


@pytest.fixture
def program(town: Town) -> Callable[[str], Program]:
    """Give the program of one of the fixed characters, signed in."""

    def of(name: str) -> Program:
        number = CHARACTERS["persons"][name]["resident_id"]
        at = Provider(Here.provider.at, SECRETS["client"], SECRETS["key"])
        return Program(sign_in(at, number, back_to="http://127.0.0.1:9/program", chance=SystemChance()))

    return of
