"""Reading the command line: what is not understood is said in the asker's language, as anything else is."""

import argparse
import re
from typing import NoReturn

from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text

# argparse has its sentences in English only; the rest of a sentence (names, values) stays as it is.
CHINESE: tuple[tuple[str, str], ...] = (
    (r"the following arguments are required: (.*)", r"缺少：\1"),
    (r"unrecognized arguments: (.*)", r"多余的参数：\1"),
    (r"argument (.*?): invalid choice: (.*?) \(choose from (.*)\)", r"\1 不能是 \2，可用：\3"),
    (r"argument (.*?): expected one argument", r"\1 后面应有一个值"),
    (r"argument (.*?): expected at least one argument", r"\1 后面应至少有一个值"),
    (r"argument (.*?): not allowed with argument (.*)", r"\1 不能与 \2 同时使用"),
    (r"argument (.*?): invalid (\w+) value: (.*)", r"\1 的值 \3 无法识别"),
    (r"ambiguous option: (.*?) could match (.*)", r"\1 不明确，可能是：\2"),
    (r"argument (.*?): (.*)", r"\1：\2"),
)


class NotUnderstood(Invalid):
    """A command line that says nothing that `tongban` can do."""


class Line(argparse.ArgumentParser):
    """A parser whose refusals are errors like any other."""

    def error(self, message: str) -> NoReturn:
        """Raise NotUnderstood with what is wrong, and how it is written."""
        usage = " ".join(self.format_usage().split()).removeprefix("usage: ")
        raise NotUnderstood(
            "command.not_understood",
            what=Text(f"命令有误：{chinese(message)}。", f"The command is not understood: {message}."),
            todo=Text(f"用法：{usage}", f"Usage: {usage}"),
        )


def chinese(message: str) -> str:
    """Say one of argparse's sentences in Chinese; one that is not known stays as it is."""
    for english, said in CHINESE:
        if re.fullmatch(english, message, re.DOTALL):
            return re.sub(english, said, message, flags=re.DOTALL)
    return message
