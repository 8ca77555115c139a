"""`tongban gateway run|key`: answer other organisations' systems, and tell them by which key it does."""

import argparse
import os
import sys

from django.conf import settings
from django.db import connection

from tongban.exchange import api as exchange
from tongban.kernel.errors import Conflict
from tongban.kernel.texts import Text
from tongban.site.commands.serve import require_built
from tongban.site.places import gateway_key
from tongban.site.processes import require_free
from tongban.site.serving import gateway
from tongban.site.voice import Voice


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", spoken: argparse.ArgumentParser
) -> None:
    """Add `gateway` with its verbs."""
    top = verbs.add_parser("gateway", help="shares for other organisations' systems 共享网关")
    inner = top.add_subparsers(dest="gateway_verb", required=True, metavar="VERB")
    started = inner.add_parser("run", parents=[spoken], help="answer at TONGBAN_GATEWAY 启动共享网关")
    started.set_defaults(run=run)
    shown = inner.add_parser("key", parents=[spoken], help="the public key of its answers 应答签名公钥")
    shown.set_defaults(run=show_key)


def run(asked: argparse.Namespace, voice: Voice) -> int:
    """Become the gateway, until SIGTERM; any number of these may share one store."""
    del asked, voice
    require_built()
    if settings.GATEWAY is None:
        raise Conflict(
            "gateway.no_address",
            what=Text("没有配置共享网关的地址。", "No address is configured for the gateway."),
            todo=Text(
                "请设置 TONGBAN_GATEWAY，如 127.0.0.1:8090。", "Set TONGBAN_GATEWAY, to 127.0.0.1:8090 say."
            ),
        )
    program = gateway(settings.GATEWAY)
    require_free([program])
    connection.close()
    os.execv(sys.executable, [sys.executable, *program.command])  # noqa: S606 - no shell; keeps its id


def show_key(asked: argparse.Namespace, voice: Voice) -> int:
    """Say the gateway's public key and its id, for those who verify answers."""
    del asked
    key = exchange.load_gateway_key(gateway_key())
    voice.result({"key_id": key.key_id, "public_key": key.public_pem}, [key.public_pem.strip()])
    return 0
