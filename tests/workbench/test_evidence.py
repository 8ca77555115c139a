"""The ledger in the workbench: heads, proofs, verifying now, read-only and what was recovered."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from bench.town import Town
from tests.portal.visiting import Visit
from tests.rest.placing import publish
from tests.workbench.acting import staff, turned, waiting_registration
from tongban.ledger import api as ledger
from tongban.ledger.models import Entry, Log
from tongban.workbench.views import evidence

AUDITOR = "audit.yunxi.shang"


@pytest.fixture
def published(town: Town) -> str:
    """A filing's entries, under a checkpoint; gives the newest one."""
    waiting_registration(town, "li_chunyan")
    publish(town)
    return ledger.latest("decisions", most=1).lines[0].entry


def test_heads_and_the_checkpoint_are_shown_as_they_were_signed(
    town: Town, visit: Visit, published: str
) -> None:
    visit.as_staff(staff(town, AUDITOR))
    page = visit.open("/workbench/evidence?log=decisions")
    head = ledger.head("decisions")
    assert head.root in page.html
    assert str(head.size) in page.text
    assert "tongban" in head.checkpoint or head.origin in head.checkpoint
    assert " ".join(head.checkpoint.split()) in page.text


def test_an_entrys_proof_is_shown_and_its_file_verifies(town: Town, visit: Visit, published: str) -> None:
    visit.as_staff(staff(town, AUDITOR))
    page = visit.open(f"/workbench/evidence?entry={published}")
    assert page.status == 200
    assert "审计路径" in page.text
    answer = visit.client.get(f"/workbench/evidence/entries/{published}/proof.json")
    public = ledger.public_log_key(ledger.keys_folder())
    assert public is not None
    assert ledger.read_proof(json.loads(answer.content), public.vkey("decisions")).index >= 0


def test_an_entry_that_is_not_there_or_not_published_says_so(town: Town, visit: Visit) -> None:
    waiting_registration(town, "li_chunyan")
    waits = Entry.objects.filter(log="decisions").latest("id").pk
    visit.as_staff(staff(town, AUDITOR))
    assert visit.open(f"/workbench/evidence?entry={waits}").status == 409
    assert visit.open("/workbench/evidence?entry=nothing").status == 404
    assert visit.open("/workbench/evidence/entries/nothing/proof.json").status == 404


def test_a_log_verifies_while_the_page_waits(town: Town, visit: Visit, published: str) -> None:
    visit.as_staff(staff(town, AUDITOR))
    page = visit.open("/workbench/evidence")
    action = "/workbench/evidence/logs/decisions/verify"
    done = visit.press(page, action=action)
    assert "校验通过" in done.text
    assert [link for link in done.read.links if link.startswith("?")] == []  # they would lead under /verify


def test_a_log_that_was_tampered_with_does_not_verify(town: Town, visit: Visit, published: str) -> None:
    tile = sorted((Path(settings.VAR) / "logs" / "decisions" / "tile" / "entries").rglob("*"))[-1]
    whole = tile.read_bytes()
    tile.chmod(0o644)
    tile.write_bytes(whole.replace(b"case.accepted", b"case.rejected", 1))
    visit.as_staff(staff(town, AUDITOR))
    page = visit.press(visit.open("/workbench/evidence"), action="/workbench/evidence/logs/decisions/verify")
    assert "校验不通过" in page.text
    tile.write_bytes(whole)


def test_a_log_too_long_for_a_page_names_the_command(
    town: Town, visit: Visit, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched because a log of a hundred thousand entries takes minutes to make.
    monkeypatch.setattr(evidence, "MOST_VERIFIED", 1)
    visit.as_staff(staff(town, AUDITOR))
    page = visit.press(visit.open("/workbench/evidence"), action="/workbench/evidence/logs/decisions/verify")
    assert page.status == 409
    assert "tongban ledger verify decisions" in page.text


def test_a_log_that_does_not_exist_is_not_read(town: Town, visit: Visit, published: str) -> None:
    visit.as_staff(staff(town, AUDITOR))
    form = visit.open("/workbench/evidence").form("/workbench/evidence/logs/decisions/verify")
    for name in ("nothing", "..", "%2e%2e%2fkeys"):
        answer = visit.client.post(f"/workbench/evidence/logs/{name}/verify", form)
        assert answer.status_code == 404


def test_a_database_older_than_the_log_is_told_on_every_page(
    town: Town, visit: Visit, published: str
) -> None:
    visit.as_staff(staff(town, AUDITOR))
    assert "系统只读" not in visit.open("/workbench/audit").text
    size = Log.objects.get(name="decisions").size
    Log.objects.filter(name="decisions").update(size=size - 1)
    assert "系统只读" in visit.open("/workbench/audit").text
    Log.objects.filter(name="decisions").update(size=size)


def test_what_a_recovery_found_is_listed_and_completed_by_name(
    town: Town, visit: Visit, published: str
) -> None:
    lost = Entry.objects.get(pk=published)
    before = Log.objects.get(name="decisions")
    _forget_everything()
    ledger.recover(
        ledger.logs_folder(), town.workplace.log_signer, now=town.now, chance=town.workplace.chance
    )
    assert Log.objects.get(name="decisions").size == before.size
    visit.as_staff(staff(town, AUDITOR))
    listed = turned(visit, "/workbench/evidence/recovered", "after")
    page = next(page for page in listed if lost.pk in page.text)
    form = {**page.form(), "entry": [lost.pk], "note": ["与纸质档案核对一致。"]}
    answer = visit.client.post("/workbench/evidence/recovered", form, follow=True)
    assert answer.status_code == 200
    done = {each.entry: each.completed_by for each in ledger.recovered()}
    assert done[lost.pk] == str(staff(town, AUDITOR).id)
    assert visit.client.post("/workbench/evidence/recovered", form).status_code == 409


def _forget_everything() -> None:
    """Make the database as old as one that was restored from before the first entry."""
    Entry.objects.all().delete()
    Log.objects.all().delete()
