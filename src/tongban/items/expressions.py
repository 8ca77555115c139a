"""The expressions of a bundle, checked once: conditions, checks and computed values."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from tongban.items.bundle import Basis, Bundle, Check, DatedParameter
from tongban.items.planned import Party
from tongban.items.values import Held, Values, facts_for
from tongban.kernel.marks import marked
from tongban.kernel.texts import Text
from tongban.rules import api as rules

Dates = Mapping[str, date]
NO_DATES: Dates = {}
MONEY = "cents"


def spoken_basis(bundle_laws: Mapping[str, object], basis: Basis) -> Text:
    """Give a basis as people are told it: the law's title, the article, and how sure that is."""
    return marked(cited_basis(bundle_laws, basis), basis.mark)


def cited_basis(bundle_laws: Mapping[str, object], basis: Basis) -> Text:
    """Give the law's title and the article alone, for what keeps the mark beside it."""
    law = bundle_laws.get(basis.law)
    name: Text = getattr(law, "name", Text(basis.law, basis.law))
    if not basis.article:
        return Text(f"《{name.zh}》", name.en)
    zh = basis.article.replace(", ", "、").replace("; ", "、")
    return Text(f"《{name.zh}》第{zh}条", f"{name.en}, art. {basis.article}")


def vocabulary(bundle: Bundle) -> rules.Vocabulary:
    """Give what the bundle's rules may speak of: every name, and each role of many as a list."""
    words: dict[str, rules.ElementType] = {}
    for participant in bundle.participants:
        own = {
            name: _type(bundle, element)
            for name, (role, element) in bundle.names.items()
            if role == participant.role and _is_scalar(bundle, element)
        }
        if participant.max > 1:
            fields = {name.partition(".")[2]: kind for name, kind in own.items()}
            words[participant.role] = rules.ElementType(rules.Kind.LIST, participant.name, fields=fields)
        else:
            words.update(own)
    return words


def _is_scalar(bundle: Bundle, element: str) -> bool:
    card = bundle.elements.get(element)
    return card is not None and card.kind != "list"


def _type(bundle: Bundle, element: str) -> rules.ElementType:
    card = bundle.elements[element]
    return rules.ElementType(rules.Kind(card.kind), card.name, codes=card.codes or None)


def parameters(bundle: Bundle) -> rules.Parameters:
    """Give the bundle's dated parameters as rules take them."""
    return rules.Parameters.of(_parameter(bundle, declared) for declared in bundle.parameters)


def _parameter(bundle: Bundle, declared: DatedParameter) -> rules.Parameter:
    return rules.Parameter(
        name=declared.name,
        title=declared.label,
        kind=rules.Kind.MONEY if declared.unit == MONEY else rules.Kind.INTEGER,
        taken_at=declared.taken_at,
        values=tuple(
            rules.DatedValue(
                dated.starts, dated.value, cited_basis(bundle.laws, dated.basis), dated.basis.mark
            )
            for dated in declared.values
        ),
    )


class Expressions:
    """A bundle's expressions by their text, each checked against its vocabulary on first use."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.vocabulary = vocabulary(bundle)
        self.parameters = parameters(bundle)
        self._checked: dict[str, rules.Rule] = {}

    def rule(self, text: str) -> rules.Rule:
        """Give the checked rule of a bare expression; InvalidDeclaration where it is none."""
        if text not in self._checked:
            self._checked[text] = rules.check(text, self.vocabulary, self.parameters)
        return self._checked[text]

    def of_check(self, check: Check) -> rules.Rule:
        """Give the checked rule of a check, with its article and its words."""
        key = f"{check.code}: {check.when}"
        if key not in self._checked:
            law = rules.Law(
                cited_basis(self.bundle.laws, check.article),
                check.article.mark,
                title=check.title,
                because=check.because,
            )
            self._checked[key] = rules.check(
                check.when, self.vocabulary, self.parameters, id=check.code, law=law
            )
        return self._checked[key]

    def holds(self, text: str, parties: Sequence[Party], values: Values, dates: Dates) -> bool | None:
        """Say whether a condition is met; None while it cannot be determined. No condition is met."""
        if not text:
            return True
        rule = self.rule(text)
        outcome = rules.evaluate(rule, facts_for(self.bundle, rule, parties, values), self.parameters, dates)
        return None if isinstance(outcome, rules.Unknown) else isinstance(outcome, rules.Met)

    def value(self, text: str, parties: Sequence[Party], values: Values, dates: Dates) -> Held:
        """Give what a computing expression comes to, or None."""
        rule = self.rule(text)
        found = rules.compute(rule, facts_for(self.bundle, rule, parties, values), self.parameters, dates)
        return None if isinstance(found, rules.Unknown) else found


@lru_cache(maxsize=64)
def expressions(bundle: Bundle) -> Expressions:
    """Give the bundle's checked expressions; a bundle is known by its digest, so they never go stale."""
    return Expressions(bundle)
