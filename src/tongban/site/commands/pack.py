"""`tongban pack check|test|show|schema|diff`: what whoever writes a pack needs, without a running node."""

import argparse
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.conf import settings

from tongban.items import api as items
from tongban.kernel.clock import SystemClock, civil_date
from tongban.kernel.declarations import raise_all
from tongban.kernel.errors import NotFound
from tongban.kernel.texts import Text
from tongban.registry import api as registry
from tongban.site.city import city_file
from tongban.site.rehearsal import Rehearsal, rehearsal
from tongban.site.voice import Voice

FAILED = 1


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", spoken: argparse.ArgumentParser
) -> None:
    """Add `pack` with its verbs."""
    top = verbs.add_parser("pack", help="check, test, show and compare packs 事项包")
    inner = top.add_subparsers(dest="pack_verb", required=True, metavar="VERB")
    which = "its folder, or its name in the city's packs 目录或名称"
    checked = inner.add_parser("check", parents=[spoken], help="every fault at its file and line 检查")
    checked.add_argument("pack", help=which)
    checked.set_defaults(run=check)
    tested = inner.add_parser("test", parents=[spoken], help="its case tables and samples 测试")
    tested.add_argument("pack", help=which)
    tested.add_argument("--quick", action="store_true", help="without the journeys, which take minutes 快速")
    tested.add_argument("--only", metavar="SAMPLE", help="one journey 只演练一个样例")
    tested.set_defaults(run=test)
    shown = inner.add_parser("show", parents=[spoken], help="the plan and what is asked 查看办理方案")
    shown.add_argument("pack", help=which)
    shown.add_argument("--division", help="where it is filed; a county of the city when left out")
    shown.add_argument("--on", type=_day, help="as of a day, YYYY-MM-DD")
    shown.set_defaults(run=show)
    told = inner.add_parser("schema", parents=[spoken], help="the JSON Schema of a pack's files 结构定义")
    told.set_defaults(run=schema)
    compared = inner.add_parser("diff", parents=[spoken], help="what changes for people 比较两个版本")
    compared.add_argument("old", help=which)
    compared.add_argument("new", help=which)
    compared.set_defaults(run=diff)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: write a day such as 2026-01-31 请写日期") from None


def _today() -> date:
    return civil_date(SystemClock().now())


def _city() -> Path:
    return Path(settings.CITY)


def folder_of(pack: str) -> Path:
    """Find a pack by its folder or by its name in the city; raises NotFound naming those there are."""
    found = [path for path in (Path(pack), _city() / "packs" / pack) if (path / "pack.yaml").is_file()]
    if found:
        return found[0]
    names = ", ".join(sorted(path.parent.name for path in (_city() / "packs").glob("*/pack.yaml")))
    raise NotFound(
        "pack.no_folder",
        what=Text(f"没有事项包“{pack}”。", f"There is no pack {pack!r}."),
        todo=Text(f"请写目录，或以下名称之一：{names}。", f"Name its folder, or one of these: {names}."),
    )


def _surroundings(on: date) -> items.Surroundings:
    return items.surroundings_of(_city(), on)


def check(asked: argparse.Namespace, voice: Voice) -> int:
    """Check a pack beside its city; every fault is told."""
    folder = folder_of(asked.pack)
    pack = items.load_pack(folder)
    faults = items.find_faults(pack, _surroundings(_today()))
    if faults:
        raise_all(faults)
    voice.result(
        {"pack": pack.code, "version": pack.version, "sound": True},
        [Text(f"{pack.code} 第{pack.version}版检查通过。", f"{pack.code} {pack.version} is in order.")],
    )
    return 0


def test(asked: argparse.Namespace, voice: Voice) -> int:
    """Try a pack: its statements, its case tables, and its samples played on a whole node of their own."""
    folder, around = folder_of(asked.pack), _surroundings(_today())
    _require_sample(folder, asked.only)
    if asked.quick:
        trial = items.try_pack(folder, around)
    else:
        voice.progress(Text("正在搭建演练环境 …", "Building a node to rehearse on …"))
        with rehearsal(folder) as stage:
            trial = items.try_pack(folder, around, _runner(stage, asked.only, voice))
    return _tell(trial, voice)


