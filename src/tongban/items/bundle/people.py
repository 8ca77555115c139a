"""Who takes part, what they are asked, told and asked to confirm."""

from typing import Literal

from tongban.items.bundle.ground import Basis, declared
from tongban.kernel.assurance import Level
from tongban.kernel.declarations import TextField
from tongban.kernel.marks import marked
from tongban.kernel.texts import Text

Kind = Literal["person", "entity", "place"]
ValueType = Literal["text", "mobile", "integer", "cents", "date", "boolean", "choice", "choices"]


@declared
class Participant:
    """A role in a filing."""

    role: str
    """Its word in expressions and answers: applicant, director, shareholder, place, company."""
    name: TextField
    """The role's name on the screen."""
    kind: Kind
    """person, entity or place."""
    known_by: Literal["sign_in", "named", "answered", "produced"]
    """How we learn who it is: signed in; named by the filer (name and number); an answer (an address
    code); or a case of this filing brings it into being."""
    min: int = 1
    """The fewest there may be."""
    max: int = 1
    """The most there may be; more than one makes the role a collection in rules."""
    assumed: str = ""
    """Role whose person fills this one unless the filer names another; not a value that anybody chooses."""
    may_be: tuple[str, ...] = ()
    """Roles whose person may fill this one too, the usual one first."""
    confirms: bool = False
    """Whether this person must sign in and confirm for themselves, unless they are the filer."""
    why: TextField | None = None
    """Why the filer is asked to name this person."""
    basis: Basis | None = None
    """The article that requires the role."""


@declared
class Assurance:
    """How surely whoever files, and whoever confirms for themselves, must be identified."""

    level: Level
    """The least level of the sign-in, as the identity provider names it: L2 a code on the mobile, L3 a face
    check."""
    basis: Basis
    """The article that asks for it."""


@declared
class Choice:
    """One of the values that a question offers."""

    value: str | int
    """What is stored."""
    label: TextField
    """What the person reads."""
    word: str = ""
    """The word it contributes to a composed value, such as a company's name."""
    code: str = ""
    """Its code in a national classification, where there is one."""
    after: TextField | None = None
    """What remains to be done after the filing if this is chosen."""
    after_basis: Basis | None = None
    """The article that requires it."""

    @property
    def after_marked(self) -> Text | None:
        """Give what remains to be done, with how sure its article is."""
        if self.after is None or self.after_basis is None:
            return self.after
        return marked(self.after, self.after_basis.mark)


@declared
class Question:
    """A value that only the person can give."""

    id: str
    """Its word in answers, unique in the bundle."""
    of: str
    """The role it is about; asked once per participant of that role."""
    element: str
    """The catalogue element that the answer is a value of."""
    type: ValueType
    """text, mobile, integer, cents, date, boolean, choice (one) or choices (several)."""
    label: TextField
    """The question."""
    why: TextField
    """Why we ask: shown beside the question."""
    basis: Basis
    """The article that lets an office ask."""
    choices: tuple[Choice, ...] = ()
    """For choice and choices."""
    default: str | int | bool | None = None
    """What stands there before the person changes it; a defaulted answer still counts as asked."""
    only_if: str = ""
    """A rule expression over answers: asked only where it is met."""
    minimum: int | None = None
    """Least value (integer, cents), length (text) or number of choices."""
    maximum: int | None = None
    """Greatest value, length or number of choices."""
    pattern: str = ""
    """A regular expression that a text answer must match in full."""
    pattern_says: TextField | None = None
    """What a matching answer looks like, in words."""
    forbidden: tuple[str, ...] = ()
    """Words that a text answer may not contain."""
    forbidden_basis: Basis | None = None
    """The article that forbids them."""
    fallback_for: str = ""
    """Name of a fetched value: asked only after its source answered that it has no record."""
    search: str = ""
    """Element by whose words the answer may be looked for in the open register that it is the key of."""


@declared
class Confirmation:
    """A statement that somebody makes by ticking or signing; counted apart from values."""

    id: str
    """Its word in answers."""
    of: str
    """The role that confirms."""
    text: TextField
    """What is confirmed, in full."""
    basis: Basis
    """The article that asks for it."""
    only_if: str = ""
    """A rule expression over answers: needed only where it is met."""


@declared
class Notice:
    """What a person is told before anything about them is fetched (PIPL art. 17 and 35)."""

    title: TextField
    """The heading."""
    paragraphs: tuple[TextField, ...]
    """Who handles what, why, for how long, and what rights the person has."""
    basis: Basis
    """The article that requires it."""


@declared
class Derived:
    """A value that follows from others, so that nobody types it; exactly one way of making it."""

    of: str
    """The role it is about."""
    element: str
    """The element that it is a value of."""
    why: TextField
    """How it follows, in words."""
    basis: Basis
    """The article by which it follows."""
    join: tuple[str, ...] = ()
    """Texts put one after another: "company.trade_word", "company.industry.word" (a choice's word),
    "division.name"; a part in quotes stands for itself."""
    copy: str = ""
    """The value of another name."""
    code_of: str = ""
    """The code of the choice made in a question, such as an industry's class."""
    when_only_one: str = ""
    """The value of another name, where the role has exactly one participant; asked otherwise."""
    count_of: str = ""
    """A role: gives `one` where exactly one participant fills it, `more` where several do."""
    one: str = ""
    """With count_of: the value for one participant."""
    more: str = ""
    """With count_of: the value for several."""
    rule: str = ""
    """A rule expression that gives the value: "add_months(:filing_date, :contribution_months)"."""
    only_if: str = ""
    """A rule expression over answers: derived only where it is met, asked otherwise."""
