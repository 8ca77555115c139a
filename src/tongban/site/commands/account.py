"""`tongban account [LOGIN]`: what the demonstration's staff sign in with, and their present one-time code.

`tongban account LOGIN --give --because WORDS` gives a real city's security administrator theirs.
"""

import argparse
from dataclasses import asdict

from tongban.kernel.clock import SystemClock
from tongban.kernel.errors import InvalidValue
from tongban.kernel.ids import chance
from tongban.kernel.texts import Text
from tongban.registry import api as registry
from tongban.site.accounts import account, accounts
from tongban.site.city import here
from tongban.site.places import second_factor_key
from tongban.site.voice import Voice


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", spoken: argparse.ArgumentParser
) -> None:
    """Add `account`."""
    shown = verbs.add_parser("account", parents=[spoken], help="who signs in at the workbench 工作台账号")
    shown.add_argument("login", nargs="?", help="one login; all when left out 登录名")
    shown.add_argument(
        "--give", action="store_true", help="give a security administrator new credentials 发放安全管理员凭证"
    )
    shown.add_argument("--because", default="", help="why, for the evidence 事由")
    shown.set_defaults(run=run)


def run(asked: argparse.Namespace, voice: Voice) -> int:
    """Give a security administrator credentials, or list a demonstration's accounts."""
    return give(asked.login or "", asked.because, voice) if asked.give else show(asked, voice)


def give(login: str, because: str, voice: Voice) -> int:
    """Make a security administrator's password and second factor, and say them this once."""
    if not login:
        raise InvalidValue(
            "account.whose",
            what=Text("没有写明为谁发放。", "Nobody was named."),
            todo=Text("请写安全管理员的登录名。", "Name the login of a security administrator."),
        )
    made = registry.give_credentials(
        login,
        by=None,
        because=because,
        key=registry.second_factor_key(second_factor_key()),
        now=SystemClock().now(),
        chance=chance(),
    )
    uri = made.uri(here().name)
    lines: list[Text | str] = [
        Text("只显示这一次，请当面交给本人：", "Shown this once; hand them over in person:"),
        Text(f"  登录名        {made.login}", f"  login            {made.login}"),
        Text(f"  密码          {made.password}", f"  password         {made.password}"),
        Text(f"  动态口令密钥  {made.totp_secret}", f"  one-time secret  {made.totp_secret}"),
        f"  {uri}",
    ]
    shape = {"login": made.login, "password": made.password, "totp_secret": made.totp_secret, "uri": uri}
    voice.result(shape, lines)
    return 0


def show(asked: argparse.Namespace, voice: Voice) -> int:
    """List accounts with password and the one-time code of this half minute."""
    now = SystemClock().now()
    listed = (account(asked.login, now),) if asked.login else accounts(now)
    lines = [Text("登录名、口令、当前动态口令", "login, password, present one-time code")]
    voice.result([asdict(each) for each in listed], [*lines, *(each.line() for each in listed)])
    return 0
