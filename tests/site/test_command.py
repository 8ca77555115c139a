"""The command says what came of it: in words, in JSON, and never in a traceback."""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import own_environment
from tongban.kernel.errors import Conflict, DeclarationErrors, InvalidDeclaration, NotFound, TongbanError
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.site.command import main, parser
from tongban.site.voice import EXIT_BY_STATUS, Voice, language_of


def _run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tongban.site.command", *arguments],
        env={**own_environment(), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("line", [["--json", "ledger", "head"], ["ledger", "head", "--json"]])
def test_json_may_be_asked_for_before_and_after_the_verb(line: list[str]) -> None:
    assert parser().parse_args(line).json


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
        ({"LANG": "C"}, "en"),
        ({}, "en"),
    ],
)
def test_the_terminal_is_answered_in_its_language(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language


def test_a_folder_that_is_no_city_is_refused_in_one_sentence(tmp_path: Path) -> None:
    for language, word in (("en_GB.UTF-8", "no city's folder"), ("zh_CN.UTF-8", "不是城市目录")):
        done = _run("city", "check", TONGBAN_CITY=str(tmp_path), LC_ALL=language, PYTHONUTF8="1")
        assert done.returncode == 4
        assert word in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_a_store_that_cannot_be_opened_says_what_to_run(tmp_path: Path) -> None:
    done = _run("ledger", "head", DATABASE_URL=f"sqlite:///{tmp_path}/nowhere/at.all")
    assert done.returncode == 5
    assert "tongban city build" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_is_neither_of_the_two_is_refused() -> None:
    done = _run("ledger", "head", DATABASE_URL="mysql://somewhere/x")
    assert done.returncode == 1
    assert "mysql" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_line_that_is_not_understood_is_exit_code_two() -> None:
    assert _run("fly").returncode == 2


def test_an_empty_node_has_empty_logs(database: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "head", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_an_unknown_entry_is_not_found(database: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "proof", "0" * 26, "--json"]) == EXIT_BY_STATUS[404]
    said = json.loads(capsys.readouterr().out)
    assert said["error"]["code"] == "ledger.no_entry"


@pytest.mark.parametrize(("language", "title"), [("zh", "没有查到"), ("en", "Not found")])
def test_a_refusal_in_json_is_the_problem_that_the_interface_gives_in_the_language_asked_for(
    database: None, capsys: pytest.CaptureFixture[str], language: str, title: str
) -> None:
    assert main(["ledger", "proof", "0" * 26, "--json", "--lang", language]) == EXIT_BY_STATUS[404]
    error = json.loads(capsys.readouterr().out)["error"]
    assert set(error) == {"type", "title", "status", "detail", "code", "todo"}
    assert (error["title"], error["status"], error["code"]) == (title, 404, "ledger.no_entry")
    assert is_chinese(error["detail"]) is is_chinese(error["todo"]) is (language == "zh")


def is_chinese(said: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in said)


NOT_UNDERSTOOD = [
    ["fly"],
    [],
    ["pack"],
    ["file", "open-company"],
    ["ledger", "head", "one", "two"],
    ["ledger", "head", "--what"],
    ["pack", "show", "open-company", "--on", "soon"],
    ["pack", "show", "open-company", "--on"],
    ["demonstration", "--people", "many"],
    ["ledger", "head", "--lang", "fr"],
]


@pytest.mark.parametrize("line", NOT_UNDERSTOOD, ids=" ".join)
def test_a_line_that_is_not_understood_is_told_in_the_askers_language(
    line: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for language in ("zh_CN.UTF-8", "en_GB.UTF-8"):
        monkeypatch.setenv("LC_ALL", language)
        assert main(["--json", *line]) == 2
        error = json.loads(capsys.readouterr().out)["error"]
        assert error["code"] == "command.not_understood"
        assert "tongban" in error["todo"]
        if language.startswith("zh"):
            assert "命令有误：" in error["detail"]
            for english in ("required", "invalid", "unrecognized", "expected", "choose from"):
                assert english not in error["detail"]
        else:
            assert error["detail"].startswith("The command is not understood: ")


def test_a_language_on_the_line_goes_before_that_of_the_terminal() -> None:
    chinese = {"LANG": "zh_CN.UTF-8"}
    assert language_of(chinese, ["ledger", "head", "--lang", "en"]) == "en"
    assert language_of(chinese, ["--lang=en", "ledger", "head"]) == "en"
    assert language_of(chinese, ["ledger", "head", "--lang"]) == "zh"
    assert language_of({"LANG": "C"}, ["--lang", "zh"]) == "zh"


def _trouble(kind: type[TongbanError]) -> TongbanError:
    return kind("x.y", what=Text("错了。", "Wrong."), todo=Text("改。", "Mend it."))


def test_every_line_that_is_wrong_is_told_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    told = Text("错了。", "Wrong."), Text("改。", "Mend it.")
    several = DeclarationErrors(
        [
            InvalidDeclaration("x.y", what=told[0], todo=told[1], file="city.yaml", line=line)
            for line in (3, 7)
        ]
    )
    voice = Voice("en", False, sys.stdout, sys.stderr)
    assert voice.refusal(several) == 1
    assert capsys.readouterr().err.splitlines() == [
        "city.yaml:3: Wrong. Mend it.",
        "city.yaml:7: Wrong. Mend it.",
    ]


def test_kinds_of_refusal_can_be_told_apart_by_a_program() -> None:
    voice = Voice("en", True, sys.stdout, sys.stderr)
    assert voice.refusal(_trouble(NotFound)) != voice.refusal(_trouble(Conflict))


def _leaves(
    top: argparse.ArgumentParser, name: str = "tongban"
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    inner = [each for each in top._actions if isinstance(each, argparse._SubParsersAction)]
    if not inner:
        yield name, top
    for action in inner:
        for verb, leaf in action.choices.items():
            yield from _leaves(leaf, f"{name} {verb}")


def test_the_help_of_every_verb_shows_json() -> None:
    leaves = dict(_leaves(parser()))
    assert len(leaves) > 15
    assert [name for name, leaf in leaves.items() if "answer in JSON" not in leaf.format_help()] == []


def test_checking_a_city_shows_what_it_reads(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["city", "check", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["sound"] is True
    assert "open-company" in said.err
    assert len(said.err.splitlines()) >= 4


def test_recovering_shows_which_logs_it_compares(database: None, capsys: pytest.CaptureFixture[str]) -> None:
    keys = ledger.keys_folder()
    if ledger.public_log_key(keys) is None:
        ledger.make_log_key(keys, "990100")
    (ledger.logs_folder() / "decisions").mkdir(parents=True, exist_ok=True)
    assert main(["recover", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == []
    assert "decisions" in said.err
