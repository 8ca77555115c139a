"""`tongban consumer list|register|replace|withdraw`: by which keys other organisations' systems sign."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tongban.kernel.clock import SHANGHAI, SystemClock, civil_date
from tongban.kernel.errors import NotFound
from tongban.kernel.ids import Chance, chance
from tongban.kernel.texts import Text
from tongban.registry import api as registry
from tongban.site.commands.key import moment
from tongban.site.voice import Voice


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", spoken: argparse.ArgumentParser
) -> None:
    """Add `consumer` with its verbs."""
    top = verbs.add_parser("consumer", help="keys by which other systems sign what they ask 数据使用方公钥")
    inner = top.add_subparsers(dest="consumer_verb", required=True, metavar="VERB")
    shown = inner.add_parser("list", parents=[spoken], help="which keys there are and were 列出公钥")
    shown.add_argument("organisation", nargs="?", default="", help="its slug; all when left out")
    shown.set_defaults(run=show)
    added = inner.add_parser("register", parents=[spoken], help="take a system's public key 登记公钥")
    added.add_argument("organisation", help="its slug, e.g. market.990121")
    added.set_defaults(run=add)
    replaced = inner.add_parser("replace", parents=[spoken], help="a new key beside the old one 更换公钥")
    replaced.add_argument(
        "--until", required=True, type=moment, help="YYYY-MM-DDTHH: the old one ends 旧公钥停用时间"
    )
    replaced.set_defaults(run=replace)
    ended = inner.add_parser("withdraw", parents=[spoken], help="at once, on every process 立即停用公钥")
    ended.set_defaults(run=withdraw)
    for verb in (replaced, ended):
        verb.add_argument("key_id", help="its id, as `consumer list` shows it 公钥编号")
    for verb in (added, replaced):
        verb.add_argument("--key", required=True, type=Path, help="file with the public key (PEM) 公钥文件")
    for verb in (added, replaced, ended):
        verb.add_argument("--by", required=True, help="login of the security administrator 安全管理员")
        verb.add_argument("--because", required=True, help="why, for the evidence 事由")


def show(asked: argparse.Namespace, voice: Voice) -> int:
    """List every key of one organisation or of all, oldest first."""
    if asked.organisation:
        registry.organisation(asked.organisation)
    return _say(voice, list(registry.consumer_keys(asked.organisation)))


def add(asked: argparse.Namespace, voice: Voice) -> int:
    """Register the key of an organisation's system."""
    with_whom = _who(asked)
    made = registry.register_consumer_key(
        asked.organisation,
        _file(asked.key),
        by=with_whom.by,
        because=asked.because,
        now=with_whom.now,
        chance=with_whom.chance,
    )
    return _say(voice, [made])


def replace(asked: argparse.Namespace, voice: Voice) -> int:
    """Register a new key; the old one counts until the moment given."""
    with_whom = _who(asked)
    made = registry.replace_consumer_key(
        asked.key_id,
        _file(asked.key),
        until=asked.until,
        by=with_whom.by,
        because=asked.because,
        now=with_whom.now,
        chance=with_whom.chance,
    )
    return _say(voice, list(registry.consumer_keys(made.organisation)))


def withdraw(asked: argparse.Namespace, voice: Voice) -> int:
    """Withdraw a key."""
    with_whom = _who(asked)
    ended = registry.withdraw_consumer_key(
        asked.key_id, by=with_whom.by, because=asked.because, now=with_whom.now, chance=with_whom.chance
    )
    return _say(voice, [ended])


@dataclass(frozen=True, slots=True)
class _Who:
    """Who acts, and when."""

    by: registry.Staff
    now: datetime
    chance: Chance


def _who(asked: argparse.Namespace) -> _Who:
    now = SystemClock().now()
    return _Who(registry.staff(asked.by, on=civil_date(now)), now, chance())


def _file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as trouble:
        raise NotFound(
            "consumer.no_file",
            what=Text(
                f"无法读取 {path}：{trouble.strerror}。", f"{path} cannot be read: {trouble.strerror}."
            ),
            todo=Text("请核对公钥文件的路径。", "Check the path of the key's file."),
        ) from trouble


def _say(voice: Voice, keys: list[registry.ConsumerKey]) -> int:
    lines = [_line(key) for key in keys] or [Text("没有登记公钥。", "No key is registered.")]
    voice.result([_shape(key) for key in keys], lines)
    return 0


def _shape(key: registry.ConsumerKey) -> Mapping[str, str | None]:
    return {
        "key_id": key.key_id,
        "organisation": key.organisation,
        "algorithm": key.algorithm,
        "since": key.since.isoformat(),
        "until": key.until.isoformat() if key.until else None,
    }


def _line(key: registry.ConsumerKey) -> Text:
    since = f"{key.since.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    begun = f"{key.organisation} {key.key_id} {key.algorithm} "
    if key.until is None:
        return Text(f"{begun}自 {since} 起", f"{begun}from {since}")
    until = f"{key.until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return Text(f"{begun}自 {since} 至 {until}", f"{begun}from {since} until {until}")
