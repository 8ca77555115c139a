"""What remains to be done when the filing is finished: told from the first page on."""

from collections.abc import Iterable, Iterator

from tongban.items.bundle import Bundle
from tongban.kernel.texts import Text


def after_texts(bundle: Bundle, answers: Iterable[tuple[str, object]]) -> tuple[Text, ...]:
    """Give what each choice made leaves to be done afterwards (a food business still needs its permit).

    `answers` are pairs of a question and what was answered; of several things chosen, a list or a tuple.
    """
    return tuple(dict.fromkeys(_texts(bundle, answers)))


def _texts(bundle: Bundle, answers: Iterable[tuple[str, object]]) -> Iterator[Text]:
    for id, value in answers:
        chosen = value if isinstance(value, list | tuple) else (value,)
        for question in bundle.questions:
            if question.id == id:
                for choice in question.choices:
                    if choice.after_marked is not None and choice.value in chosen:
                        yield choice.after_marked
