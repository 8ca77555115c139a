"""`tongban monitor follow|show`: watch a log from outside, and say what an office did."""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx

from tongban.kernel.errors import Invalid, SourceDown
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.site.voice import Voice

CONTRADICTED = 1
TIMEOUT_S = 30.0
MOST_BYTES = 256 * 65_537 + 8192  # a full bundle of the longest leaves


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", spoken: argparse.ArgumentParser
) -> None:
    """Add `monitor` with its verbs."""
    top = verbs.add_parser("monitor", help="follow a log from outside 监督日志")
    inner = top.add_subparsers(dest="monitor_verb", required=True, metavar="VERB")
    followed = inner.add_parser("follow", parents=[spoken], help="check that it only grows 持续核对")
    followed.add_argument("log", help="where its files are: a URL or a folder")
    followed.add_argument("--vkey", required=True, help="the log's public key: name+id+key")
    followed.add_argument("--sm2", metavar="VKEY", help="its SM2 key, where it has one 国密公钥")
    followed.add_argument("--every", type=float, default=10.0, metavar="S", help="seconds between two looks")
    followed.add_argument("--once", action="store_true", help="look once and end 只核对一次")
    followed.add_argument("--tsa", type=Path, metavar="PEM", help="roots of its authority 时间戳根证书")
    followed.set_defaults(run=follow)
    shown = inner.add_parser("show", parents=[spoken], help="what each office did, by kind 查看统计")
    shown.add_argument("--office", default="", help="one office only")
    shown.add_argument("--since", default="", metavar="DAY", help="from this day on (UTC, YYYY-MM-DD)")
    shown.set_defaults(run=show)
    for verb in (followed, shown):
        verb.add_argument("--folder", type=Path, required=True, help="the monitor's own copy of the log")


def follow(asked: argparse.Namespace, voice: Voice) -> int:
    """Follow until the log contradicts itself, or for ever."""
    asked.folder.mkdir(parents=True, exist_ok=True)
    key = ledger.parse_vkey(asked.vkey)
    if asked.sm2:
        key = replace(key, sm2_key=ledger.parse_vkey(asked.sm2, type=ledger.SM2))
    with reading(asked.log) as read:
        roots = ledger.read_roots(asked.tsa.read_bytes()) if asked.tsa else ()
        return _follow(ledger.Monitor(asked.folder, key, read, roots=roots), asked, voice)


def _follow(monitor: ledger.Monitor, asked: argparse.Namespace, voice: Voice) -> int:
    last: object = None
    while True:
        try:
            seen = monitor.follow()
        except SourceDown as silent:
            if asked.once:
                raise
            voice.progress(silent.what)
        except Invalid as contradiction:
            voice.refusal(contradiction)
            return CONTRADICTED
        else:
            told = (seen.size, seen.anchored, seen.anchor_problems)
            if asked.once or told != last:
                voice.result(seen.as_dict(), _told(seen))
            last = told
            if asked.once:
                return CONTRADICTED if seen.anchor_problems else 0
        time.sleep(asked.every)


def _told(seen: ledger.Followed) -> list[Text | str]:
    """Say how far a log was followed, what its beginning lacks, and what an authority says of it."""
    lines: list[Text | str] = [
        Text(
            f"{seen.origin}：{seen.size} 条，新增 {seen.added} 条，前后一致。",
            f"{seen.origin}: {seen.size} entries, {seen.added} new, it only grows.",
        )
    ]
    if seen.minimum:
        lines.append(
            Text(
                f"  此前 {seen.minimum} 条在开始监督时已清理。",
                f"  {seen.minimum} were pruned before it was followed.",
            )
        )
    if seen.anchored:
        lines.append(
            Text(
                f"  锚定至第 {seen.anchored} 条（{seen.anchored_at}）。",
                f"  Anchored up to {seen.anchored}, at {seen.anchored_at}.",
            )
        )
    return [*lines, *seen.anchor_problems]


def show(asked: argparse.Namespace, voice: Voice) -> int:
    """Show counts and kinds; a monitor knows no contents."""
    done = ledger.what_was_done(asked.folder, office=asked.office, since=asked.since)
    lines: list[Text | str] = []
    for office, kinds in done.items():
        lines.append(Text("未注明部门", "no office named") if office == "-" else office)
        lines += [
            Text(f"  {many:>8} {_meaning(kind).zh}（{kind}）", f"  {many:>8} {kind}: {_meaning(kind).en}")
            for kind, many in kinds.items()
        ]
    voice.result({"offices": done}, lines or [Text("尚无记录。", "Nothing was counted yet.")])
    return 0


def _meaning(kind: str) -> Text:
    known = ledger.KINDS.get(kind)
    return Text(kind, kind) if known is None else known.meaning


@contextmanager
def reading(place: str) -> Iterator[Callable[[str], bytes | None]]:
    """Give the reading of a log's files at a URL or in a folder; it raises SourceDown when nobody answers."""
    if not place.startswith(("http://", "https://")):
        yield ledger.reader(Path(place))
        return
    with httpx.Client(timeout=TIMEOUT_S, follow_redirects=False) as client:
        yield lambda path: _fetched(client, place, path)


def _fetched(client: httpx.Client, place: str, path: str) -> bytes | None:
    try:
        with client.stream("GET", f"{place.rstrip('/')}/{path}") as answer:
            if answer.status_code == 404:
                return None
            answer.raise_for_status()
            said = bytearray()
            for part in answer.iter_bytes():
                said += part
                if len(said) > MOST_BYTES:
                    raise _down(place)
            return bytes(said)
    except httpx.HTTPError as trouble:
        raise _down(place) from trouble


def _down(place: str) -> SourceDown:
    return SourceDown(
        "ledger.log_silent",
        what=Text(f"日志 {place} 无法读取。", f"The log at {place} cannot be read."),
        todo=Text("请检查地址和网络，稍后重试。", "Check the address and the network, then try again."),
    )
