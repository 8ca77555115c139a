"""`tongban catalogue import|export`: the city's catalogue from a sheet, and as one."""

import argparse
import re
from collections import Counter
from pathlib import Path
from typing import Any

from tongban.catalogue import api as catalogue
from tongban.kernel.errors import InvalidDeclaration, InvalidValue
from tongban.kernel.node import Node
from tongban.kernel.texts import Text
from tongban.registry import api as registry
from tongban.site.city import here
from tongban.site.voice import Voice

WRONG = 1
FORMS = (".xlsx", ".csv")
NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", spoken: argparse.ArgumentParser
) -> None:
    """Add `catalogue` with its verbs."""
    top = verbs.add_parser("catalogue", help="the catalogue from a sheet and as one 数据目录")
    inner = top.add_subparsers(dest="catalogue_verb", required=True, metavar="VERB")
    taken = inner.add_parser("import", parents=[spoken], help="read XLSX or CSV, say what is wrong 导入")
    taken.add_argument("file", type=Path, help="the sheet")
    taken.add_argument("--write", metavar="NAME", help="write it to catalogue/imported/NAME-001.yaml …")
    taken.set_defaults(run=take)
    given = inner.add_parser("export", parents=[spoken], help="write the catalogue as a sheet 导出")
    given.add_argument("file", type=Path, help="to be written: .xlsx or .csv")
    given.set_defaults(run=give)


def take(asked: argparse.Namespace, voice: Voice) -> int:
    """Read a sheet beside the city's own files; write what it holds only where nothing is wrong with it."""
    node = here()
    name = asked.write
    if name is not None and not NAME.fullmatch(name):
        raise InvalidValue(
            "catalogue.import_name",
            what=Text(f"“{name}”不能作为文件名。", f"{name!r} will not do as a file's name."),
            todo=Text("请用小写字母、数字和连字符。", "Use small letters, digits and hyphens."),
        )
    before = () if name is None else catalogue.imported_files(node.city, name)
    entries = catalogue.read_entries(node.city, without=before)
    found = catalogue.read_sheet(asked.file, catalogue.Surroundings(_owners(node), entries, node.code))
    written: tuple[Path, ...] = ()
    if name is not None and not found.wrong:
        written = catalogue.write_imported(node.city, name, found)
    voice.result(_shape(found, written), _lines(found, written, asked.file))
    return WRONG if found.wrong else 0


def give(asked: argparse.Namespace, voice: Voice) -> int:
    """Write every entry of the city's files as rows."""
    node = here()
    if asked.file.suffix.lower() not in FORMS:
        raise InvalidValue(
            "catalogue.export_form",
            what=Text(f"不能写成 {asked.file.name}。", f"{asked.file.name} cannot be written."),
            todo=Text("请用 .xlsx 或 .csv 结尾。", "End its name in .xlsx or .csv."),
        )
    names = {each.slug: each.name.zh for each in registry.check_city(node.city).organisation_values()}
    entries = catalogue.read_entries(node.city)
    catalogue.write_rows(asked.file, catalogue.sheet_of(entries, names))
    count = len(entries.resources)
    voice.result(
        {"file": str(asked.file), "entries": count},
        [Text(f"已写出 {count} 条目录：{asked.file}", f"{count} entries written to {asked.file}")],
    )
    return 0


def _owners(node: Node) -> dict[str, str]:
    """Give who there is by id, credit code, and a name that is nobody else's."""
    known = registry.check_city(node.city).organisation_values()
    names = Counter(each.name.zh for each in known)
    by_name = {each.name.zh: each.slug for each in known if names[each.name.zh] == 1}
    return (
        by_name | {each.credit_code: each.slug for each in known} | {each.slug: each.slug for each in known}
    )


def _shape(found: catalogue.Found, written: tuple[Path, ...]) -> dict[str, Any]:
    return {
        "rows": found.rows,
        "entries": len(found.resources),
        "elements": len(found.elements),
        "wrong": [
            {"row": one.line, "code": one.code, "what": one.what.as_dict(), "todo": one.todo.as_dict()}
            for one in found.wrong
        ],
        "unread_columns": list(found.unread),
        "own_codes": found.own_codes,
        "written": [str(path) for path in written],
    }


def _lines(found: catalogue.Found, written: tuple[Path, ...], file: Path) -> list[Text]:
    lines = [_line(one) for one in found.wrong]
    if found.unread:
        names = "、".join(found.unread)
        lines.append(Text(f"· 未读取的列：{names}", f"· columns that nothing was read from: {names}"))
    if found.own_codes:
        count = found.own_codes
        lines.append(
            Text(
                f"· {count} 个数据项没有编码，已按目录编号；如与其他目录是同一数据，请填写其数据元编码。",
                f"· {count} items had no code and got one of their entry's; where an item is the same datum "
                "as another entry's, write that element's code.",
            )
        )
    held = (found.rows, len(found.resources), len(found.elements), len(found.wrong))
    lines.append(
        Text(
            "{}：{} 行，{} 条目录，{} 个新数据元，{} 处错误。".format(file.name, *held),
            "{}: {} rows, {} entries, {} new elements, {} mistakes.".format(file.name, *held),
        )
    )
    lines += [Text(f"已写入 {path}", f"written: {path}") for path in written]
    return lines


def _line(one: InvalidDeclaration) -> Text:
    return Text(
        f"✗ 第{one.line}行 {one.what.zh}{one.todo.zh}", f"✗ row {one.line} {one.what.en} {one.todo.en}"
    )
