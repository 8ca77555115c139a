"""What a licence says, in words, in its type's order: the same on every face."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tongban.kernel.texts import Text
from tongban.kernel.values.money import Cents
from tongban.licences.declared import LicenceField, LicenceType
from tongban.licences.presenting import METADATA
from tongban.licences.queries import Licence, licence_type

FIRST_PAGE = Text("正本", "Original")
_DAYS = frozenset({"issue_date", "validate_start", "validate_end"})
YES, NO = Text("是", "yes"), Text("否", "no")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a licence: its title, and each field's name with what stands in it."""

    title: Text
    lines: tuple[tuple[Text, Text], ...]


def pages_of(found: Licence) -> tuple[Page, ...]:
    """Give the pages of a licence: the first, then the duplicates and annexes that its type declares.

    A duplicate says what the first page says; an annex on which nothing stands is left out.
    """
    kind = licence_type(found.type_code)
    elsewhere = {code for extra in kind.extra_pages for code in extra.fields}
    first = _lines(found, [field for field in kind.fields if field.code not in elsewhere])
    pages = [Page(FIRST_PAGE, first)]
    for extra in kind.extra_pages:
        own = _lines(found, [field for field in kind.fields if field.code in extra.fields])
        if own or not extra.fields:
            pages.append(Page(extra.name, own or first))
    return tuple(pages)


def shown_in_words(shown: Sequence[tuple[str, object]], kind: LicenceType) -> Iterator[tuple[Text, Text]]:
    """Give what a presentation shows, name and value, as people read it."""
    derived = {each.code: each.name for each in kind.derived}
    for name, value in shown:
        field = kind.field(name.removeprefix("field.")) if name.startswith("field.") else None
        if field is not None:
            yield field.name, in_words(field, value)
        elif name in derived:
            yield derived[name], YES if value else NO
        elif name in METADATA:
            yield METADATA[name], _plain(name, value)


def _plain(name: str, value: object) -> Text:
    if isinstance(value, dict):
        return Text(str(value.get("zh")), str(value.get("en")))
    return written_day(str(value)) if name in _DAYS else Text(str(value), str(value))


def _lines(found: Licence, fields: Sequence[LicenceField]) -> tuple[tuple[Text, Text], ...]:
    written = ((field, found.content["extend_info"].get(field.code)) for field in fields)
    meant = found.content.get("extend_words", {})  # what codes meant when it was signed
    return tuple(
        (field.name, in_words(field, meant.get(field.code, value)))
        for field, value in written
        if value is not None
    )


def in_words(field: LicenceField, value: object) -> Text:
    """Write one value as people read it."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, dict):
        return Text(str(value.get("zh")), str(value.get("en")))
    if isinstance(value, list):
        return Text("、".join(map(str, value)), ", ".join(map(str, value)))
    if field.type == "cents" and isinstance(value, int):
        yuan, _, part = Cents(value).yuan.partition(".")
        return Text(f"{int(yuan):,}.{part}元", f"CNY {int(yuan):,}.{part}")
    if field.type == "date":
        return written_day(str(value))
    return Text(str(value), str(value))


def written_day(written: str) -> Text:
    """Write a day in words."""
    day = date.fromisoformat(written)
    return Text(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {day:%B %Y}")
