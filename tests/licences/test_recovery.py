"""From a backup to working again: licences after the database was restored from before what the log tells."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection

from tests.licences.conftest import CASE, MARKET, Issuing
from tests.licences.test_actions import CANCEL, GIVE_BACK, REVOKE, SUSPEND
from tests.licences.test_rotation import codes
from tests.licences.test_status_lists import folder, listed, place, publish
from tongban.kernel.errors import NodeReadOnly
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban_verify.status_list import check_status

__all__ = ["folder"]
OTHERS = tuple(f"{CASE[:-1]}{place}" for place in range(2, 9))


def backup() -> Callable[[], None]:
    """Copy every table as a backup of the database does; calling the answer restores them."""
    models = [each for each in apps.get_models() if each._meta.managed]
    kept = [(model, list(model._base_manager.values())) for model in models]

    def restore() -> None:
        call_command("flush", interactive=False, verbosity=0)
        with connection.constraint_checks_disabled():
            for model, rows in kept:
                model._base_manager.all().delete()
                model._base_manager.bulk_create([model(**row) for row in rows])
        with connection.cursor() as cursor:  # as pg_dump does: numbers go on where the backup ended
            for sql in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(sql)

    return restore


def recover(issuing: Issuing) -> None:
    issuing.clock.move(timedelta(minutes=1))
    ledger.recover(
        ledger.logs_folder(),
        issuing.log_signer,
        now=issuing.now,
        chance=issuing.chance,
        rooms=[licences.bring_forward],
    )
    licences.sign_waiting(issuing.signers, issuing.now, chance=issuing.chance, log_signer=issuing.log_signer)


def said(issuing: Issuing, folder: Path, claim: dict[str, object]) -> str:
    return check_status(claim, MARKET, listed(issuing, folder))


def test_what_was_decided_after_the_backup_stands_again_everywhere(issuing: Issuing, folder: Path) -> None:
    several = [issuing.issue(case).identifier for case in OTHERS[:5]]
    issuing.publish()
    restore = backup()
    for identifier, change in zip(several[1:], (SUSPEND, REVOKE, CANCEL, SUSPEND), strict=True):
        issuing.change(identifier, change)
    issuing.change(several[4], GIVE_BACK)
    issuing.publish()
    before = [licences.history(each) for each in several]
    restore()
    issuing.clock.move(timedelta(minutes=1))  # a process compares database and log every few seconds
    with pytest.raises(NodeReadOnly):
        issuing.prepare()
    recover(issuing)
    issuing.publish()
    assert [licences.history(each) for each in several] == before
    assert [licences.licence(each).status.value for each in several] == ["01", "02", "03", "04", "01"]
    publish(issuing, folder)
    assert [said(issuing, folder, place(each)) for each in several] == [
        "",
        "suspended",
        "list_invalid",
        "list_invalid",
        "",
    ]
    assert [codes(each, issuing) for each in several] == [[], ["suspended"], ["revoked"], ["cancelled"], []]
    issuing.change(several[0], REVOKE)
    assert licences.licence(several[0]).status is licences.Status.REVOKED


def test_no_place_is_given_twice_and_one_that_was_lost_is_not_called_valid(
    issuing: Issuing, folder: Path
) -> None:
    kept = issuing.issue(OTHERS[0]).identifier
    issuing.publish()
    restore, lost = backup(), list[dict[str, object]]()
    for published, unpublished in (OTHERS[1:3], OTHERS[3:5]):  # the same backup is restored twice
        revoked = issuing.issue(published).identifier
        issuing.change(revoked, REVOKE)
        issuing.publish()
        lost += place(revoked), place(issuing.issue(unpublished).identifier)
        restore()
        recover(issuing)
    restore, between = backup(), issuing.issue(OTHERS[5]).identifier
    issuing.publish()
    lost.append(place(between))
    restore()
    recover(issuing)
    known = [place(kept), place(issuing.issue(OTHERS[6]).identifier)]
    assert len({str(each) for each in (*lost, *known)}) == 7
    publish(issuing, folder)
    assert [said(issuing, folder, each) for each in known] == ["", ""]
    assert [said(issuing, folder, each) for each in lost] == ["other_status"] * 5


def test_no_list_is_written_while_nobody_knows_whose_status_changed(issuing: Issuing, folder: Path) -> None:
    shown = issuing.issue()
    issuing.publish()
    restore = backup()
    issuing.change(shown.identifier, REVOKE)
    issuing.publish()
    restore()
    for path in Path(f"{ledger.logs_folder()}-private").rglob("*.jsonl"):
        path.unlink()
    recover(issuing)
    assert publish(issuing, folder) == (0, 0)
    assert not list(folder.glob("*.jwt"))
    for each in ledger.recovered(open_only=True):
        ledger.complete_recovered(
            each.entry, staff_id="7", note="已重新吊销", now=issuing.now, chance=issuing.chance
        )
    issuing.change(shown.identifier, REVOKE)
    assert publish(issuing, folder) == (1, 0)
    assert said(issuing, folder, place(shown.identifier)) == "list_invalid"
