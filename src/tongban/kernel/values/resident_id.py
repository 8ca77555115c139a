"""Citizen identity numbers and their kin of 18 characters (GB 11643-1999).

What makes a number an identity number is its format, a birth date that exists and its check
character. The area code only warns: old people carry codes of counties that did not exist at their
birth, and a check against a table of areas would turn them away from the very allowances of old age.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from tongban.kernel.errors import InvalidValue
from tongban.kernel.texts import Text
from tongban.kernel.values import check_characters
from tongban.kernel.values.writing import as_code, require_alphabet, require_check, require_length

Sex = Literal["male", "female"]
Kind = Literal["citizen", "compatriot", "foreigner"]

NAME = Text(zh="公民身份号码", en="resident ID number")
# GB/T 2260: the first two digits of an area are its province.
PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 82))
    for code in range(first, last + 1)
)
NOBODYS_PROVINCE = "99"  # of no number ever given out: whoever has one is invented
COMPATRIOT_AREAS = frozenset({"810000", "820000", "830000"})  # residence permits of HK, Macao, Taiwan


@dataclass(frozen=True, slots=True)
class ResidentId:
    """An identity number that is well formed; `warnings` are for a person to look at, never to refuse by."""

    number: str
    birth_date: date
    sex: Sex
    area: str
    kind: Kind
    warnings: tuple[Text, ...] = ()

    def masked(self) -> str:
        """Give the number with birth date and sequence hidden, for screens that others can see."""
        return f"{self.number[:3]}{'*' * 11}{self.number[-4:]}"

    def __str__(self) -> str:
        return self.number


def parse(text: str, *, on: date | None = None) -> ResidentId:
    """Read an identity number or say which character is wrong; `on` refuses births after that day."""
    number = as_code(text)
    require_length(number, {18}, name=NAME, expected=Text(zh="18位", en="18 characters"), kind="resident_id")
    digits = Text(zh="数字0-9", en="digits 0-9")
    require_alphabet(number[:17], "0123456789", name=NAME, allowed=digits, kind="resident_id")
    last = Text(zh="数字0-9，仅最后一位可为X", en="digits 0-9, or X as the last")
    if number[17] not in "0123456789X":
        _refuse_last(number, last)
    birth_date = _birth_date(number, on)
    require_check(number, check_characters.of_resident_id(number[:17]), name=NAME, kind="resident_id")
    area = number[:6]
    sex: Sex = "male" if int(number[16]) % 2 else "female"
    return ResidentId(number, birth_date, sex, area, _kind(area), _warnings(area))


def admit(text: str, *, demonstration: bool) -> ResidentId:
    """Read the number of somebody who is to stand here; one of area 99 does in a demonstration only."""
    read = parse(text)
    if demonstration or not read.area.startswith(NOBODYS_PROVINCE):
        return read
    raise InvalidValue(
        "resident_id.synthetic",
        what=Text(
            zh=f"{NAME.zh}以99开头，是演示数据，不属于任何人。",
            en=f"A {NAME.en} that begins with 99 is made up for demonstrations and is nobody's.",
        ),
        todo=Text(zh="请填写证件上的号码。", en="Give the number on the document."),
    )


def compose(area: str, birth_date: date, sequence: int) -> ResidentId:
    """Make the number of an area, a birth date and a sequence 0–999 (odd for men)."""
    body = f"{area}{birth_date:%Y%m%d}{sequence:03}"
    return parse(body + check_characters.of_resident_id(body))


def _refuse_last(number: str, allowed: Text) -> None:
    raise InvalidValue(
        "resident_id.character",
        what=Text(
            zh=f"{NAME.zh}第18位是“{number[17]}”，应为{allowed.zh}。",
            en=f"Character 18 of the {NAME.en} is '{number[17]}'; it takes {allowed.en}.",
        ),
        todo=Text(zh="请对照证件核对最后一位。", en="Compare the last character with the document."),
    )


def _birth_date(number: str, on: date | None) -> date:
    year, month, day = number[6:10], number[10:12], number[12:14]
    try:
        birth_date = date(int(year), int(month), int(day))
    except ValueError as trouble:
        raise InvalidValue(
            "resident_id.birth_date",
            what=Text(
                zh=f"{NAME.zh}第7至14位应为出生日期，{year}年{month}月{day}日不存在。",
                en=f"Characters 7 to 14 of the {NAME.en} are the birth date; no day is {year}-{month}-{day}.",
            ),
            todo=Text(zh="请核对第7至14位。", en="Check characters 7 to 14."),
        ) from trouble
    if on is not None and birth_date > on:
        raise InvalidValue(
            "resident_id.not_born",
            what=Text(
                zh=f"{NAME.zh}中的出生日期{birth_date.isoformat()}晚于{on.isoformat()}。",
                en=f"The birth date {birth_date.isoformat()} in the {NAME.en} lies after {on.isoformat()}.",
            ),
            todo=Text(zh="请核对第7至14位。", en="Check characters 7 to 14."),
        )
    return birth_date


def _kind(area: str) -> Kind:
    if area in COMPATRIOT_AREAS:
        return "compatriot"
    if area[0] == "9" and area[1:3] in PROVINCES:  # 2023 permanent residence card: 9, province, nationality
        return "foreigner"
    return "citizen"


def _warnings(area: str) -> tuple[Text, ...]:
    if _kind(area) != "citizen" or area[:2] in PROVINCES:
        return ()
    warning = Text(
        zh=f"前两位“{area[:2]}”不是现行省级行政区划代码，请留意。",
        en=f"The first two digits, {area[:2]}, are the code of no province today; have a look.",
    )
    return (warning,)