def _require_sample(folder: Path, only: str | None) -> None:
    names = sorted(path.stem for path in (folder / "samples").glob("*.json"))
    if only is not None and only not in names:
        raise NotFound(
            "pack.no_sample",
            what=Text(f"没有样例“{only}”。", f"There is no sample {only!r}."),
            todo=Text(f"请写以下之一：{'、'.join(names)}。", f"Use one of: {', '.join(names)}."),
        )


def _runner(stage: Rehearsal, only: str | None, voice: Voice) -> items.Runner:
    """Play a sample, saying so; with `only`, the others count as not run."""

    def run(sample: items.Sample) -> Sequence[items.Observed] | None:
        if only is not None and sample.key != only:
            return None
        voice.progress(Text(f"正在演练 {sample.key} …", f"Playing {sample.key} …"))
        return stage.run(sample)

    return run


def _tell(trial: items.PackTrial, voice: Voice) -> int:
    """Say what was tried, what failed and why, and what was not run."""
    lines: list[Text | str] = []
    for tried in trial.tried:
        mark = "·" if tried.skipped else ("✓" if tried.is_right else "✗")
        lines.append(f"{mark} {tried.kind:<8} {tried.name}")
        lines.extend(f"    {said.spoken(voice.language)}" for said in tried.said)
    skipped = sum(tried.skipped for tried in trial.tried)
    failed = sum(not tried.is_right for tried in trial.tried)
    lines.append(
        Text(
            f"共 {len(trial.tried)} 项，失败 {failed} 项，未运行 {skipped} 项。",
            f"{len(trial.tried)} tried, {failed} failed, {skipped} not run.",
        )
    )
    shapes = [
        {
            "kind": t.kind,
            "name": t.name,
            "right": t.is_right,
            "skipped": t.skipped,
            "said": [said.spoken(voice.language) for said in t.said],
        }
        for t in trial.tried
    ]
    voice.result({"right": trial.is_right, "tried": shapes}, lines)
    return 0 if trial.is_right else FAILED


def show(asked: argparse.Namespace, voice: Voice) -> int:
    """Print the plan for the fewest people, and the two totals by how sure their basis is."""
    on = asked.on or _today()
    around = _surroundings(on)
    made = items.bundle_of(items.load_pack(folder_of(asked.pack)), around.book)
    division = _division(asked.division)
    party = items.Answers(items.smallest_cast(made))
    plan = items.plan(made, around.book, division, party, on, policies=around.policies)
    printed = items.show(made, around.book, division, on, policies=around.policies, language=voice.language)
    voice.result(items.plan_as_json(made, plan), [printed])
    return 0


def _division(asked: str | None) -> str:
    """Give the place asked for, or one where people file: a division below the city, or the city itself."""
    own = city_file(_city()).code
    known = registry.check_city(_city()).division_values()
    below = [each.code for each in known if each.parent == own] or [own]
    if asked is not None and asked not in {each.code for each in known}:
        raise NotFound(
            "pack.no_division",
            what=Text(f"本市没有区划 {asked}。", f"The city has no division {asked}."),
            todo=Text(f"例如：{'、'.join(below)}。", f"For instance {', '.join(below)}."),
        )
    return asked or below[0]


def schema(asked: argparse.Namespace, voice: Voice) -> int:
    """Print the schema that editors check a pack's files with."""
    del asked
    made = items.schema()
    voice.result(made, [json.dumps(made, ensure_ascii=False, indent=2)])
    return 0


def diff(asked: argparse.Namespace, voice: Voice) -> int:
    """Say what changes for people between two packs, or between two states of one."""
    book = _surroundings(_today()).book
    old, new = (items.bundle_of(items.load_pack(folder_of(each)), book) for each in (asked.old, asked.new))
    changes = items.diff(old, new)
    lines: list[Text | str] = [
        Text(f"{c.about} {c.key} {c.words.zh}", f"{c.about} {c.key} {c.words.en}") for c in changes
    ]
    shapes = [{"about": c.about, "how": c.how, "key": c.key, "words": c.words} for c in changes]
    voice.result(shapes, lines or [Text("没有变化。", "Nothing changes.")])
    return 0
