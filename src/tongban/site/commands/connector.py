"""`tongban connector check [NAME]`: what is wrong with the road to another organisation's system."""

import argparse

from tongban.exchange import api as exchange
from tongban.kernel.texts import Text
from tongban.site.roads import open_here
from tongban.site.voice import Voice

MARKS = {"good": "✓", "note": "·", "wrong": "✗"}
WRONG = 1


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", spoken: argparse.ArgumentParser
) -> None:
    """Add `connector` with its verb."""
    top = verbs.add_parser("connector", help="the roads to other organisations' systems 连接器")
    inner = top.add_subparsers(dest="connector_verb", required=True, metavar="VERB")
    checked = inner.add_parser("check", parents=[spoken], help="compare with the catalogue and ask 检查")
    checked.add_argument("name", nargs="?", help="one connector; all when left out")
    checked.set_defaults(run=check)


def check(asked: argparse.Namespace, voice: Voice) -> int:
    """Check connectors; asks each system with keys that are nobody's. 1 when anything is wrong."""
    road = open_here()
    names = [asked.name] if asked.name else sorted(road.lanes)
    found = [(name, finding) for name in names for finding in exchange.check_connector(road, name)]
    lines = [_line(name, one) for name, one in found]
    shapes = [
        {"connector": name, "grade": one.grade, "where": one.where, "what": one.what, "todo": one.todo}
        for name, one in found
    ]
    voice.result(shapes, lines)
    return WRONG if any(one.grade == "wrong" for _, one in found) else 0


def _line(name: str, one: exchange.Finding) -> Text:
    """Say one finding; what is good needs nothing done."""
    begun = f"{MARKS[one.grade]} {name} {one.where} "
    if one.grade == "good":
        return Text(begun + one.what.zh, begun + one.what.en)
    return Text(f"{begun}{one.what.zh}{one.todo.zh}", f"{begun}{one.what.en} {one.todo.en}")
