"""`tongban key list|renew|revoke|affected`: the keys that the organisations sign with."""

import argparse
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from tongban.kernel.clock import SHANGHAI, SystemClock, civil_date
from tongban.kernel.errors import Invalid
from tongban.kernel.ids import chance
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.registry import api as registry
from tongban.site import places
from tongban.site.city import here
from tongban.site.keys import Orphan, orphans
from tongban.site.voice import Voice
from tongban.site.witnesses import witness_policy


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", spoken: argparse.ArgumentParser
) -> None:
    """Add `key` with its verbs."""
    top = verbs.add_parser("key", help="the organisations' signing keys 签名密钥")
    inner = top.add_subparsers(dest="key_verb", required=True, metavar="VERB")
    shown = inner.add_parser("list", parents=[spoken], help="which keys there are and were 列出密钥")
    shown.add_argument("organisation", nargs="?", help="its slug; all when left out")
    shown.set_defaults(run=show)
    renewed = inner.add_parser("renew", parents=[spoken], help="a new key in the old one's place 更换密钥")
    renewed.set_defaults(run=renew)
    revoked = inner.add_parser("revoke", parents=[spoken], help="what it signed counts no more 吊销密钥")
    revoked.add_argument(
        "--reason", required=True, help="why; it is published in the trust file 理由，将公布"
    )
    revoked.add_argument("--since", type=moment, help="YYYY-MM-DDTHH, local time; now when left out 自何时起")
    revoked.add_argument("--key", default="", help="its id; the key in use when left out 密钥编号")
    revoked.set_defaults(run=revoke)
    found = inner.add_parser("affected", parents=[spoken], help="what revoked keys had signed 受影响的证照")
    found.add_argument("--sign-again", action="store_true", help="with the present key 用现有密钥重签")
    found.set_defaults(run=affected)
    for verb in (renewed, revoked, found):
        verb.add_argument("organisation", help="its slug, e.g. market.990121")
    for verb in (renewed, revoked):
        verb.add_argument("--by", required=True, help="login of the security administrator 安全管理员")
        verb.add_argument("--file", action="store_true", help="make the new key in a file 新密钥存于文件")
        verb.add_argument("--token", metavar="LABEL", help="make it in the token of that label 或存于令牌")
        verb.add_argument("--module", help="the token's PKCS#11 library 令牌的 PKCS#11 模块")
        verb.add_argument("--pin-file", help="file with the token's PIN, mode 600 存放 PIN 的文件")


def moment(text: str) -> datetime:
    """Read an hour, or a moment within it, in the civil time of the country unless it says its own offset."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: write YYYY-MM-DDTHH 请按 YYYY-MM-DDTHH 填写") from None
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def show(asked: argparse.Namespace, voice: Voice) -> int:
    """List every key of one organisation or of all, oldest first."""
    named = (registry.organisation(asked.organisation),) if asked.organisation else registry.organisations()
    keys, told = ledger.keys_folder(), []
    lines: list[Text | str] = []
    for organisation in named:
        for key in licences.public_keys(keys, organisation.slug):
            told.append({"organisation": organisation.slug, **key.as_dict()})
            lines.append(_line(organisation.slug, key))
        lies_in = licences.read_token_file(keys / organisation.slug)
        if lies_in is not None:
            told[-1]["token"] = lies_in.place.token
            held = lies_in.place.token
            lines.append(Text(f"  现有密钥在令牌 {held} 中", f"  the present one in the token {held}"))
    voice.result(told, lines)
    return 0


def renew(asked: argparse.Namespace, voice: Voice) -> int:
    """Give an organisation a new key, and its running signer with it."""
    turned = licences.renew_key(asked.organisation, _work(asked))
    voice.result(
        {"organisation": asked.organisation, "key": turned.key.as_dict(), "taken_up": turned.taken_up},
        [_line(asked.organisation, turned.key), _taken_up(turned)],
    )
    return 0


def revoke(asked: argparse.Namespace, voice: Voice) -> int:
    """Revoke a key, and list what it vouches for no longer."""
    key, turned = licences.revoke_key(
        asked.organisation, _work(asked), reason=asked.reason, kid=asked.key, since=asked.since
    )
    left = [each for each in orphans(asked.organisation) if each.key.kid == key.kid]
    told = {
        "organisation": asked.organisation,
        "revoked": key.as_dict(),
        "key": turned.key.as_dict(),
        "taken_up": turned.taken_up,
        "affected": [each.as_dict() for each in left],
    }
    lines = [_line(asked.organisation, key), _line(asked.organisation, turned.key), _taken_up(turned)]
    voice.result(told, [*lines, *_listed(left, asked.organisation)])
    return 0


def affected(asked: argparse.Namespace, voice: Voice) -> int:
    """List what an organisation's revoked keys vouch for no longer; have it signed again where asked."""
    registry.organisation(asked.organisation)
    left = list(orphans(asked.organisation))
    if asked.sign_again:
        signers, clock, number = licences.Signers(places.sockets()), SystemClock(), chance()
        for each in left:
            each.sign_again(signers, clock.now(), number)
    told = {
        "organisation": asked.organisation,
        "affected": [each.as_dict() for each in left],
        "signed_again": asked.sign_again,
    }
    done = Text(f"已重签 {len(left)} 份。", f"{len(left)} were signed again.")
    voice.result(told, [*_listed(left, ""), done] if asked.sign_again else _listed(left, asked.organisation))
    return 0


