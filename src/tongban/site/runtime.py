"""One process's workplace: the node, its roads out and its signers, put together once."""

import os
import socket
from functools import cache

from django.conf import settings

from tongban.cases import api as cases
from tongban.items import api as items
from tongban.kernel import calendar
from tongban.kernel.clock import SystemClock
from tongban.kernel.ids import chance
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.papers import api as papers
from tongban.site import places
from tongban.site.city import here
from tongban.site.roads import open_roads
from tongban.site.running import work_here


@cache
def workplace() -> cases.Workplace:
    """Give this process's workplace; opens no connection and asks nobody until it is used."""
    work_here()
    node = here()
    clock = SystemClock()
    return cases.Workplace(
        node=node,
        clock=clock,
        chance=chance(),
        calendar=calendar.load(node.city / "calendar.yaml"),
        policies=items.load_policies(node.city / "policies.yaml"),
        road=open_roads(node, clock, chance()),
        signers=licences.Signers(places.sockets()),
        log_signer=ledger.load_log_key(ledger.keys_folder(), node.code),
        worker=f"{socket.gethostname()}:{os.getpid()}",
        scanner=papers.scanner_of(settings.SCANNER),
    )
