"""What the city's policies say about keeping evidence is what the node does: command, worker and start."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection

from tongban.items import api as items
from tongban.kernel.errors import Invalid
from tongban.kernel.ids import SystemChance
from tongban.kernel.transactions import whole
from tongban.ledger import api as ledger
from tongban.ledger import queries
from tongban.ledger.places import opening_keys_folder
from tongban.site import runtime
from tongban.site.building import check
from tongban.site.command import main
from tongban.site.commands.serve import require_built
from tongban.site.retention import schedule
from tongban.site.working import chores

YUNXI = Path(__file__).parents[2] / "cities/yunxi"
TODAY = date(2026, 11, 23)
LONG_AGO = datetime(2020, 1, 15, 4, tzinfo=UTC)  # three years and more before any day on which this runs


def yunxi() -> ledger.Schedule:
    return schedule(items.load_policies(YUNXI / "policies.yaml"), "990100", TODAY)


def test_the_city_says_how_long_each_class_is_kept_and_how_sure_its_ground_is() -> None:
    found = yunxi()
    assert {name: (kept.amount, kept.unit) for name, kept in found.items()} == {
        "cases": (10, "year"),
        "results": (30, "year"),
        "shares": (3, "year"),
        "oversight": (3, "year"),
    }
    assert set(found) == set(ledger.KEPT_FOR_A_TIME)
    assert "to be verified" in found["results"].basis.en
    assert "to be verified" not in found["shares"].basis.en


def test_a_city_that_would_forget_too_soon_is_refused_before_it_is_built(tmp_path: Path) -> None:
    check(YUNXI, TODAY)
    city = Path(shutil.copytree(YUNXI, tmp_path / "city"))
    text = (city / "policies.yaml").read_text("utf-8")
    before, found, after = text.partition("key: evidence.retention.shares")
    (city / "policies.yaml").write_text(before + found + after.replace("value: 3", "value: 2", 1), "utf-8")
    with pytest.raises(Invalid) as refused:
        check(city, TODAY)
    assert refused.value.code == "ledger.kept_too_short"


@whole
def use_data(now: datetime) -> str:
    """One share of a moment, as exchange records it."""
    fields = {"consumer": "tax.990121", "resource": "r", "elements": ["person.name"], "purpose": "p"}
    return ledger.record("shares", "share.released", fields, now=now, chance=SystemChance()).id


@pytest.fixture
def recorded(database: None) -> tuple[str, str]:
    """One share of long ago and one of this month, on a node that has its key."""
    ledger.make_log_key(ledger.keys_folder(), "990100")
    queries._writable_since.clear()
    return use_data(LONG_AGO), use_data(datetime.now(UTC))


def test_the_command_lists_what_is_due_and_then_forgets_it(
    recorded: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = recorded
    due = [{"period": "shares-2020-01", "kept_until": "2023-01-31"}]
    assert main(["ledger", "forget", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == due
    assert ledger.opening(old).value("purpose") == "p", "a list changes nothing"
    assert main(["ledger", "forget", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == due
    with pytest.raises(ledger.PeriodForgotten):
        ledger.opening(old)
    assert ledger.opening(new).value("purpose") == "p"
    assert main(["ledger", "forget"]) == 0
    assert "到期" in (said := capsys.readouterr().out) or "Nothing is due" in said


@pytest.mark.skipif(connection.vendor == "postgresql", reason="no node starts on a server with fsync off")
def test_a_node_that_starts_forgets_again_what_a_backup_brought_back(recorded: tuple[str, str]) -> None:
    [path] = opening_keys_folder().glob("shares-2020-01.*")
    key = path.read_bytes()
    assert main(["ledger", "forget"]) == 0
    path.write_bytes(key)
    assert ledger.opening(recorded[0])
    require_built()
    with pytest.raises(ledger.PeriodForgotten):
        ledger.opening(recorded[0])


def test_the_worker_forgets_too(recorded: tuple[str, str]) -> None:
    at = runtime.workplace.__wrapped__()  # not the one that this process keeps
    try:
        [chore] = [each for each in chores(at) if "forgetting what evidence" in each.name]
        chore.do()
    finally:
        at.road.close()
    with pytest.raises(ledger.PeriodForgotten):
        ledger.opening(recorded[0])
