"""`tongban account [LOGIN]`: what the demonstration's staff sign in with, and their present one-time code."""

import argparse
from dataclasses import asdict

from tongban.kernel.clock import SystemClock
from tongban.kernel.texts import Text
from tongban.site.accounts import account, accounts
from tongban.site.voice import Voice


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", spoken: argparse.ArgumentParser
) -> None:
    """Add `account`."""
    shown = verbs.add_parser("account", parents=[spoken], help="the demonstration's staff accounts 演示账号")
    shown.add_argument("login", nargs="?", help="one login; all when left out 登录名")
    shown.set_defaults(run=show)


def show(asked: argparse.Namespace, voice: Voice) -> int:
    """List accounts with password and the one-time code of this half minute."""
    now = SystemClock().now()
    listed = (account(asked.login, now),) if asked.login else accounts(now)
    lines = [Text("登录名、口令、当前动态口令", "login, password, present one-time code")]
    voice.result([asdict(each) for each in listed], [*lines, *(each.line() for each in listed)])
    return 0
