"""`tongban serve|signers`: run a node on this machine, or one part of it."""

import argparse
import os
import sys

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tongban.kernel.errors import Conflict
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.registry import api as registry
from tongban.site.durability import assert_server_syncs
from tongban.site.places import outputs, sockets
from tongban.site.processes import Crew
from tongban.site.runtime import workplace
from tongban.site.serving import serve
from tongban.site.voice import Voice
from tongban.site.working import end_when_told, say_ready, work


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", spoken: argparse.ArgumentParser
) -> None:
    """Add `serve`, `worker` and `signers`."""
    whole = verbs.add_parser("serve", parents=[spoken], help="signers, web and worker together 启动全部")
    whole.add_argument("--port", type=port_number, default=settings.PORT, help="port of the web on 127.0.0.1")
    whole.set_defaults(run=run)
    part = verbs.add_parser("signers", parents=[spoken], help="the offices' signers 签章进程")
    part.set_defaults(run=run_signers)
    carrier = verbs.add_parser("worker", parents=[spoken], help="carry waiting filings on 后台办理进程")
    carrier.set_defaults(run=run_worker)


def port_number(text: str) -> int:
    """Read a port from the command line."""
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r}: write a port from 1 to 65535 请写1至65535之间的端口")


def run(asked: argparse.Namespace, voice: Voice) -> int:
    """Run a node until SIGTERM or Ctrl-C."""
    require_built()
    crew = Crew(outputs())
    try:
        serve(crew, asked.port)
        address = f"http://127.0.0.1:{asked.port}/"
        voice.result({"address": address}, [Text(f"已启动：{address}", f"Serving at {address}")])
        sys.stdout.flush()
        crew.watch()
    finally:
        crew.stop()
    return 0


def run_signers(asked: argparse.Namespace, voice: Voice) -> int:
    """Become the signers' parent process: one signer for each organisation that has a key."""
    del asked, voice
    require_built()
    keys = ledger.keys_folder()
    offices = [o.slug for o in registry.organisations() if licences.public_keys(keys, o.slug)]
    command = [sys.executable, "-m", "tongban.licences.signer", "--keys", str(keys)]
    command += ["--run", str(sockets()), "--journals", str(keys.parent / "signed"), *offices]
    connection.close()
    os.execv(sys.executable, command)  # noqa: S606 - no shell; this process keeps its id and its parent


def run_worker(asked: argparse.Namespace, voice: Voice) -> int:
    """Carry filings on until told to end; any number of these may run on any number of machines."""
    del asked, voice
    require_built()
    told = end_when_told()
    at = workplace()
    say_ready()
    work(at, told)
    return 0


def require_built() -> None:
    """Refuse to run a node whose tables, key or disk promise are not there; forget what is due."""
    assert_server_syncs(connection)
    plan = MigrationExecutor(connection)
    if (
        plan.migration_plan(plan.loader.graph.leaf_nodes())
        or ledger.public_log_key(ledger.keys_folder()) is None
    ):
        raise Conflict(
            "node.not_built",
            what=Text(
                "本节点尚未建立，或程序已更新。",
                "This node is not built, or the program is newer than its tables.",
            ),
            todo=Text("请先执行 tongban city build。", "Run `tongban city build` first."),
        )
    ledger.finish_forgetting()  # before anybody reads: a backup may have brought a destroyed key back
