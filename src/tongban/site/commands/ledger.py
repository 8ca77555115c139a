"""`tongban ledger head|proof|verify|forget` and `tongban recover`: the logs, and what a backup has lost."""

import argparse
import json
from pathlib import Path

from tongban.items import api as items
from tongban.kernel import calendar
from tongban.kernel.clock import SystemClock, civil_date
from tongban.kernel.ids import chance
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.site.anchors import anchor_policy
from tongban.site.city import here
from tongban.site.retention import schedule
from tongban.site.running import alone
from tongban.site.voice import Voice

UNSOUND = 1


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", spoken: argparse.ArgumentParser
) -> None:
    """Add `ledger` with its verbs, and `recover`."""
    top = verbs.add_parser("ledger", help="heads, proofs and verification of the logs 存证日志")
    inner = top.add_subparsers(dest="ledger_verb", required=True, metavar="VERB")
    heads = inner.add_parser("head", parents=[spoken], help="size and root of each log 日志头")
    heads.add_argument("log", nargs="?", help="decisions or shares-YYYY; all when left out")
    heads.set_defaults(run=head)
    prove = inner.add_parser("proof", parents=[spoken], help="prove one entry 出具存证证明")
    prove.add_argument("entry", help="the entry's name, 26 characters")
    prove.add_argument("--tlog", action="store_true", help="as one C2SP tlog-proof file 单一证明文件")
    prove.set_defaults(run=proof)
    check = inner.add_parser("verify", parents=[spoken], help="recompute everything 校验日志")
    check.add_argument("log", nargs="?", help="one log; all when left out")
    check.set_defaults(run=verify)
    gone = inner.add_parser("forget", parents=[spoken], help="what retention has ended 按期遗忘")
    gone.add_argument("--dry-run", action="store_true", help="only list what is due 只列出到期的")
    gone.set_defaults(run=forget)
    again = verbs.add_parser("recover", parents=[spoken], help="after restoring an older database 恢复")
    again.set_defaults(run=recover)


def _logs(asked: argparse.Namespace) -> list[str]:
    published = sorted(path.name for path in ledger.logs_folder().glob("*") if path.is_dir())
    return [asked.log] if asked.log else sorted({*published, *ledger.log_names()})


def head(asked: argparse.Namespace, voice: Voice) -> int:
    """Show how far each log has come."""
    found = [ledger.head(log) for log in _logs(asked)]
    lines = [
        Text(
            f"{each.log}：已发布 {each.size} 条，树根 {each.root}，待编号 {each.waiting} 条"
            + (f"，另有至第 {each.pending} 条待见证" if each.pending else "")
            + (f"，锚定至第 {each.anchored} 条（{each.anchored_at}）" if each.anchored else ""),
            f"{each.log}: {each.size} published, root {each.root}, {each.waiting} waiting for a place"
            + (f", up to {each.pending} wait for witnesses" if each.pending else "")
            + (f", anchored up to {each.anchored} at {each.anchored_at}" if each.anchored else ""),
        )
        for each in found
    ]
    voice.result([each.as_dict() for each in found], lines)
    return 0


def proof(asked: argparse.Namespace, voice: Voice) -> int:
    """Prove one entry up to the newest checkpoint; the proof is JSON for people as well."""
    proven = ledger.proof(asked.entry)
    if asked.tlog:
        text = ledger.tlog_proof(proven, ledger.opening(asked.entry))
        voice.result({"tlog_proof": text}, [text.removesuffix("\n")])
        return 0
    found = proven.as_dict()
    voice.result(found, [json.dumps(found, ensure_ascii=False, indent=2)])
    return 0


def verify(asked: argparse.Namespace, voice: Voice) -> int:
    """Recompute every log from its files, then compare it with the store, entry by entry."""
    keys = ledger.public_log_key(ledger.keys_folder())
    reports, sound = [], True
    for log in _logs(asked):
        voice.progress(Text(f"正在校验 {log} …", f"Verifying {log} …"))
        report = ledger.verify(ledger.logs_folder() / log, keys.vkey(log) if keys else None)
        anchors = _anchors(log, report)
        problems = [*report.problems, *anchors.problems, *ledger.verify_against_store(log)]
        sound = sound and not problems
        shape = {**report.as_dict(), "log": log, "verified": not problems, "anchored": anchors.size}
        told = {"problems": problems, "gaps": anchors.gaps}
        reports.append(shape | {name: [each.as_dict() for each in said] for name, said in told.items()})
    lines: list[Text | str] = []
    for each in reports:
        lines.append(
            _sound(each)
            if each["verified"]
            else Text(f"{each['log']}：校验不通过", f"{each['log']}: NOT sound")
        )
        for found in (each["problems"], each["gaps"]):
            if isinstance(found, list):
                lines.extend(Text(f"  {p['zh']}", f"  {p['en']}") for p in found)
    voice.result(reports, lines)
    return 0 if sound else UNSOUND


