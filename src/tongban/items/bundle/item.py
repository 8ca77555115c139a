"""One item: what one office needs, checks, decides, issues and registers elsewhere."""

from dataclasses import field
from datetime import date
from typing import Literal

from tongban.items.bundle.ground import Basis, Period, declared
from tongban.kernel.declarations import TextField
from tongban.kernel.marks import marked
from tongban.kernel.signatures import SignatureForm
from tongban.kernel.texts import Text

ItemType = Literal["01", "05", "07", "08", "10", "20"]
Use = Literal["check", "act", "licence", "record", "contact"]


@declared
class Need:
    """A value that an item needs, and what for. How it is obtained is the plan's business."""

    of: str
    """The role it is about."""
    element: str
    """The element needed."""
    uses: tuple[Use, ...]
    """check (a rule reads it), act (another register receives it), licence (the result shows it),
    record (it is filed with the office), contact."""
    basis: Basis
    """The article that requires it."""
    if_none: str = ""
    """Id of a material of the item, or of a pledge, that may stand for it when no source has a record."""
    only_if: str = ""
    """A rule expression over answers: needed only where it is met."""


@declared
class Check:
    """A rule of law over the facts, and what follows when it is not met. Unknown never decides."""

    code: str
    """Its word in traces, unique in the pack."""
    title: TextField
    """What is checked, in words: the clause on the officer's page."""
    when: str
    """The rule expression."""
    article: Basis
    """The article that the rule puts into code."""
    starts: date | None = None
    """The first day on which the article is in force; open where absent."""
    ends: date | None = None
    """The last day on which it is in force; open where absent."""
    because: TextField
    """What to tell a person for whom it is not met."""
    if_not_met: Literal["stop_before_submission", "person"]
    """stop_before_submission: an error corrected on the spot, no case arises; person: a person decides."""
    if_missing: Literal["correction", "person"] = "person"
    """When a fact it reads is on no record: asked for in the one correction notice, or a person decides."""
    compares: TextField | None = None
    """The registers whose records are compared, where this is a cross-source comparison."""
    alternatives: str = ""
    """Name of the generator that offers other values when it stops: trade_words."""


@declared
class Material:
    """A document the item requires. No residual class is allowed ("other materials")."""

    id: str
    """Its word, unique in the item."""
    name: TextField
    """Its name in the guide."""
    necessity: Literal["1", "2", "3"]
    """1 necessary, 2 not necessary, 3 may follow later."""
    obtained: Literal["generated", "fetched", "licence", "handed_in"]
    """generated from the form; fetched (the facts stand for it); an electronic licence; handed in."""
    signature: SignatureForm
    """none: nothing to sign; ordinary: confirmed by whoever has signed in, by submitting the form or handing
    it in; reliable: an office's key signs it; not_electronic: handed in on paper at the counter alone."""
    stands_for: tuple[str, ...] = ()
    """The elements that the document would prove, which fetched facts replace."""
    only_if: str = ""
    """A rule expression: required only where it is met."""
    pledge: str = ""
    """Id of the pledge that may replace it."""
    issuer: TextField | None = None
    """Who issues the document."""
    basis: Basis
    """The article that requires it."""


@declared
class Pledge:
    """A promise signed in place of a proof (告知承诺), allowed where the jurisdiction's policy allows it."""

    id: str
    """Its word, unique in the pack; policy keys are pledge.<id>.allowed, .post_check, .rectification."""
    signer: str
    """The role that signs."""
    replaces: tuple[str, ...]
    """Elements whose proof it replaces."""
    tells: tuple[TextField, ...]
    """What the office tells: conditions, standard, consequences."""
    promises: tuple[TextField, ...]
    """What the signer promises."""
    asked_by: str
    """Id of the boolean question by which it is chosen."""
    not_for: str
    """Name of the boolean fact that bars it, such as director.serious_record."""
    on_breach: tuple[TextField, ...]
    """Rectification, then revocation by a person, and the credit record."""
    basis: Basis
    """The article that allows it."""


@declared
class Limits:
    """The clocks. `acceptance` exists for items of type 01 alone (Administrative Licensing Law art. 32)."""

    acceptance: Period | None = None
    """From receipt to accepting, refusing to accept or the one correction notice."""
    statutory: Period | None = None
    """From acceptance to decision, by law; absent where no law that was read sets one."""
    promised: Period
    """The shorter time that the office promises."""
    extension: Period | None = None
    """How much longer, once, with the approval the law names."""
    extension_by: TextField | None = None
    """Whose approval an extension needs."""


@declared
class Decision:
    """Who may decide."""

    automatic_yes: bool
    """Whether a full yes may be given by rule."""
    risk: Literal["low", "high"]
    """high: a named person always decides."""
    basis: Basis
    """The article that allows deciding by rule or on form alone."""


@declared
class Licence:
    """The result that is signed."""

    type: str
    """Licence type code."""
    holder: str
    """The role that holds it."""
    content: dict[str, str]
    """Field of the licence → name of a value ("company.name", "case.office_name", "case.decided_on")."""


@declared
class Produced:
    """A value that the item's decision brings into being."""

    of: str
    """The role it is about."""
    element: str
    """The element."""
    by: Literal["credit_code", "decision_date", "act_number", "licence_identifier"]
    """What allocates it."""
    act: str = ""
    """With act_number: the act whose answer carries it."""


