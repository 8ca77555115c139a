"""Identifiers of electronic licences (电子证照标识, GB/T 36904): type, issuer, serial, version, check."""

import re
from dataclasses import dataclass

from tongban.kernel.errors import InvalidValue
from tongban.kernel.texts import Text
from tongban.kernel.values import check_characters, credit_code
from tongban.kernel.values.writing import as_code, require_check

ROOT = "1.2.156.3005.2"  # the object identifier under which all electronic licences of the country stand
NAME = Text(zh="电子证照标识", en="licence identifier")
PARTS = (
    (
        "type",
        re.compile(r"[0-9A-Z]{18}[0-9A-Z]{3}"),
        Text(zh="证照类型代码（21位）", en="type code of 21 characters"),
    ),
    (
        "issuer",
        re.compile(r"[0-9A-Z]{18}|[0-9]{6}"),
        Text(zh="颁发机构代码（18位或6位）", en="issuer of 18 or 6"),
    ),
    (
        "serial",
        re.compile(r"[0-9A-Z]{1,20}"),
        Text(zh="流水号（1至20位）", en="serial of 1 to 20 characters"),
    ),
    ("version", re.compile(r"[0-9]{3}"), Text(zh="版本号（3位数字）", en="version of 3 digits")),
    ("check", re.compile(r"[0-9A-Z]"), Text(zh="校验位（1位）", en="check character")),
)


@dataclass(frozen=True, slots=True)
class LicenceIdentifier:
    """A licence's name for life; a change or renewal raises `version` and keeps the rest."""

    type_code: str
    issuer: str
    serial: str
    version: str
    check: str

    @property
    def text(self) -> str:
        """The identifier with its root, as it is printed and coded in a QR."""
        return f"{ROOT}.{self.short}"

    @property
    def short(self) -> str:
        """The identifier without its root, as it is often stored."""
        return ".".join((self.type_code, self.issuer, self.serial, self.version, self.check))

    def __str__(self) -> str:
        return self.text


def parse(text: str) -> LicenceIdentifier:
    """Read an identifier, with its root or without, or say which part is wrong."""
    code = as_code(text).removeprefix(f"{ROOT}.")
    parts = code.split(".")
    if len(parts) != len(PARTS):
        raise _wrong(f"应由5段组成，现为{len(parts)}段", f"it has five parts, this has {len(parts)}")
    for written, (_, shape, name) in zip(parts, PARTS, strict=True):
        if not shape.fullmatch(written):
            raise _wrong(f"“{written}”不是有效的{name.zh}", f"'{written}' is no {name.en}")
    credit_code.parse(parts[0][:18])
    if len(parts[1]) == 18:
        credit_code.parse(parts[1])
    body = "".join(parts[:4])
    expected = check_characters.of_licence_identifier(body)
    require_check(body + parts[4], expected, name=NAME, kind="licence_identifier")
    return LicenceIdentifier(*parts)


def compose(type_code: str, issuer: str, serial: str, version: int) -> LicenceIdentifier:
    """Make the identifier of a type, an issuer, a serial and a version from 1."""
    written = f"{version:03}"
    check = check_characters.of_licence_identifier(f"{type_code}{issuer}{serial}{written}")
    return parse(f"{type_code}.{issuer}.{serial}.{written}.{check}")


def _wrong(zh: str, en: str) -> InvalidValue:
    return InvalidValue(
        "licence_identifier.shape",
        what=Text(zh=f"{NAME.zh}格式不符：{zh}。", en=f"This is no {NAME.en}: {en}."),
        todo=Text(zh="请完整复制证照上的标识。", en="Copy the identifier from the licence in full."),
    )
