"""One process's workplace: the node, its roads out and its signers, put together once."""

import json
import os
import socket
from collections.abc import Mapping
from functools import cache

from tongban.cases import api as cases
from tongban.exchange import api as exchange
from tongban.items import api as items
from tongban.kernel import calendar
from tongban.kernel.clock import SystemClock
from tongban.kernel.ids import chance
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.site import places
from tongban.site.city import here


@cache
def workplace() -> cases.Workplace:
    """Give this process's workplace; opens no connection and asks nobody until it is used."""
    node = here()
    clock = SystemClock()
    road = exchange.open_road(
        node.city / "connectors",
        exchange.read_endpoints(node.city / "endpoints.yaml", node_endpoints()),
        [licences.LicenceSource()],
        clock=clock,
        chance=chance(),
    )
    return cases.Workplace(
        node=node,
        clock=clock,
        chance=chance(),
        calendar=calendar.load(node.city / "calendar.yaml"),
        policies=items.load_policies(node.city / "policies.yaml"),
        road=road,
        signers=licences.Signers(places.sockets()),
        log_signer=ledger.load_log_key(ledger.keys_folder(), node.code),
        worker=f"{socket.gethostname()}:{os.getpid()}",
    )


def node_endpoints() -> Mapping[str, object]:
    """Read the node's own addresses of other organisations' systems, where it has any."""
    path = places.endpoints()
    if not path.is_file():
        return {}
    told = json.loads(path.read_text("utf-8"))
    return told if isinstance(told, dict) else {}
