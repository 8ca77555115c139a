"""The witnesses of a demonstration: each office's own process, key and folder, on this machine for once."""

import socket
from datetime import datetime

from tongban.kernel.node import Node
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.site.processes import Program, answers
from tongban.site.witnesses import declared_witnesses, witness_policy, write_witnesses


def witness_programs(node: Node, now: datetime) -> list[Program]:
    """Make the witnesses that the city declares; tell them the node's logs, and the node and its trust
    file their keys."""
    declared = declared_witnesses(node.city)
    programs, known = [], []
    for witness in declared.witnesses:
        folder = node.var / "witnesses" / witness.organisation
        key = ledger.make_witness(folder, witness.name)
        for vkey in licences.log_vkeys(now):
            ledger.trust_log(folder, str(vkey))
        port = _free_port()
        serving = ("-m", "tongban.ledger.witness", "--folder", str(folder))
        programs.append(
            Program(f"witness-{witness.organisation}", (*serving, "--port", str(port)), answers(port))
        )
        url = f"http://127.0.0.1:{port}"
        known.append({"organisation": witness.organisation, "vkey": str(key), "url": url})
    write_witnesses(declared.quorum, known)
    licences.publish_trust(now, witness_policy())
    return programs


def _free_port() -> int:
    """Give a port that nothing listens on: nobody but the node itself needs to find a witness here."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
