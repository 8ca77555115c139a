"""Opens the roads to other organisations' systems: the city's connectors at this node's addresses."""

import json
from collections.abc import Mapping

from tongban.exchange import api as exchange
from tongban.kernel.clock import Clock, SystemClock
from tongban.kernel.ids import Chance, chance
from tongban.kernel.node import Node
from tongban.licences import api as licences
from tongban.site import places
from tongban.site.city import here


def open_roads(node: Node, clock: Clock, by_chance: Chance) -> exchange.Road:
    """Open the city's roads; no connection is made before one is used. Licences are a source as well."""
    return exchange.open_road(
        node.city / "connectors",
        exchange.read_endpoints(node.city / "endpoints.yaml", node_endpoints()),
        [licences.LicenceSource()],
        clock=clock,
        chance=by_chance,
    )


def open_here() -> exchange.Road:
    """Open the roads of this installation, by the machine's clock."""
    return open_roads(here(), SystemClock(), chance())


def node_endpoints() -> Mapping[str, object]:
    """Read the node's own addresses of other organisations' systems, where it has any."""
    path = places.endpoints()
    if not path.is_file():
        return {}
    told = json.loads(path.read_text("utf-8"))
    return told if isinstance(told, dict) else {}
