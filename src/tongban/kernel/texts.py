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
