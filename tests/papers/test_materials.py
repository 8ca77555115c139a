"""Materials from their coming to their destruction, with evidence before every effect."""

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.licences.conftest import NOON, Issuing
from tests.papers.conftest import FILING, pdf, store
from tongban.kernel.errors import Conflict, NotFound
from tongban.kernel.transactions import whole
from tongban.ledger import api as ledger
from tongban.papers import api as papers
from tongban.papers.actions import materials as actions
from tongban.papers.models import MaterialRow

KEPT_UNTIL = date(2029, 11, 23)
OTHER_FILING = FILING[:-1] + "5"


def take(issuing: Issuing, uploads: Path, stored: papers.StoredUpload, **changes: Any) -> papers.Material:
    wanted: dict[str, Any] = {"retain_until": KEPT_UNTIL, "now": issuing.now, "chance": issuing.chance}
    return papers.upload(
        stored, changes.pop("material", "registration.articles_own"), uploads=uploads, **{**wanted, **changes}
    )


def test_a_material_is_known_by_its_document_and_has_evidence(issuing: Issuing, uploads: Path) -> None:
    taken = take(issuing, uploads, store(uploads, pdf()))
    assert papers.materials_of(FILING) == {"registration.articles_own"}
    assert papers.materials(FILING) == (taken,)
    row = MaterialRow.objects.get()
    opened = ledger.opening(row.received_entry)
    assert opened.value("material_digest") == taken.sha256
    assert opened.value("scan") == "not_scanned"


def test_the_same_file_twice_is_one_material(issuing: Issuing, uploads: Path) -> None:
    first = take(issuing, uploads, store(uploads, pdf()))
    entries = ledger.head("decisions").waiting
    assert take(issuing, uploads, store(uploads, pdf(), "again.pdf")) == first
    assert ledger.head("decisions").waiting == entries
    row = MaterialRow.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_one_file_may_be_two_documents_of_a_filing_and_lies_there_once(
    issuing: Issuing, uploads: Path
) -> None:
    stored = store(uploads, pdf())
    take(issuing, uploads, stored)
    take(issuing, uploads, stored, material="seal.application")
    assert papers.materials_of(FILING) == {"registration.articles_own", "seal.application"}
    assert len(list((uploads / FILING).iterdir())) == 1


def test_a_filing_takes_no_more_documents_than_its_list_shows(issuing: Issuing, uploads: Path) -> None:
    first = take(issuing, uploads, store(uploads, pdf()))
    row = MaterialRow.objects.get()
    copied = {
        each.attname: getattr(row, each.attname) for each in MaterialRow._meta.fields if each.name != "id"
    }
    MaterialRow.objects.bulk_create(
        MaterialRow(**{**copied, "material": f"registration.further{number}"}) for number in range(499)
    )
    with pytest.raises(Conflict):
        take(issuing, uploads, store(uploads, pdf()), material="seal.application")
    assert len(papers.materials(FILING)) == 500
    assert take(issuing, uploads, store(uploads, pdf())) == first, "what is there already is no further one"


def test_a_file_that_vanished_meanwhile_is_asked_for_again(issuing: Issuing, uploads: Path) -> None:
    stored = store(uploads, pdf())
    (uploads / FILING / stored.sha256).unlink()
    with pytest.raises(Conflict, match="Upload it again"):
        take(issuing, uploads, stored)
    assert papers.materials_of(FILING) == frozenset()


def test_a_material_opens_only_through_its_own_filing(issuing: Issuing, uploads: Path) -> None:
    taken = take(issuing, uploads, store(uploads, pdf()))
    _, path = papers.material_file(taken.id, filing=FILING, uploads=uploads)
    assert path.read_bytes() == pdf()
    with pytest.raises(NotFound):
        papers.material_file(taken.id, filing=OTHER_FILING, uploads=uploads)