def _place(asked: argparse.Namespace) -> licences.Place | None:
    """Read where the next key is to be made: --token, --module and --pin-file go together, without --file."""
    said = (asked.module, asked.token, asked.pin_file)
    if not any(said):
        return None
    if asked.file or not all(said):
        raise Invalid(
            "key.place",
            what=Text(
                "--token、--module、--pin-file 须一并给出，且不得与 --file 同用。",
                "--token, --module and --pin-file go together, and not with --file.",
            ),
            todo=Text("请补全，或都不写。", "Give all three, or none."),
        )
    module, pin = (str(Path(each).absolute()) for each in (asked.module, asked.pin_file))
    return licences.Place(module, asked.token, pin)


def _work(asked: argparse.Namespace) -> licences.KeyWork:
    clock = SystemClock()
    return licences.KeyWork(
        by=registry.staff(asked.by, on=civil_date(clock.now())),
        signers=licences.Signers(places.sockets()),
        algorithm=licences.signing_profile(here().city).algorithm_of(asked.organisation),
        witnesses=witness_policy(),
        clock=clock,
        chance=chance(),
        place=_place(asked),
        in_file=asked.file,
    )


def _line(organisation: str, key: licences.PublicKey) -> Text:
    begins, ends = key.valid_from[:16], key.valid_to[:16]
    zh, en = f"{organisation} {key.kid} {key.alg}：", f"{organisation} {key.kid} {key.alg}: "
    if key.revoked:
        since, reason = key.revoked.since[:16], key.revoked.reason
        return Text(f"{zh}自 {since} 起吊销（{reason}）", f"{en}revoked as of {since} ({reason})")
    return Text(f"{zh}{begins} 至 {ends}", f"{en}from {begins} to {ends}")


def _taken_up(turned: licences.Turned) -> Text:
    if turned.taken_up:
        return Text(
            "信任文件已更新，签名进程已启用该密钥。", "The trust file is written; the signer signs with it."
        )
    return Text(
        "信任文件已更新；签名进程未在运行，下次启动时启用。",
        "The trust file is written; no signer is running, the next one to start signs with it.",
    )


def _listed(left: Sequence[Orphan], organisation: str) -> list[Text | str]:
    """List what is affected, and say how it is signed again where `organisation` has not done so yet."""
    if not left:
        return [Text("没有受影响的证照和文书。", "No licence and no notice is affected.")]
    lines: list[Text | str] = [
        Text(f"受影响的证照和文书 {len(left)} 份：", f"{len(left)} licences and notices are affected:"),
        *(
            f"  {each.what.number} {each.what.holder} {each.what.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
            for each in left
        ),
    ]
    if organisation:
        command = f"tongban key affected {organisation} --sign-again"
        lines.append(Text(f"核对后重签：{command}", f"Look at each, then sign them again: {command}"))
    return lines
