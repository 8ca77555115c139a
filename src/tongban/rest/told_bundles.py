"""The shapes in which programs are told of bundles and of what they ask."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from tongban.rest.told import BasisTold, NextPage, Spoken


class BundleCard(BaseModel):
    """A bundle on the list."""

    code: str
    version: int
    digest: str
    name: Spoken
    about: Spoken


class BundleList(BaseModel):
    """One page of bundles."""

    bundles: list[BundleCard]
    next: NextPage


class ChoiceTold(BaseModel):
    """One value that a question offers."""

    value: str | int
    label: Spoken


class QuestionTold(BaseModel):
    """One question; `of` is the role that it is about, asked once for each of them."""

    id: str
    of: str
    type: Literal["text", "mobile", "integer", "cents", "date", "boolean", "choice", "choices"]
    label: Spoken
    why: Spoken
    basis: list[BasisTold]
    choices: list[ChoiceTold]
    default: str | int | bool | None
    minimum: int | None
    maximum: int | None
    pattern: str
    only_if: str
    fallback_for: str


class ConfirmationTold(BaseModel):
    """One statement to be confirmed: answered with true under its id."""

    id: str
    of: str
    text: Spoken
    basis: list[BasisTold]


class ParticipantTold(BaseModel):
    """One role in a filing."""

    role: str
    name: Spoken
    kind: str
    known_by: str
    min: int
    max: int
    may_be: list[str]
    confirms: bool
    basis: list[BasisTold]


class ItemTold(BaseModel):
    """One item of a bundle; `after` names the items whose result it waits for."""

    key: str
    name: Spoken
    basic_code: str
    after: list[str]


class NoticeTold(BaseModel):
    """What a person is told before anything about them is fetched."""

    title: Spoken
    paragraphs: list[Spoken]
    basis: list[BasisTold]


class AssuranceTold(BaseModel):
    """How surely whoever files and whoever confirms must have signed in: what to ask for in `acr_values`."""

    level: str
    basis: list[BasisTold]


class BundleForm(BundleCard):
    """All that a program needs to file: the notice, the roles, the questions, and the schema of an answer."""

    notice: NoticeTold
    assurance: Annotated[AssuranceTold | None, Field(description="null where any sign-in will do")]
    participants: list[ParticipantTold]
    questions: list[QuestionTold]
    confirmations: list[ConfirmationTold]
    items: list[ItemTold]
    body_schema: Annotated[dict[str, Any], Field(description="JSON Schema of participants and answers")]
