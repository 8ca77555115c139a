"""`tongban witness init|trust|serve|show`: be a witness of other people's logs."""

import argparse
from pathlib import Path

from tongban.kernel.clock import SystemClock
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.site.commands.serve import port_number
from tongban.site.voice import Voice


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", spoken: argparse.ArgumentParser
) -> None:
    """Add `witness` with its verbs."""
    top = verbs.add_parser("witness", help="witness other people's logs 见证其他日志")
    inner = top.add_subparsers(dest="witness_verb", required=True, metavar="VERB")
    made = inner.add_parser("init", parents=[spoken], help="make a witness's key 建立见证方")
    made.add_argument("--name", required=True, help="a URL of your own without https://")
    made.set_defaults(run=init)
    known = inner.add_parser("trust", parents=[spoken], help="know a log by its key 登记日志公钥")
    known.add_argument("vkey", help="as the log publishes it: name+id+key")
    known.set_defaults(run=trust)
    served = inner.add_parser("serve", parents=[spoken], help="cosign over HTTP 提供见证")
    served.add_argument("--host", default="127.0.0.1", help="address to listen on")
    served.add_argument("--port", type=port_number, required=True, help="port to listen on")
    served.set_defaults(run=serve)
    shown = inner.add_parser("show", parents=[spoken], help="what was cosigned, and who is accused 查看")
    shown.set_defaults(run=show)
    for verb in (made, known, served, shown):
        verb.add_argument("--folder", type=Path, required=True, help="the witness's own folder")


def init(asked: argparse.Namespace, voice: Voice) -> int:
    """Make a witness, and say the key by which logs and verifiers know it."""
    key = ledger.make_witness(asked.folder, asked.name)
    voice.result(
        {"vkey": str(key)},
        [
            Text(f"见证公钥：{key}", f"Its key: {key}"),
            Text(
                "请把公钥和服务地址告知日志运行单位，并用 tongban witness trust 登记其日志公钥。",
                "Tell it and your address to whoever runs the log, then `tongban witness trust` its key.",
            ),
        ],
    )
    return 0


def trust(asked: argparse.Namespace, voice: Voice) -> int:
    """Have the witness know a log."""
    key = ledger.trust_log(asked.folder, asked.vkey)
    voice.result({"log": key.name}, [Text(f"已登记日志 {key.name}。", f"It knows the log {key.name} now.")])
    return 0


def serve(asked: argparse.Namespace, voice: Voice) -> int:
    """Serve until told to end."""
    witness, key = ledger.open_witness(asked.folder), ledger.witness_key(asked.folder)
    voice.progress(
        Text(
            f"{key.name} 见证 {len(witness.origins)} 个日志：http://{asked.host}:{asked.port}/",
            f"{key.name} witnesses {len(witness.origins)} logs at http://{asked.host}:{asked.port}/",
        )
    )
    ledger.serve_witness(witness, key, SystemClock(), host=asked.host, port=asked.port)
    return 0


def show(asked: argparse.Namespace, voice: Voice) -> int:
    """Show the last checkpoint of each log, and the notes by which a log has contradicted itself."""
    witness, key = ledger.open_witness(asked.folder), ledger.witness_key(asked.folder)
    heads, accusations = witness.heads(), witness.accusations()
    lines: list[Text | str] = [str(key)]
    lines += [f"  {origin} {head.size} {head.root.hex()}" for origin, head in heads.items()]
    if accusations:
        lines += [
            Text(
                f"有 {len(accusations)} 份检查点与已见证的不一致，均有日志自己的签名：",
                f"{len(accusations)} checkpoints contradict what was cosigned, each signed by its own log:",
            ),
            *accusations,
        ]
    voice.result(
        {
            "vkey": str(key),
            "heads": {origin: {"size": head.size, "root": head.root.hex()} for origin, head in heads.items()},
            "accusations": accusations,
        },
        lines,
    )
    return 1 if accusations else 0
