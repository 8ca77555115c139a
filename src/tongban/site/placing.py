"""Hands each request what its faces work with, so that they never reach up for it."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from tongban.exchange import api as exchange
from tongban.site.city import CityFile, city_file, here
from tongban.site.roads import node_endpoints
from tongban.site.runtime import workplace

PROVIDER = "idp"


@cache
def identity_provider() -> exchange.Endpoint:
    """Give the national identity provider: its address, and this node's name and secret there.

    The environment goes before the endpoint's own secrets (`client`, `key`).
    """
    node = here()
    known = exchange.read_endpoints(node.city / "endpoints.yaml", node_endpoints())[PROVIDER]
    told = {"client": settings.OIDC_CLIENT_ID, "key": settings.OIDC_CLIENT_SECRET}
    return exchange.Endpoint(
        at=known.at, secrets={**known.secrets, **{name: value for name, value in told.items() if value}}
    )


@cache
def city() -> CityFile:
    """Give what the city says of itself, read once for the process."""
    return city_file(Path(settings.CITY))


class WorkplaceMiddleware:
    """Set on each request `workplace`, `provider`, `city_name` and `is_demonstration`.

    The workplace is put together when a page first uses it: whether the node is well can be asked
    before it has a key.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        told = city()
        request.workplace = SimpleLazyObject(workplace)  # type: ignore[attr-defined]  # faces name its type
        request.provider = SimpleLazyObject(identity_provider)  # type: ignore[attr-defined]
        request.city_name = told.name  # type: ignore[attr-defined]
        request.is_demonstration = told.demonstration  # type: ignore[attr-defined]
        return self.get_response(request)
