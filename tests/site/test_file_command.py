"""What whoever runs the node is shown of a filing, and what an applicant's program reads from a sample."""

import json
from datetime import date

import pytest

from bench.town import Town
from tests.site.living import left_alone
from tests.sources import ROOT
from tongban.kernel.errors import NotFound
from tongban.site.command import main
from tongban.site.first_filing import read_sample

SAMPLES = ROOT / "cities" / "yunxi" / "packs" / "open-company" / "samples"


def test_the_operator_sees_the_work_and_neither_names_nor_facts(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    number = left_alone(town, "li_chunyan", "燕归来")
    assert main(["filing", "show", number, "--json"]) == 0
    said = capsys.readouterr().out
    assert json.loads(said)["cases"][0]["item"] == "registration"
    assert main(["filing", "show", number]) == 0
    said += capsys.readouterr().out
    for private in ("李春燕", "990121198803129020", "燕归来", "春风路"):
        assert private not in said


def test_a_filing_that_is_not_there_is_told(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["filing", "show", "99010020261123999999"]) == 4
    assert "99010020261123999999" in capsys.readouterr().err


def test_days_of_a_sample_count_from_the_filing_day() -> None:
    number, body = read_sample(SAMPLES / "sole-owner.json", "open-company", date(2026, 12, 30))
    assert number == "990121198803129020"
    assert body["answers"]["company"]["account_day"] == "2027-01-06"
    assert body["notice_read"] is True


def test_a_sample_that_is_not_there_is_told() -> None:
    with pytest.raises(NotFound):
        read_sample(SAMPLES / "none.json", "open-company", date(2026, 12, 30))