def forget(asked: argparse.Namespace, voice: Voice) -> int:
    """Forget every class and month of openings whose time is over, as the worker does each hour."""
    now, node = SystemClock().now(), here()
    kept = schedule(items.load_policies(node.city / "policies.yaml"), node.code, civil_date(now))
    days = calendar.load(node.city / "calendar.yaml")
    pruned: list[ledger.PrunedLog] = []
    if asked.dry_run:
        found = ledger.due_to_forget(kept, now, days)
    else:
        found = ledger.forget_due(kept, now, days, chance=chance())
        keys = ledger.load_log_key(ledger.keys_folder(), node.code)
        pruned = ledger.prune_due(ledger.logs_folder(), keys, kept, now, days, chance=chance())
    lines: list[Text | str] = [
        Text(
            f"{each.period}：保存至 {each.kept_until}，{'到期' if asked.dry_run else '已遗忘'}",
            f"{each.period}: kept until {each.kept_until}, {'due' if asked.dry_run else 'forgotten'}",
        )
        for each in found
    ]
    lines += [
        Text(f"{each.log}：第 {each.minimum} 条以前已清理", f"{each.log}: pruned before {each.minimum}")
        for each in pruned
    ]
    told = [each.as_dict() for each in found] + [each.as_dict() for each in pruned]
    voice.result(told, lines or [Text("没有到期的。", "Nothing is due.")])
    return 0


def _anchors(log: str, report: ledger.Report) -> ledger.Checked:
    """Check the anchors of a log that is sound itself, where this node has an authority."""
    policy = anchor_policy()
    if policy is None or not report.sound or not report.size:
        return ledger.Checked()
    return ledger.check_anchors(
        ledger.reader(ledger.logs_folder() / log),
        report.checkpoint(),
        policy.roots,
        minimum=report.pruned.minimum if report.pruned else 0,
        every=policy.every,
        now=SystemClock().now(),
    )


def _sound(each: dict[str, object]) -> Text:
    """Say that a log is sound, and from where on where its beginning was pruned."""
    log, size, minimum = each["log"], each["size"], each["minimum"]
    if minimum:
        return Text(
            f"{log}：{size} 条，第 {minimum} 条以前已按期清理，其余校验通过",
            f"{log}: {size} entries, those before {minimum} pruned on schedule, the rest sound",
        )
    return Text(f"{log}：{size} 条，校验通过", f"{log}: {size} entries, sound")


def recover(asked: argparse.Namespace, voice: Voice) -> int:
    """Rebuild from the published logs what an older database has lost, and list it."""
    del asked
    keys = ledger.load_log_key(ledger.keys_folder(), here().code)
    names = sorted(path.name for path in ledger.logs_folder().glob("*") if path.is_dir())
    listed = "、".join(names), ", ".join(names)
    voice.progress(
        Text(f"正在与数据库核对日志：{listed[0]} …", f"Comparing with the database: {listed[1]} …")
    )
    with alone():
        found = ledger.recover(
            Path(ledger.logs_folder()),
            keys,
            now=SystemClock().now(),
            chance=chance(),
            rooms=[licences.bring_forward],
        )
        ledger.finish_forgetting()
    lines: list[Text | str] = [
        Text(f"找回 {len(found)} 条存证。", f"{len(found)} entries were recovered."),
        *(
            Text(
                f"  {each.log}#{each.index} {each.kind} {dict(each.identifiers)}"
                + ("，内容缺失，须由人工补全" if each.contents_missing else ""),
                f"  {each.log}#{each.index} {each.kind} {dict(each.identifiers)}"
                + (": contents missing, a person must complete it" if each.contents_missing else ""),
            )
            for each in found
        ),
    ]
    voice.result([each.as_dict() for each in found], lines)
    return 0
