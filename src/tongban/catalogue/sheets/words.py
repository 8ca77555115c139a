"""One cell to one value and back, as its column says. Pure."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from tongban.catalogue.sheets.columns import Column, Kind
from tongban.kernel.texts import Text

BETWEEN = re.compile(r"[、，,；;\s]+")
BRANCH = "·"  # 基础·人口 may be written 人口
# Other words of the guide's lists; that they stand there is recalled.
ALSO: Final[Mapping[str, Mapping[str, str]]] = {
    "kind": {"数值型": "integer", "备注型": "text", "文本型": "text"},
    "open": {"是": "unconditional", "否": "none"},
    "share.class": {"无条件": "unconditional", "有条件": "conditional", "不予": "none"},
}
FLAGS = {"是": True, "否": False, "true": True, "false": False}


class Unread(Exception):
    """A cell does not say what its column holds."""

    def __init__(self, what: Text, todo: Text) -> None:
        super().__init__(what.en)
        self.what, self.todo = what, todo


def read_cell(column: Column, said: str, english: str) -> Any:
    """Give the value of a cell, None where it is empty; raises Unread."""
    if not said:
        return None
    if column.kind == "text":
        return {"zh": said, "en": english or said}
    return READERS[column.kind](column, said)


def write_cell(column: Column, value: Any) -> str:
    """Give the Chinese cell of a value as `read_cell` reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return WRITERS[column.kind](column, value)


def _parts(_column: Column, said: str) -> list[str]:
    return [part for part in BETWEEN.split(said) if part]


def _flag(column: Column, said: str) -> bool:
    if said.lower() not in FLAGS:
        raise _unread(column, said, "是、否")
    return FLAGS[said.lower()]


def _closed(column: Column, said: str) -> dict[str, dict[str, str]]:
    codes = _codes(said)
    if codes is None:
        raise _unread(column, said, "代码=中文|English")
    return codes


def _word(column: Column, said: str) -> str:
    words = column.words or {}
    plain = re.sub(r"[A-Z]$", "", said)  # 字符型C
    for code, text in words.items():
        if said in (code, text.zh, text.en) or plain in (text.zh, text.zh.partition(BRANCH)[2]):
            return code
    also = ALSO.get(column.word, {})
    if plain in also:
        return also[plain]
    raise _unread(column, said, "、".join(text.zh for text in words.values()))


def _spoken(column: Column, code: str) -> str:
    return (column.words or {})[code].zh


def _unread(column: Column, said: str, choice: str) -> Unread:
    return Unread(
        Text(f"“{column.header}”不能写“{said}”。", f"{column.header} cannot be {said!r}."),
        Text(f"请填写：{choice}。", f"Write one of: {choice}."),
    )


def _codes(written: str) -> dict[str, dict[str, str]] | None:
    """Read a closed list of codes: code=Chinese|English, one a line, or JSON; None where it is neither."""
    if written.startswith("{"):
        try:
            found = json.loads(written)
        except ValueError:
            return None
        return found if isinstance(found, dict) else None
    codes = {}
    for line in re.split(r"[\n；]", written):
        code, equals, meaning = line.partition("=")
        zh, _, en = meaning.partition("|")
        if not (equals and code.strip() and zh.strip()):
            return None
        codes[code.strip()] = {"zh": zh.strip(), "en": en.strip() or zh.strip()}
    return codes


def _codes_written(codes: Mapping[str, Mapping[str, str]]) -> str:
    """Write a list of codes a line each; as JSON where a line would not read back as it was."""
    lines = "\n".join(f"{code}={said['zh']}|{said['en']}" for code, said in codes.items())
    return lines if _codes(lines) == codes or not codes else json.dumps(codes, ensure_ascii=False)


READERS: Final[Mapping[Kind, Callable[[Column, str], Any]]] = {
    "plain": lambda _column, said: said,
    "word": _word,
    "words": lambda column, said: [_word(column, part) for part in _parts(column, said)],
    "list": _parts,
    "flag": _flag,
    "codes": _closed,
}
WRITERS: Final[Mapping[Kind, Callable[[Column, Any], str]]] = {
    "text": lambda _column, value: str(value["zh"]),
    "plain": lambda _column, value: str(value),
    "word": _spoken,
    "words": lambda column, value: "、".join(_spoken(column, each) for each in value),
    "list": lambda _column, value: "、".join(value),
    "flag": lambda _column, value: str(value),
    "codes": lambda _column, value: _codes_written(value),
}
