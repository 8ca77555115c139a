"""Which results rest on which: what is revoked takes the ground from under what was built on it. Pure."""

from tongban.cases.rules.states import CaseState
from tongban.cases.snapshot import Snapshot
from tongban.items import api as items
from tongban.kernel.texts import Text


def rests_on(bundle: items.Bundle, item: str) -> frozenset[str]:
    """Give every item whose result must stand for this one to stand: those it waits for, and theirs."""
    before = bundle.item(item).after
    return frozenset(before).union(*(rests_on(bundle, each) for each in before))


def ground_revoked(bundle: items.Bundle, item: str, snapshot: Snapshot) -> Text | None:
    """Say that what this item rests on was revoked; None where it stands."""
    ground = rests_on(bundle, item)
    revoked = [case.item for case in snapshot.cases if case.state is CaseState.REVOKED]
    return next((revocation(bundle.item(each).name) for each in revoked if each in ground), None)


def revocation(name: Text) -> Text:
    """Say to an office that what its result rests on was revoked."""
    return Text(
        f"本事项所依据的“{name.zh}”已被撤销，请依法处理。",
        f"What this rests on was revoked ({name.en}): see what follows for it.",
    )
