"""`tongban city check|build`: read what a city declares, and bring the node to it."""

import argparse

from tongban.kernel.clock import SystemClock, civil_date
from tongban.kernel.ids import chance
from tongban.kernel.texts import Text
from tongban.site.building import Builder, check
from tongban.site.city import here
from tongban.site.voice import Voice


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", spoken: argparse.ArgumentParser
) -> None:
    """Add `city` with its verbs."""
    top = verbs.add_parser("city", help="check and build what a city declares 城市目录")
    inner = top.add_subparsers(dest="city_verb", required=True, metavar="VERB")
    checked = inner.add_parser("check", parents=[spoken], help="read every file, change nothing 检查")
    checked.set_defaults(run=check_city)
    built = inner.add_parser("build", parents=[spoken], help="tables, keys and registers 建立")
    built.set_defaults(run=build_city)


def check_city(asked: argparse.Namespace, voice: Voice) -> int:
    """Read every declaration of the city; the first refusal names file and line."""
    del asked
    node = here()
    check(node.city, civil_date(SystemClock().now()), voice.progress)
    voice.result(
        {"city": node.code, "name": node.name, "sound": True},
        [Text(f"{node.name}（{node.code}）检查通过。", f"{node.name} ({node.code}) is in order.")],
    )
    return 0


def build_city(asked: argparse.Namespace, voice: Voice) -> int:
    """Bring the node to what the city declares."""
    del asked
    node = here()
    Builder(node, SystemClock(), chance(), voice.progress).build()
    voice.result(
        {"city": node.code, "name": node.name, "built": True},
        [Text(f"{node.name}（{node.code}）已建立。", f"{node.name} ({node.code}) is built.")],
    )
    return 0
