"""Two at once: the same case, the same signature, the same change of status."""

import threading
from collections.abc import Callable
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection

from tests.licences.conftest import CASE, Issuing
from tests.licences.test_actions import REVOKE, SUSPEND
from tongban.kernel.errors import AlreadyDone, Conflict
from tongban.kernel.ids import chance
from tongban.kernel.transactions import whole
from tongban.ledger.models import Entry
from tongban.licences import api as licences
from tongban.licences.models import LicenceRow, StatusChangeRow


def at_once(*works: Callable[[], object]) -> list[object]:
    """Let all begin at the same barrier, each on its own connection; give results or exceptions."""
    barrier, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            barrier.wait(30)
            results[place] = work()  # type: ignore[call-overload]
        except Exception as trouble:
            results[place] = trouble  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return list(results)


@pytest.mark.parametrize("turn", range(3))
def test_two_preparations_of_one_case_give_one_licence(issuing: Issuing, turn: int) -> None:
    case = CASE[:-1] + str(turn)
    results = at_once(*[lambda: issuing.prepare(case, chance=chance())] * 4)
    prepared = [each for each in results if isinstance(each, licences.Licence)]
    refused = [each for each in results if isinstance(each, (AlreadyDone, IntegrityError))]
    assert (len(prepared), len(refused)) == (1, 3)
    assert LicenceRow.objects.filter(case_number=case).count() == 1


@pytest.mark.parametrize("turn", range(3))
def test_two_signers_of_one_licence_store_one_signature(issuing: Issuing, turn: int) -> None:
    identifier = issuing.prepare(CASE[:-1] + str(turn)).identifier
    signed = licences.sign(identifier, issuing.signers, now=issuing.now)
    store = whole(licences.store_signature)
    results = at_once(*[lambda: store(signed, now=issuing.now, chance=chance())] * 4)
    assert results == [None] * 4
    assert Entry.objects.filter(kind="licence.signed").count() == 1
    assert licences.licence(identifier).signed


@pytest.mark.parametrize("turn", range(3))
def test_two_changes_of_status_follow_each_other(issuing: Issuing, turn: int) -> None:
    identifier = issuing.issue(CASE[:-1] + str(turn)).identifier
    results = at_once(
        lambda: licences.change_status(identifier, SUSPEND, now=issuing.now, chance=chance()),
        lambda: licences.change_status(identifier, REVOKE, now=issuing.now, chance=chance()),
    )
    told = [(each.number, each.previous_status, each.status) for each in licences.history(identifier)]
    for (_, _, before), (_, after, _) in pairwise(told):
        assert before == after
    assert [number for number, _, _ in told] == list(range(1, len(told) + 1))
    assert all(isinstance(each, str | Conflict) for each in results), results
    assert licences.licence(identifier).status is licences.Status.REVOKED
    assert StatusChangeRow.objects.filter(status="03").count() == 1