@declared
class Claim:
    """A value that one filing alone may have, held from submission until it is granted or lapses."""

    kind: str
    """What is claimed, e.g. company.name."""
    value: str
    """Name of the value."""
    scope: Literal["office", "node"]
    """Unique at the deciding office's register, or in the whole node."""
    holds: Period
    """How long it is held without a decision."""


@declared
class Act:
    """Something done in another organisation's system after the item is granted by its office."""

    name: str
    """Its word, unique in the item: part of the act's idempotency key."""
    label: TextField
    """What is done, in words."""
    body: str
    """Function of the organisation whose register it is: tax, social, medical, fund, bank, seal."""
    connector: str
    """The connector's function word; the city's connectors name the system behind it."""
    operation: str
    """The operation asked of it."""
    fields: dict[str, str]
    """Neutral field → name of a value; the connector maps it to the system's own field and format."""
    receives: dict[str, str] = field(default_factory=dict)
    """What the answer carries → the name it is stored under: {"number": "seal.record_number"}."""
    basis: Basis
    """The article under which it is done."""


@declared
class Remedy:
    """Where a person who is refused may turn (Administrative Licensing Law art. 38), where the law of the
    item says otherwise than the city's letters do for every office (texts/notices.yaml)."""

    text: TextField
    """The right, the body and the time, as the notice prints it."""
    basis: Basis
    """The article that gives it."""

    @property
    def marked(self) -> Text:
        """Give its words with how sure its article is."""
        return marked(self.text, self.basis.mark)


@declared
class SeparateField:
    """What the office's own form asks today, when the item is filed alone: for the computed total."""

    label: TextField
    """The field as that form names it."""
    per: str = ""
    """A role: counted once per participant of it."""
    same_as: str = ""
    """Name of the value in this bundle that makes it unnecessary; empty where the field is dropped."""
    basis: Basis
    """Where the form was read, or that it is only remembered."""


@declared
class Answered:
    """A question that people ask, and its answer."""

    question: TextField
    """In their words."""
    answer: TextField
    """In ours."""


@declared
class Fee:
    """What is charged; a fee without a basis cannot be written."""

    amount_cents: int
    """The amount."""
    basis: Basis
    """The article that allows it."""


@declared
class Guide:
    """What the public guide of the item says beside all that follows from the rest (GB/T 39046)."""

    serves: tuple[Literal["1", "2", "3", "4", "5", "6"], ...]
    """GB/T 39046 A.4: 1 natural persons, 2 enterprises, 3 public institutions, 4 social organisations,
    5 administrative organs, 6 others."""
    channels: tuple[Literal["1", "2", "3", "4", "9"], ...]
    """GB/T 39046 A.5: 1 counter, 2 online, 3 mobile, 4 post, 9 others."""
    conditions: tuple[TextField, ...] = ()
    """What must be so for a yes, in words."""
    visits: int = 0
    """How often one must come in person."""
    visits_why: TextField | None = None
    """Why one must come at all."""
    fee: Fee | None = None
    """What is charged; absent where nothing is."""
    faq: tuple[Answered, ...] = ()
    """Questions and answers."""


@declared
class Item:
    """One thing that one office does: needs, rules, time limits, result. Names no office: the registry
    resolves it from the basic code and a place."""

    key: str
    """Its word in the bundle: registration, seal, tax."""
    basic_code: str
    """The 12-character basic code (GB/T 39554.1)."""
    name: TextField
    """Its name in the catalogue of items."""
    type: ItemType
    """Item type by GB/T 39046 A.1: 01 licensing, 07 confirmation, 10 other power, 20 public service."""
    handling: Literal["1", "2"]
    """GB/T 39046 A.6: 1 on the spot, 2 within the promised time."""
    decider: TextField
    """The kind of office that decides, in words; which one is resolved at filing."""
    jurisdiction: str
    """Name of the value whose division decides competence: place.division, or division.code where the
    division that the filer chose does."""
    after: tuple[str, ...] = ()
    """Items whose result this one waits for."""
    when: str = ""
    """A rule expression over answers: the item is part of the filing only where it is met."""
    basis: tuple[Basis, ...]
    """The articles that establish the item."""
    guide: Guide | None = None
    """The public guide's own words; a licence (type 01) has one."""
    needs: tuple[Need, ...]
    """What it needs to know."""
    materials: tuple[Material, ...] = ()
    """The documents it requires."""
    checks: tuple[Check, ...] = ()
    """Its rules."""
    pledges: tuple[Pledge, ...] = ()
    """The promises that may replace a proof."""
    decision: Decision
    """Who may decide."""
    limits: Limits
    """The clocks."""
    claims: tuple[Claim, ...] = ()
    """Values held exclusively while it is open."""
    produces: tuple[Produced, ...] = ()
    """Values its decision brings into being."""
    acts: tuple[Act, ...] = ()
    """Registrations in other organisations' systems."""
    licence: Licence
    """The signed result."""
    remedies: tuple[Remedy, ...] = ()
    """Where to turn against a refusal, where that differs from what the city says of the office."""
    separate_form: tuple[SeparateField, ...]
    """The fields of the form that this office asks when the item is filed alone."""