def test_nothing_is_destroyed_on_its_last_day_and_everything_after(issuing: Issuing, uploads: Path) -> None:
    taken = take(issuing, uploads, store(uploads, pdf()), retain_until=NOON.date())
    assert papers.keep_retention(uploads, issuing.now, chance=issuing.chance) == (0, 0)
    tomorrow = issuing.now + timedelta(days=1)
    assert papers.keep_retention(uploads, tomorrow, chance=issuing.chance) == (1, 1)
    assert papers.keep_retention(uploads, tomorrow, chance=issuing.chance) == (0, 0)
    assert papers.materials_of(FILING) == frozenset()
    assert not (uploads / FILING / taken.sha256).exists()
    row = MaterialRow.objects.get()
    assert ledger.opening(row.destroyed_entry).value("material_digest") == taken.sha256
    with pytest.raises(NotFound):
        papers.material_file(taken.id, filing=FILING, uploads=uploads)


def test_a_crash_after_the_evidence_leaves_a_file_that_the_next_run_removes(
    issuing: Issuing, uploads: Path
) -> None:
    taken = take(issuing, uploads, store(uploads, pdf()), retain_until=NOON.date())
    tomorrow = issuing.now + timedelta(days=1)
    assert actions.mark_due_as_destroyed(tomorrow, chance=issuing.chance, limit=10) == 1
    assert (uploads / FILING / taken.sha256).exists()  # here the power failed
    assert papers.keep_retention(uploads, tomorrow, chance=issuing.chance) == (0, 1)
    assert not (uploads / FILING / taken.sha256).exists()


def test_a_file_that_another_material_still_needs_stays(issuing: Issuing, uploads: Path) -> None:
    stored = store(uploads, pdf())
    take(issuing, uploads, stored, retain_until=NOON.date())
    take(issuing, uploads, stored, material="seal.application")
    tomorrow = issuing.now + timedelta(days=1)
    assert papers.keep_retention(uploads, tomorrow, chance=issuing.chance) == (1, 1)
    assert (uploads / FILING / stored.sha256).exists()
    assert papers.materials_of(FILING) == {"seal.application"}


def test_destroying_one_filings_file_leaves_anothers(issuing: Issuing, uploads: Path) -> None:
    take(issuing, uploads, store(uploads, pdf()), retain_until=NOON.date())
    other = take(issuing, uploads, store(uploads, pdf(), filing=OTHER_FILING))
    papers.keep_retention(uploads, issuing.now + timedelta(days=1), chance=issuing.chance)
    assert (uploads / OTHER_FILING / other.sha256).exists()


def test_what_was_destroyed_may_be_handed_in_again(issuing: Issuing, uploads: Path) -> None:
    take(issuing, uploads, store(uploads, pdf()), retain_until=NOON.date())
    papers.keep_retention(uploads, issuing.now + timedelta(days=1), chance=issuing.chance)
    again = take(issuing, uploads, store(uploads, pdf()))
    assert [each.destroyed_at is None for each in papers.materials(FILING)] == [False, True]
    assert (uploads / FILING / again.sha256).exists()


def test_retention_can_end_with_the_draft(issuing: Issuing, uploads: Path) -> None:
    take(issuing, uploads, store(uploads, pdf()))
    whole(papers.set_retention)(FILING, NOON.date())
    assert papers.keep_retention(uploads, issuing.now + timedelta(days=1), chance=issuing.chance) == (1, 1)


def test_destruction_without_evidence_cannot_be_stored(issuing: Issuing, uploads: Path) -> None:
    take(issuing, uploads, store(uploads, pdf()))
    with pytest.raises(IntegrityError), transaction.atomic():
        MaterialRow.objects.update(destroyed_at=issuing.now)


def test_the_sweep_takes_what_no_row_knows_and_only_when_it_is_old(issuing: Issuing, uploads: Path) -> None:
    kept = take(issuing, uploads, store(uploads, pdf()))
    orphan = store(uploads, pdf("orphan"))
    (uploads / "quarantine" / "broken-off").write_bytes(b"x")
    for path in uploads.rglob("*"):
        if path.is_file():
            os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    assert papers.sweep(uploads, NOON + timedelta(hours=23)) == 0
    assert papers.sweep(uploads, NOON + timedelta(hours=25)) == 2
    assert (uploads / FILING / kept.sha256).exists()
    assert not (uploads / FILING / orphan.sha256).exists()
    assert papers.sweep(uploads.parent / "none", NOON) == 0
