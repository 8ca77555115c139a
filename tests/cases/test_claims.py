"""What a case claims for itself alone: a value that is known, never that nothing is known yet."""

import shutil
from pathlib import Path

from bench.filing import draft
from bench.town import CITY, Town, carry
from tests.cases.acting import pass_time, states, submit
from tongban.cases.models import Claim
from tongban.catalogue import api as catalogue
from tongban.items import api as items
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import SourceDown
from tongban.kernel.ids import SystemChance
from tongban.kernel.texts import Text


def claim(town: Town, folder: Path, value: str) -> None:
    """Publish the pack anew, with a registration that claims another value than the name."""
    pack = Path(shutil.copytree(CITY / "packs" / "open-company", folder / "open-company"))
    for name, old, new in (
        ("items/registration.yaml", "value: company.name, scope: office", f"value: {value}, scope: office"),
        ("pack.yaml", "version: 1\n", "version: 2\n"),
    ):
        told = (pack / name).read_text("utf-8")
        assert told.count(old) == 1
        (pack / name).write_text(told.replace(old, new), "utf-8")
    book = catalogue.book(civil_date(town.now))
    items.publish_city((items.load_pack(pack),), town.now, book=book, chance=SystemChance())
    town.bundle = items.bundle("open-company")


def two_drafts(town: Town) -> tuple[str, str]:
    return (
        draft(town, town.subject("li_chunyan")),
        draft(town, town.subject("wang_jianguo"), trade_word="春燕巢"),
    )


def test_what_no_source_has_said_yet_is_claimed_by_nobody(town: Town, tmp_path: Path) -> None:
    claim(town, tmp_path, "applicant.mobile")
    police = town.registers["police"]
    police.trouble = SourceDown("t", what=Text("停", "down"), todo=Text("等", "wait"))
    both = two_drafts(town)
    for number in both:
        checked = submit(town, number)
        assert checked.is_clean, checked.stops
        assert states(number)["registration"] == "received", "it waits for the register"
    assert not Claim.objects.exists()
    police.trouble = None
    for number in both:
        pass_time(town, hours=1)
        carry(town, number)
        assert set(states(number).values()) == {"granted"}
    held = dict(Claim.objects.filter(until=None).values_list("case__filing__number", "value"))
    assert set(held) == set(both)
    assert len(set(held.values())) == 2


def test_that_a_source_has_no_record_is_claimed_by_nobody(town: Town, tmp_path: Path) -> None:
    claim(town, tmp_path, "director.office_bar_until")
    for number in two_drafts(town):
        assert submit(town, number).is_clean
        assert set(states(number).values()) == {"granted"}
    assert not Claim.objects.exists()
