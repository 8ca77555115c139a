"""How pages speak: every sentence in both languages side by side, moments and amounts as people read them.

`{% say "提交" "Submit" %}` stands in the template itself, so that no reader looks a key up elsewhere and no
sentence can be there in one language only.
"""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.template import Context, Library
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from tongban.kernel import texts
from tongban.kernel.texts import Language, Text
from tongban.kernel.values.money import Cents

register = Library()


def language() -> Language:
    """Give the language of the page that is being written."""
    return "en" if (get_language() or "").startswith("en") else "zh"


@register.filter
def spoken(said: Text | str | None) -> str:
    """Give a text in the reader's language; what is no text stands as it is."""
    if isinstance(said, Text):
        return said.spoken(language())
    return "" if said is None else str(said)


@register.simple_tag
def say(zh: str, en: str, **blanks: Any) -> SafeString:
    """Say a sentence in the reader's language; blanks are filled escaped: `{n}` with n=…"""
    sentence = zh if language() == "zh" else en
    if not blanks:
        return conditional_escape(sentence)
    return format_html(sentence, **{name: spoken(value) for name, value in blanks.items()})


@register.filter
def moment(at: datetime | None) -> SafeString | str:
    """Write a moment to the second, in the civil time of the country, and for machines as well."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    clock = f"{local:%H:%M:%S}"
    return format_html('<time datetime="{}">{} {}</time>', local.isoformat(), day(local), clock)


@register.filter
def hour(at: datetime) -> SafeString:
    """Write the time of day of a moment, and the whole of it for machines."""
    local = timezone.localtime(at)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), f"{local:%H:%M:%S}")


@register.filter
def day(on: date | datetime | None) -> str:
    """Write a day."""
    if on is None:
        return ""
    civil = timezone.localtime(on).date() if isinstance(on, datetime) else on
    if language() == "zh":
        return f"{civil.year}年{civil.month}月{civil.day}日"
    return f"{civil.day} {civil:%B %Y}"


@register.filter
def lasting(seconds: float | None) -> str:
    """Write how long something took."""
    return "" if seconds is None else spoken(texts.lasting(seconds))


@register.filter
def yuan(cents: int | None) -> str:
    """Write an amount of cents in yuan."""
    if cents is None:
        return ""
    whole, _, part = Cents(cents).yuan.partition(".")
    shown = f"{int(whole):,}.{part}"
    return f"{shown}元" if language() == "zh" else f"CNY {shown}"


@register.inclusion_tag("turning.html", takes_context=True)
def turning(
    context: Context, after: str, name: str = "after", at: str = "", *, of: str = "", **kept: str
) -> dict[str, object]:
    """Offer a list's next page, and its first when this is none: plain links, so that no script is needed.

    `name` is the list's own in the address, `at` the part of the page where it stands, `of` the page's own
    address where a form's answer is shown under another. Of what is asked there only what is `kept` goes on,
    so that other lists on the page begin anew.
    """
    part = f"#{at}" if at else ""
    return {
        "is_first": name not in context["request"].GET,
        "first": f"{of}?{urlencode(kept)}{part}",
        "next": f"{of}?{urlencode({**kept, name: after})}{part}" if after else "",
    }
