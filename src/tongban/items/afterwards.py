"""What remains to be done when the filing is finished: told from the first page on."""

from collections.abc import Iterator

from tongban.items.bundle import Bundle
from tongban.items.planned import Answers
from tongban.kernel.texts import Text


def after_texts(bundle: Bundle, answers: Answers) -> tuple[Text, ...]:
    """Give what each choice made leaves to be done afterwards (a food business still needs its permit)."""
    return tuple(dict.fromkeys(_texts(bundle, answers)))


def _texts(bundle: Bundle, answers: Answers) -> Iterator[Text]:
    for (_, id), value in answers.values.items():
        chosen = value if isinstance(value, tuple) else (value,)
        for question in bundle.questions:
            if question.id == id:
                for choice in question.choices:
                    if choice.after_marked is not None and choice.value in chosen:
                        yield choice.after_marked
