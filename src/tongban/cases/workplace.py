"""What a filing is worked on with: the node, its clock and chance, the roads out, the signers."""

from dataclasses import dataclass, field

from tongban.exchange import api as exchange
from tongban.items import api as items
from tongban.kernel.calendar import Calendar
from tongban.kernel.clock import Clock
from tongban.kernel.ids import Chance
from tongban.kernel.node import Node
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.papers import api as papers


@dataclass(frozen=True, slots=True)
class Workplace:
    """Everything that a face, a worker or a rehearsal hands to the actions and jobs of this room."""

    node: Node
    clock: Clock
    chance: Chance
    calendar: Calendar
    policies: items.Policies
    road: exchange.Road
    signers: licences.Signing
    log_signer: ledger.LogSigner
    worker: str
    scanner: papers.Scanner = field(default_factory=papers.NoScanner)  # of what is handed in
