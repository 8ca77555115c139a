"""Licence types as the city's file declares them (cities/<name>/licence-types.yaml)."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from tongban.kernel.declarations import Declaration, Declared, TextField, checked, read
from tongban.kernel.errors import InvalidDeclaration, InvalidValue
from tongban.kernel.signatures import SignatureForm, excluded
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


class Derived(Declaration):
    """A fact that may be shown in place of the field it follows from: that somebody is old enough."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z_0-9]*$")]
    """Its name in what is shown."""
    name: TextField
    """How it is called."""
    birth_field: str
    """The field with the date of birth."""
    at_least_years: Annotated[int, Field(ge=1, le=120)]
    """How many full years it says the holder has."""


class ExtraPage(Declaration):
    """A page beside the first (正本): a duplicate (副本) that says the same, or an annex (附页) with more."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
    """Its name within the type."""
    name: TextField
    """How it is called on the licence."""
    fields: tuple[str, ...] = ()
    """The fields that stand on this annex and not on the first page; a duplicate names none."""


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
    signature: SignatureForm
    """reliable: the key of the office signs each; not_electronic: issued on paper at the counter alone."""
    number_field: str
    """Which field is the licence's own number (证照号码)."""
    valid_months: int | None = None
    """For how many months it holds; without a number it has no end (长期)."""
    until_field: str | None = None
    """The field that says its last day, where each licence has a day of its own; not beside valid_months."""
    resource: str | None = None
    """The resource under which licences of this type answer as a source."""
    key_element: str | None = None
    """The element by which that source is asked: the holder's number."""
    fields: tuple[LicenceField, ...]
    """What is written on it, in printing order."""

    derived: tuple[Derived, ...] = ()
    """What may be shown in place of a field."""
    extra_pages: tuple[ExtraPage, ...] = ()
    """Pages beside the first, in their order."""

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
        _check_signature(declared, kind, place)
        _check_pages(declared, kind, place)
        _check_until(declared, kind, place)
        _check_derived(declared, kind, place)
        if kind.define_authority.code != kind.code[:18]:
            raise _at(
                declared.file,
                declared.line("types", place, "define_authority"),
                "定义机构代码与类型代码前18位不一致",
                "the defining authority is not the one that the type code begins with",
            )
    return declared.value.types


def _check_signature(declared: Declared[LicenceTypes], kind: LicenceType, place: int) -> None:
    """Refuse a form that no licence has here, and one that the law does not let such a licence have."""
    line, status = declared.line("types", place, "signature"), excluded(kind.name)
    if status is not None and kind.signature != "not_electronic":
        raise _at(
            declared.file,
            line,
            f"“{kind.name.zh}”涉及{status.zh}，电子签名法第三条不允许其采用电子形式",
            f"{kind.name.en} is about {status.en}: art. 3 of the Electronic Signature Law does not let it be"
            " electronic",
            todo=Text("请写 signature: not_electronic。", "Write signature: not_electronic."),
        )
    if kind.signature not in ("reliable", "not_electronic"):
        raise _at(
            declared.file,
            line,
            f"电子证照一律由机关密钥签名，signature 不能是 {kind.signature}",
            f"signature is {kind.signature}, but an office's key signs every electronic licence",
            todo=Text(
                "请写 signature: reliable；只发纸质证照的，写 not_electronic。",
                "Write signature: reliable, or not_electronic where it is issued on paper alone.",
            ),
        )


def _check_until(declared: Declared[LicenceTypes], kind: LicenceType, place: int) -> None:
    """Refuse a last day that is no date, and two ways of saying how long one holds."""
    if kind.until_field is None:
        return
    line, field = declared.line("types", place, "until_field"), kind.field(kind.until_field)
    if field is None or field.type != "date":
        raise _at(
            declared.file,
            line,
            f"until_field“{kind.until_field}”不是 fields 中的日期",
            f"until_field {kind.until_field!r} is none of its dates",
        )
    if kind.valid_months is not None:
        raise _at(
            declared.file,
            line,
            "until_field 与 valid_months 只能有一个",
            "there is an until_field and a valid_months; one of them says how long it holds",
        )


def _check_derived(declared: Declared[LicenceTypes], kind: LicenceType, place: int) -> None:
    """Refuse a derived fact that follows from no date, or that is called as a field is."""
    for at, derived in enumerate(kind.derived):
        field = kind.field(derived.birth_field)
        if field is None or field.type != "date" or kind.field(derived.code) is not None:
            raise _at(
                declared.file,
                declared.line("types", place, "derived", at),
                f"derived“{derived.code}”的 birth_field 不是日期字段，或与字段重名",
                f"derived {derived.code!r} follows from no date, or is called as a field is",
            )


def _check_pages(declared: Declared[LicenceTypes], kind: LicenceType, place: int) -> None:
    """Refuse a page that names what is no field, and a field or a page that is there twice."""
    taken: set[str] = set()
    for at, extra in enumerate(kind.extra_pages):
        line = declared.line("types", place, "extra_pages", at)
        for code in extra.fields:
            if kind.field(code) is None or code in taken:
                raise _at(
                    declared.file,
                    line,
                    f"附页“{extra.code}”的字段“{code}”不在 fields 中或重复",
                    f"page {extra.code!r} names {code!r}, which is no field or stands on another page",
                )
        if extra.code in {other.code for other in kind.extra_pages[:at]}:
            raise _at(declared.file, line, f"附页“{extra.code}”重复", f"page {extra.code!r} is there twice")
        taken |= set(extra.fields)


_CORRECT = Text("请改正该处。", "Correct it there.")


def _at(file: str, line: int, zh: str, en: str, *, todo: Text = _CORRECT) -> InvalidDeclaration:
    return InvalidDeclaration(
        "licences.type",
        what=Text(f"{zh}。", f"In this licence type, {en}."),
        todo=todo,
        file=file,
        line=line,
    )
