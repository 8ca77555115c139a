"""Every attempt has the whole city in process; at its end the logs are published and verified whole."""

from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from bench.town import CHARACTERS, Town
from tests.cases.acting import await_carriers
from tests.cases.conftest import town
from tests.demo.hosting import Hosted
from tests.rest.conftest import SECRETS, accounts, provider
from tests.rest.placing import Here
from tests.rest.program import Program
from tongban.exchange import api as exchange
from tongban.kernel.ids import SystemChance
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.rest.bearer import PROVIDERS
from tongban.site.applicant import Provider, sign_in

__all__ = ["accounts", "provider", "town"]


@pytest.fixture
def served(town: Town, provider: Hosted, settings: Settings) -> Iterator[Town]:
    """The city with every web request placed in it, and a provider where its people sign in."""
    settings.MIDDLEWARE = [
        "tests.rest.placing.TownMiddleware" if name.endswith("WorkplaceMiddleware") else name
        for name in settings.MIDDLEWARE
    ]
    Here.town = town
    provider.clock.moment = town.now
    Here.provider = exchange.Endpoint(at=provider.url, secrets=SECRETS)
    licences.make_root_key(ledger.keys_folder(), now=town.now, chance=SystemChance())
    licences.publish_trust(town.now)
    yield town
    await_carriers()
    PROVIDERS.forget()  # it remembers subjects of this test's store


@pytest.fixture
def program(served: Town, provider: Hosted) -> Callable[[str], Program]:
    """Give the program of one of the fixed characters, signed in."""

    def of(name: str) -> Program:
        number = CHARACTERS["persons"][name]["resident_id"]
        provider.clock.moment = served.now  # the city may have gone on since
        at = Provider(provider.url, SECRETS["client"], SECRETS["key"])
        return Program(sign_in(at, number, back_to="http://127.0.0.1:9/program", chance=SystemChance()))

    return of
