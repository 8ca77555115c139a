"""A sentence in the two languages that every screen, notice and message speaks."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in Chinese and English; neither may be empty."""

    zh: str
    en: str

    def __post_init__(self) -> None:
        if not self.zh.strip() or not self.en.strip():
            raise ValueError(f"a text needs both languages: zh={self.zh!r} en={self.en!r}")

    def spoken(self, language: Language) -> str:
        """Give the sentence in the reader's language."""
        return self.zh if language == "zh" else self.en

    def as_dict(self) -> dict[str, str]:
        """Give the shape in which texts are stored and sent: {"zh": …, "en": …}."""
        return {"zh": self.zh, "en": self.en}

    def __str__(self) -> str:
        return self.zh


# Letters by their category that no eye sees: the fillers of Hangul.
UNSEEN_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")


def is_readable(written: str) -> bool:
    """Say whether a person wrote something that another can read: a letter or a digit, not only blanks,
    stops, or signs that no eye sees."""
    return any(sign.isalnum() and sign not in UNSEEN_LETTERS for sign in written)


MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400
LEAST_SHOWN_S, SHORT_S = 0.01, 10


def lasting(seconds: float) -> Text:
    """Say how long something took, in its two largest units: a machine's step and a year's wait alike."""
    if seconds < LEAST_SHOWN_S:
        return Text("不到0.01秒", "under 0.01 s")
    if seconds < SHORT_S:
        return Text(f"{seconds:.2f}秒", f"{seconds:.2f} s")
    whole = round(seconds)
    if whole < MINUTE_S:
        return Text(f"{whole}秒", f"{whole} s")
    if whole < HOUR_S:
        minutes, rest = divmod(whole, MINUTE_S)
        return _two(Text(f"{minutes}分", f"{minutes} min"), Text(f"{rest}秒", f"{rest} s"), rest)
    if whole < DAY_S:
        hours, rest = whole // HOUR_S, whole % HOUR_S // MINUTE_S
        return _two(Text(f"{hours}小时", f"{hours} h"), Text(f"{rest}分", f"{rest} min"), rest)
    days, rest = whole // DAY_S, whole % DAY_S // HOUR_S
    shown = Text(f"{days}天", f"{days} day{'' if days == 1 else 's'}")
    return _two(shown, Text(f"{rest}小时", f"{rest} h"), rest)


def _two(large: Text, small: Text, count: int) -> Text:
    return large if count == 0 else Text(large.zh + small.zh, f"{large.en} {small.en}")
