"""What an endpoint is handed: the request with its workplace, the identity provider and who asks."""

from django.http import HttpRequest

from tongban.cases import api as cases
from tongban.exchange import api as exchange
from tongban.registry import api as registry


class Asking(HttpRequest):
    """A request as the middleware and the bearer's check have filled it in."""

    workplace: cases.Workplace
    provider: exchange.Endpoint
    auth: registry.Subject
