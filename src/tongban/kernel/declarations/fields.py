"""What declarations are made of: the strict base model, bilingual texts, checked codes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, GetPydanticSchema
from pydantic_core import PydanticCustomError, core_schema

from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text


class Declaration(BaseModel):
    """The base of every declared model: unknown keys are refused and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Declaration):
    """A sentence in both languages."""

    zh: str
    en: str


def _words_of(value: object) -> object:
    return value.as_dict() if isinstance(value, Text) else value


def _text_of(words: Words) -> Text:
    return Text(zh=words.zh, en=words.en)


TextField = Annotated[
    Text,
    GetPydanticSchema(
        lambda _source, handler: core_schema.no_info_after_validator_function(
            _text_of,
            handler(Words),
            serialization=core_schema.plain_serializer_function_ser_schema(Text.as_dict),
        )
    ),
    BeforeValidator(_words_of),
]
"""A field written as {zh: …, en: …} that gives a Text."""


def checked(parse: Callable[[str], object]) -> AfterValidator:
    """Make a text field refuse, at its line, what `parse` of a value refuses; the text itself is kept."""

    def refuse_at_its_line(text: str) -> str:
        with told_at_its_line():
            parse(text)
        return text

    return AfterValidator(refuse_at_its_line)


@contextmanager
def told_at_its_line() -> Iterator[None]:
    """Have what is refused inside, while a declaration is read, told at the line of what is read."""
    try:
        yield
    except Invalid as refusal:
        explanation = {"code": refusal.code, "what": refusal.what, "todo": refusal.todo}
        raise PydanticCustomError("tongban", "{what}", explanation) from refusal
