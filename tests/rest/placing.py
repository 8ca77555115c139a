"""Places each request in the town of the running test, as site places it in the node."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from bench.town import Town, carry
from tests.cases.acting import await_carriers
from tongban.exchange import api as exchange
from tongban.ledger import api as ledger


class Here:
    """The town of the running test, and where people sign in."""

    town: Town
    provider: exchange.Endpoint


class TownMiddleware:
    """Stands in the place of site's own middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.workplace = Here.town.workplace  # type: ignore[attr-defined]
        request.provider = Here.provider  # type: ignore[attr-defined]
        return self.get_response(request)


def publish(town: Town) -> None:
    """Give the entries of the town's ledger their places, as its worker would."""
    ledger.sequence(ledger.logs_folder(), town.workplace.log_signer, town.now, holder="test")


def settle(town: Town, number: str) -> None:
    """Carry a filing as far as it goes, once whoever carries it behind an answer has let it go."""
    await_carriers()
    carry(town, number)
