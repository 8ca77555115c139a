"""The gateway of this installation: its roads, its key, and the logs' own for receipts."""

from django.conf import settings
from django.db import close_old_connections

from tongban.exchange import api as exchange
from tongban.ledger import api as ledger
from tongban.site.city import here
from tongban.site.places import gateway_key
from tongban.site.roads import open_here


def gateway_application() -> exchange.GatewayApplication:
    """Put the gateway together; opens no connection and asks nobody until it is used."""
    gate = exchange.Gate(
        road=open_here(),
        key=exchange.load_gateway_key(gateway_key()),
        log_signer=ledger.load_log_key(ledger.keys_folder(), here().code),
    )

    def answer(request: exchange.GatewayRequest) -> exchange.GatewayReply:
        try:
            return exchange.serve_share(gate, request)
        finally:
            close_old_connections()  # one that a database's restart has broken is opened anew next time

    return exchange.GatewayApplication(answer, settings.GATEWAY_ORIGIN)
