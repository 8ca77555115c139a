"""`tongban demonstration` (make run): builds the city, starts everything, files one company, serves on."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from tongban.kernel.clock import SystemClock
from tongban.kernel.errors import Conflict, SourceDown
from tongban.kernel.ids import chance
from tongban.kernel.texts import Text
from tongban.site.accounts import PEOPLE_CODE, accounts, one_of_each, people
from tongban.site.building import Builder
from tongban.site.city import city_file, here
from tongban.site.commands.file import scene
from tongban.site.first_filing import Filed, file_sample, summary
from tongban.site.places import endpoints, outputs
from tongban.site.processes import Crew, Program, require_free
from tongban.site.serving import serve, web
from tongban.site.voice import Voice
from tongban.site.witnessing import witness_programs

PEOPLE = 20_000
OUTSIDE_PORTS = tuple(range(8701, 8712))  # of the other organisations' systems, unless one is taken
BUNDLE = "open-company"
SAMPLE = Path("packs") / BUNDLE / "samples" / "sole-owner.json"


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", spoken: argparse.ArgumentParser
) -> None:
    """Add `demonstration`."""
    made = verbs.add_parser("demonstration", parents=[spoken], help="the fictional city, running 演示城市")
    made.add_argument("--once", action="store_true", help="stop after the first filing 办完即止")
    made.add_argument("--people", type=int, default=PEOPLE, help="how many people live there")
    made.set_defaults(run=run)


def run(asked: argparse.Namespace, voice: Voice) -> int:
    """Run the demonstration; with --once the exit code says whether everything in it went well."""
    _require_demonstration()
    require_free([web(settings.PORT)])  # before the minute of work, not after it
    people = _generate(asked.people, voice)
    Builder(here(), SystemClock(), chance(), voice.progress).build()
    if people.wait() != 0:
        raise _outside_failed(outputs() / "generate.log")
    crew = Crew(outputs())
    try:
        voice.progress(
            Text(
                "正在启动其他单位的系统和见证方 …",
                "Starting the other organisations' systems and the witnesses …",
            )
        )
        crew.start_together([_outside(), *witness_programs(here(), SystemClock().now())])
        _write_endpoints()
        voice.progress(Text("正在启动签章、网页和办理进程 …", "Starting signers, web and worker …"))
        serve(crew, settings.PORT)
        filed = file_sample(scene(settings.ORIGIN), settings.CITY / SAMPLE, BUNDLE, voice)
        if asked.once:
            voice.result(filed.as_dict(), list(summary(filed)))
            return 0 if filed.went_well else 1
        _say_addresses(voice, filed)
        crew.watch()
    finally:
        crew.stop()
    return 0


def _require_demonstration() -> None:
    if not city_file(Path(settings.CITY)).demonstration:
        raise Conflict(
            "demonstration.real_city",
            what=Text("该城市不是演示城市。", "This city is not a demonstration."),
            todo=Text(
                "真实城市请用 tongban city build 和 tongban serve。",
                "Use `tongban city build` and `tongban serve`.",
            ),
        )


def _data() -> Path:
    return Path(settings.VAR) / "demo"


def _generate(people: int, voice: Voice) -> "subprocess.Popen[bytes]":
    """Begin to make the city's people, enterprises and addresses; made before, they are kept."""
    voice.progress(Text(f"正在生成 {people} 名居民的数据 …", f"Making the data of {people} people …"))
    outputs().mkdir(parents=True, exist_ok=True, mode=0o700)
    with (outputs() / "generate.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "demo.generate", "--people", str(people), "--out", str(_data())],
            cwd=settings.ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def _outside_failed(log: Path) -> SourceDown:
    words = log.read_text("utf-8", errors="replace")[-1000:].strip()
    return SourceDown(
        "demonstration.no_data",
        what=Text(f"演示数据未能生成。{words}", f"The demonstration's data could not be made. {words}"),
        todo=Text("请执行 make clean 后重试。", "Run `make clean`, then try again."),
    )


def _outside() -> Program:
    """The other organisations' systems, on their usual ports or, when one is taken, on free ones."""
    written = _data() / "endpoints.json"
    written.unlink(missing_ok=True)
    usual = Program(
        "outside",
        ("-m", "demo.run", "--data", str(_data())),
        ready=lambda _output: written.exists(),
        ports=OUTSIDE_PORTS,
        environment={"PYTHONPATH": str(settings.ROOT)},
        restart=False,
    )
    try:
        require_free([usual])
    except Conflict:
        return Program(
            usual.name, (*usual.command, "--free-ports"), usual.ready, environment=usual.environment
        )
    return usual


def _write_endpoints() -> None:
    """Tell the node where these systems are, and the desk that enters enterprises at the market office."""
    told = json.loads((_data() / "endpoints.json").read_text("utf-8"))
    controls = json.loads((_data() / "controls.json").read_text("utf-8"))
    told["market_desk"] = controls["market"].removesuffix("/_control")
    endpoints().write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _say_addresses(voice: Voice, filed: Filed) -> None:
    """Say what came of the first filing, then where to go and as whom."""
    lines: list[Text | str] = [
        *summary(filed),
        "",
        Text(f"办事门户    {settings.ORIGIN}/", f"Portal      {settings.ORIGIN}/"),
        Text(f"工作台      {settings.ORIGIN}/workbench/", f"Workbench   {settings.ORIGIN}/workbench/"),
        Text(f"机器接口    {settings.ORIGIN}/api/v1/docs", f"Machines    {settings.ORIGIN}/api/v1/docs"),
        "",
        *_accounts(),
        "",
        Text("按 Ctrl-C 结束。", "Ctrl-C ends everything."),
    ]
    voice.result({"origin": settings.ORIGIN, **filed.as_dict()}, lines)
    sys.stdout.flush()


def _accounts() -> list[Text | str]:
    """List one member of staff of each kind, and the people who can sign in at the portal."""
    listed = accounts(SystemClock().now())
    return [
        Text(
            f"演示人员（登录名、口令、当前动态口令；共 {len(listed)} 人，tongban account 列出全部）",
            f"Staff (login, password, one-time code now; `tongban account` lists all {len(listed)})",
        ),
        *(each.line() for each in one_of_each(listed)),
        "",
        Text(
            f"演示居民（在门户登录时选择，验证码一律 {PEOPLE_CODE}）",
            f"People (choose one when you sign in at the portal; the code is always {PEOPLE_CODE})",
        ),
        *(f"  {each['number']}  {each['name']}  {each['note']}" for each in people()),
    ]
