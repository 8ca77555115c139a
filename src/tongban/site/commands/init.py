"""`tongban init NAME`: a city's folder of one's own, from the demonstration's."""

import argparse
import re
import shutil
import sys
from pathlib import Path

from django.conf import settings

from tongban.kernel.errors import Conflict, InvalidValue
from tongban.kernel.texts import Text
from tongban.kernel.values import division
from tongban.licences import api as licences
from tongban.site.voice import Voice

TEMPLATE = "yunxi"
CITY_FILE = """\
# Who this node is: the six-digit division that it serves (GB/T 2260), and what it is called.
code: "{code}"
name: {{zh: {zh}, en: {en}}}
demonstration: false
"""
SIGNING_FILE = """\
# With which algorithm the organisations of this city sign: guomi (国密, SM2 with SM3) or international
# (Ed25519). One that signs otherwise stands under `otherwise`, as in cities/yunxi.
profile: {profile}
"""


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", spoken: argparse.ArgumentParser
) -> None:
    """Add `init`."""
    made = verbs.add_parser("init", parents=[spoken], help="a city's folder of your own 新建城市目录")
    made.add_argument("name", help="its folder's name: letters, digits and hyphens")
    made.add_argument("--code", required=True, help="the six-digit division that it serves")
    made.add_argument("--zh", required=True, help="what it is called in Chinese")
    made.add_argument("--en", required=True, help="what it is called in English")
    made.add_argument(
        "--profile",
        choices=list(licences.PROFILES),
        help="how its organisations sign: guomi (国密, SM2 with SM3) or international (Ed25519); asked for",
    )
    made.add_argument("--cities", type=Path, default=settings.ROOT / "cities", help=argparse.SUPPRESS)
    made.set_defaults(run=run)


def run(asked: argparse.Namespace, voice: Voice) -> int:
    """Copy the template and say what is to be filled in."""
    if not re.fullmatch(r"[a-z][a-z0-9-]*", asked.name):
        raise InvalidValue(
            "city.name",
            what=Text(f"“{asked.name}”不能作为目录名。", f"{asked.name!r} will not do as a folder's name."),
            todo=Text(
                "请用小写字母开头，只含字母、数字和连字符。",
                "Begin with a letter; use letters, digits and hyphens.",
            ),
        )
    division.parse(asked.code)
    folder = asked.cities / asked.name
    if folder.exists():
        raise Conflict(
            "city.exists",
            what=Text(f"{folder} 已存在。", f"{folder} exists already."),
            todo=Text("请换一个名称，或先移走该目录。", "Choose another name, or move it away first."),
        )
    profile = asked.profile or _ask_profile()
    shutil.copytree(settings.ROOT / "cities" / TEMPLATE, folder)
    told = CITY_FILE.format(code=asked.code, zh=asked.zh, en=asked.en)
    (folder / "city.yaml").write_text(told, "utf-8")
    (folder / "signing.yaml").write_text(SIGNING_FILE.format(profile=profile), "utf-8")
    lines = [
        Text(f"已从样板新建 {folder}。", f"Made {folder} from the template."),
        Text(
            "请依次改写 divisions.yaml、organisations.yaml、staff.yaml、catalogue/、connectors/、"
            "endpoints.yaml、policies.yaml；说明见 docs/city.md。",
            "Now write your own divisions.yaml, organisations.yaml, staff.yaml, catalogue/, connectors/,"
            " endpoints.yaml and policies.yaml, in that order; docs/city.md explains each.",
        ),
        Text(
            f"随时检查：TONGBAN_CITY={folder} tongban city check",
            f"Check as often as you like: TONGBAN_CITY={folder} tongban city check",
        ),
    ]
    voice.result({"folder": str(folder)}, lines)
    return 0


def _ask_profile() -> str:
    """Ask whoever sits there how the city's organisations sign; 国密 where nobody does or nothing is said."""
    profiles = list(licences.PROFILES)
    if not sys.stdin.isatty():
        return profiles[0]
    said = input("签名算法 Signatures: [1] 国密 SM2 with SM3  [2] 国际 international Ed25519  (1) ").strip()
    return profiles[1] if said in {"2", profiles[1]} else profiles[0]
