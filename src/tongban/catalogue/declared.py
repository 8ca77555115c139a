"""The shape of the city's catalogue files: cities/<city>/catalogue/{elements,resources,grants}.yaml.

Decree 809 Art. 13 names what an entry must say: name, data items, provider, format, update frequency,
share class, way of sharing, conditions of use, classification. Art. 15: a conditional resource says its
scope and use, one that is not shared says why; Art. 3: state secrets and work secrets are no entries.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from tongban.catalogue.rules import (
    About,
    Basis,
    Coverage,
    DataFormat,
    Delivery,
    Element,
    ElementType,
    EntryClass,
    Grade,
    Grant,
    Rank,
    Resource,
    ShareClass,
    Update,
    Value,
    WhenNone,
)
from tongban.kernel.declarations import Declaration, TextField, checked
from tongban.kernel.marks import Mark
from tongban.kernel.values import division

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$", max_length=100)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[0-9]{6,12}$", max_length=60)]
Purpose = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=60)]
Division = Annotated[str, checked(division.parse)]
# 分类码 (类 1, 项 2, 目 3 digits, 细目 of any length) and 顺序码, by the guide of 2017; how the two are set
# apart is only recalled, so any sign may stand between them.
Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}[0-9A-Za-z/._-]*$", max_length=60)]
ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百千0-9]+条")
SECRETS = ("state_secret", "work_secret")


def _no_secret(grade: object) -> object:
    if grade in SECRETS:
        raise ValueError("state secrets and work secrets are no catalogue entries (Decree 809 Art. 3)")
    return grade


NoSecret = Annotated[Grade, BeforeValidator(_no_secret)]


class BasisDeclared(Declaration):
    """A legal ground in words, with where it was read and its mark."""

    text: TextField
    source: str
    mark: Mark

    def value(self) -> Basis:
        """Give the plain value."""
        return Basis(self.text, self.source, self.mark)


class ElementDeclared(Declaration):
    """One element."""

    code: Code
    name: TextField
    kind: ElementType
    about: About
    grade: NoSecret
    sensitive: bool = False
    names_person: bool = False
    when_none: WhenNone
    none_value: str | int | bool | None = None
    codes: Mapping[str, TextField] = {}
    pattern: str | None = Field(default=None, max_length=200)

    @model_validator(mode="after")
    def _none_value_fits(self) -> Self:
        if self.none_value is None:
            return self
        if self.when_none != "none_on_record":
            raise ValueError("only when_none: none_on_record has a value that rules see")
        if not _fits(self.kind, self.none_value):
            raise ValueError(f"none_value is not a {self.kind}")
        return self

    def value(self) -> Element:
        """Give the plain value."""
        none_value: Value | None = self.none_value
        if self.kind == "date" and isinstance(none_value, str):
            none_value = date.fromisoformat(none_value)
        return Element(
            code=self.code,
            name=self.name,
            kind=self.kind,
            about=self.about,
            grade=self.grade,
            sensitive=self.sensitive,
            when_none=self.when_none,
            none_value=none_value,
            codes=dict(self.codes),
            pattern=self.pattern,
            names_person=self.names_person,
        )


class Assessed(Declaration):
    """The two assessments and the approval that stand before an entry (Decree 809 Art. 13)."""

    secrecy_on: date
    personal_information_on: date
    approved_on: date


class Share(Declaration):
    """Whether and on what terms a resource is shared."""

    share_class: ShareClass = Field(alias="class")
    scope: TextField | None = None
    use: TextField | None = None
    reason: TextField | None = None
    forbidden_by: Rank | None = None
    basis: BasisDeclared

    @model_validator(mode="after")
    def _says_what_its_class_demands(self) -> Self:
        if self.share_class == "conditional" and (self.scope is None or self.use is None):
            raise ValueError("a conditional resource says its `scope` and `use` (Decree 809 Art. 15)")
        if self.share_class == "unconditional" and (self.scope or self.use):
            raise ValueError("an unconditional resource has no `scope` and no `use` (Decree 809 Art. 15)")
        if self.share_class == "none":
            self._is_forbidden_expressly()
        elif self.reason or self.forbidden_by:
            raise ValueError("only what is not shared has a `reason` and is `forbidden_by` something")
        return self

    def _is_forbidden_expressly(self) -> None:
        """Refuse "not shared" on one's own word: only a law, a regulation or the State Council forbids."""
        if self.reason is None or self.forbidden_by is None:
            raise ValueError(
                "what is not shared says its `reason`, and in `forbidden_by` whether a law, a regulation or "
                "a state_council_decision forbids it (Decree 809 Art. 14, 15)"
            )
        if self.basis.mark == "gap":
            raise ValueError("a basis marked gap is no legal ground to refuse sharing (Decree 809 Art. 14)")
        if self.forbidden_by != "state_council_decision" and not ARTICLE.search(self.basis.text.zh):
            raise ValueError("the basis of what is not shared names the article 第…条 (Decree 809 Art. 14)")


