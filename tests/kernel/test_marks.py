"""How sure a ground is: said in words, unless it was read."""

import pytest

from tongban.kernel.marks import Mark, marked
from tongban.kernel.texts import Text


@pytest.mark.parametrize(
    ("mark", "zh", "en"),
    [
        ("found", "《民法典》第二条", "Civil Code, art. 2"),
        ("recalled", "《民法典》第二条（待核对）", "Civil Code, art. 2 (to be verified)"),
        ("gap", "《民法典》第二条（本地设定）", "Civil Code, art. 2 (local setting)"),
    ],
)
def test_what_was_read_needs_no_word_and_the_rest_is_said(mark: Mark, zh: str, en: str) -> None:
    assert marked(Text("《民法典》第二条", "Civil Code, art. 2"), mark) == Text(zh, en)


def test_in_a_sentence_the_mark_stands_before_its_stop() -> None:
    said = marked(Text("可以申请行政复议。", "Reconsideration may be asked for."), "recalled")
    assert said == Text("可以申请行政复议（待核对）。", "Reconsideration may be asked for (to be verified).")
