"""Licence types as the city's file declares them (cities/<name>/licence-types.yaml)."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from tongban.kernel.declarations import Declaration, TextField, checked, read
from tongban.kernel.errors import InvalidDeclaration, InvalidValue
from tongban.kernel.texts import Text
from tongban.kernel.values import credit_code

FieldType = Literal["text", "date", "integer", "cents", "list", "boolean"]
Mark = Literal["found", "recalled", "gap"]
HolderType = Literal["001", "111"]  # 001 unified social credit code, 111 resident ID (GA/T 2000.156)

_CODE = re.compile(r"[0-9A-Z]{18}[0-9]{3}")


def _check_type_code(text: str) -> str:
    """Check a type code: the defining authority's credit code and three digits (GB/T 36904 practice)."""
    if not _CODE.fullmatch(text):
        raise InvalidValue(
            "licences.type_code",
            what=Text(f"“{text}”不是证照类型代码。", f"'{text}' is no licence type code."),
            todo=Text(
                "应为定义机构的18位统一社会信用代码加3位数字。",
                "Write the defining authority's credit code of 18 characters and three digits.",
            ),
        )
    credit_code.parse(text[:18])
    return text


class LicenceField(Declaration):
    """One thing that is written on a licence of the type."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
    """Its name in the content, as packs fill it."""
    name: TextField
    """How it is called on the licence."""
    type: FieldType = "text"
    """What kind of value it takes; cents are whole cents of Renminbi."""
    required: bool = True
    """Whether a licence without it cannot be prepared."""
    element: str | None = None
    """The element that this field answers when the licence serves as a source."""


class DefiningAuthority(Declaration):
    """Who defines the type for the whole country."""

    code: Annotated[str, checked(credit_code.parse)]
    """Its unified social credit code; provisional where the type's mark is gap."""
    name: TextField
    """Its name."""


class LicenceType(Declaration):
    """One type of licence: its code, what is written on it, in which order, and for how long it holds."""

    code: Annotated[str, checked(_check_type_code)]
    """The type code of 21 characters."""
    name: TextField
    """The licence's name."""
    define_authority: DefiningAuthority
    """Who defines the type."""
    mark: Mark
    """found: read in a real identifier; gap: no national code could be established, it is provisional."""
    source: str
    """Where the code comes from, or why it is provisional."""
    holder_type: HolderType
    """What its holder is identified by."""
    number_field: str
    """Which field is the licence's own number (证照号码)."""
    valid_months: int | None = None
    """For how many months it holds; without a number it has no end (长期)."""
    resource: str | None = None
    """The resource under which licences of this type answer as a source."""
    key_element: str | None = None
    """The element by which that source is asked: the holder's number."""
    fields: tuple[LicenceField, ...]
    """What is written on it, in printing order."""

    def field(self, code: str) -> LicenceField | None:
        """Give the field of that name."""
        return next((field for field in self.fields if field.code == code), None)


class LicenceTypes(Declaration):
    """The whole file."""

    as_of: date
    """The day on which its author last compared it with its sources."""
    types: tuple[LicenceType, ...]
    """Every type that an office of the city issues."""


def read_types(city: Path) -> tuple[LicenceType, ...]:
    """Read and check the city's licence types; raises InvalidDeclaration at the line that is wrong."""
    declared = read(city / "licence-types.yaml", LicenceTypes)
    seen: set[str] = set()
    for place, kind in enumerate(declared.value.types):
        if kind.code in seen:
            raise _at(
                declared.file,
                declared.line("types", place, "code"),
                f"类型代码 {kind.code} 重复",
                f"{kind.code} is declared twice",
            )
        seen.add(kind.code)
        if kind.field(kind.number_field) is None:
            raise _at(
                declared.file,
                declared.line("types", place, "number_field"),
                f"number_field“{kind.number_field}”不在 fields 中",
                f"number_field {kind.number_field!r} is none of its fields",
            )
        if kind.define_authority.code != kind.code[:18]:
            raise _at(
                declared.file,
                declared.line("types", place, "define_authority"),
                "定义机构代码与类型代码前18位不一致",
                "the defining authority is not the one that the type code begins with",
            )
    return declared.value.types


def _at(file: str, line: int, zh: str, en: str) -> InvalidDeclaration:
    return InvalidDeclaration(
        "licences.type",
        what=Text(f"{zh}。", f"In this licence type, {en}."),
        todo=Text("请改正该处。", "Correct it there."),
        file=file,
        line=line,
    )