class ResourceDeclared(Declaration):
    """One resource."""

    code: Code
    name: TextField
    entry_class: EntryClass = Field(alias="class")
    theme: TextField | None = None
    number: Number | None = None
    summary: TextField
    organisation: Slug
    connector: str = ""
    keys: tuple[Code, ...] = ()
    elements: tuple[Code, ...] = Field(min_length=1)
    division: Division
    excludes: tuple[Division, ...] = ()
    coverage: Coverage
    copy_of: Code | None = None
    share: Share
    grade: NoSecret
    data_format: DataFormat = Field(alias="format")
    update: Update
    delivery: tuple[Delivery, ...] = Field(min_length=1)
    open_to_public: ShareClass = Field(default="none", alias="open")
    valid_from: date
    valid_to: date | None = None
    assessed: Assessed
    shows_office: bool = False

    @model_validator(mode="after")
    def _period_runs_forward(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to lies before valid_from")
        return self

    @model_validator(mode="after")
    def _is_asked_by_a_key_or_not_at_all(self) -> Self:
        if bool(self.connector) != bool(self.keys):
            raise ValueError("`connector` and `keys` stand together; an entry without them is only listed")
        return self

    @model_validator(mode="after")
    def _a_theme_is_named(self) -> Self:
        if (self.entry_class == "theme") != (self.theme is not None):
            raise ValueError("an entry of the class theme, and no other, names its `theme`")
        return self

    @model_validator(mode="after")
    def _what_is_not_shared_is_not_opened(self) -> Self:
        if self.share.share_class == "none" and self.open_to_public != "none":
            raise ValueError("what the law forbids to share is not open to the public either")
        return self

    def value(self) -> Resource:
        """Give the plain value."""
        return Resource(
            code=self.code,
            name=self.name,
            organisation=self.organisation,
            connector=self.connector,
            keys=self.keys,
            elements=self.elements,
            division=self.division,
            excludes=self.excludes,
            coverage=self.coverage,
            copy_of=self.copy_of,
            share_class=self.share.share_class,
            share_scope=self.share.scope,
            share_use=self.share.use,
            basis=self.share.basis.value(),
            grade=self.grade,
            share_reason=self.share.reason,
            forbidden_by=self.share.forbidden_by,
            update=self.update,
            delivery=self.delivery,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            shows_office=self.shows_office,
            entry_class=self.entry_class,
            theme=self.theme,
            number=self.number,
            summary=self.summary,
            data_format=self.data_format,
            open_to_public=self.open_to_public,
        )


class GrantDeclared(Declaration):
    """One grant, written once for several consumers and purposes with the same ground."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=40)]
    resource: Code
    consumers: tuple[Slug, ...] = Field(min_length=1)
    elements: tuple[Code, ...] = Field(min_length=1)
    purposes: tuple[Purpose, ...] = Field(min_length=1)
    basis: BasisDeclared
    valid_from: date
    valid_until: date

    @model_validator(mode="after")
    def _period_runs_forward(self) -> Self:
        if self.valid_until < self.valid_from:
            raise ValueError("valid_until lies before valid_from")
        return self

    def values(self) -> tuple[Grant, ...]:
        """Give one plain grant for each consumer and purpose."""
        return tuple(
            Grant(
                code=f"{self.code}/{consumer}/{purpose}",
                consumer=consumer,
                resource=self.resource,
                elements=self.elements,
                purpose=purpose,
                basis=self.basis.value(),
                valid_from=self.valid_from,
                valid_until=self.valid_until,
            )
            for consumer in self.consumers
            for purpose in self.purposes
        )


class ElementFile(Declaration):
    """elements.yaml"""

    elements: tuple[ElementDeclared, ...]


class ResourceFile(Declaration):
    """resources.yaml"""

    resources: tuple[ResourceDeclared, ...]


class ImportedFile(Declaration):
    """imported/*.yaml: what came from a sheet, elements and resources together."""

    elements: tuple[ElementDeclared, ...] = ()
    resources: tuple[ResourceDeclared, ...] = ()


class GrantFile(Declaration):
    """grants.yaml"""

    grants: tuple[GrantDeclared, ...]


def _fits(kind: ElementType, value: str | int | bool) -> bool:
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in ("integer", "money_cents"):
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "date":
        try:
            date.fromisoformat(str(value))
        except ValueError:
            return False
        return True
    return isinstance(value, str) and kind != "list"
