"""What a person wrote, and whether another can read it."""

import pytest

from tongban.kernel.texts import is_readable


@pytest.mark.parametrize("written", ["不符", "no", "7", "  第三条。", "\u200b不", "é", "٣"])
def test_a_letter_or_a_digit_can_be_read(written: str) -> None:
    assert is_readable(written)


@pytest.mark.parametrize(
    "written",
    ["", " ", "\u3000\t\n", "。", "——", "\u200b", "\ufeff", "\u2060\u200d", "\u00ad", "\u3164\u1160"],
)
def test_blanks_stops_and_unseen_signs_say_nothing(written: str) -> None:
    assert not is_readable(written)
