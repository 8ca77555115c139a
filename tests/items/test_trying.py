"""`tongban pack test` tries everything that a pack claims, and counts what it could not try."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.items import city
from tongban.items import api as items
from tongban.kernel.errors import NotFound
from tongban.kernel.texts import Text

NAMED_BY_THE_ISSUE = {
    "sole-owner",
    "name-taken",
    "address-unknown",
    "enforcement-list",
    "source-down",
    "missing-fact",
    "two-shareholders",
    "contested-address",
    "reply-lost-tax",
}


def copied(folder: Path) -> Path:
    pack = folder / "open-company"
    shutil.copytree(city.FOLDER, pack)
    return pack


def wrong(trial: items.PackTrial) -> list[str]:
    return [said.en for each in trial.tried for said in each.said]


def test_the_pack_of_the_city_stands_its_trial() -> None:
    trial = items.try_pack(city.FOLDER, city.around())
    assert wrong(trial) == []
    assert trial.is_right
    rows = {each.name for each in trial.tried if each.kind == "rows"}
    assert rows == {check.code for item in city.bundle().items for check in item.checks}


def test_every_situation_has_its_sample() -> None:
    assert {sample.key for sample in items.load_samples(city.FOLDER)} >= NAMED_BY_THE_ISSUE


def test_without_a_runner_the_journeys_are_counted_as_not_driven() -> None:
    trial = items.try_pack(city.FOLDER, city.around())
    journeys = [each for each in trial.tried if each.kind == "journey"]
    assert len(journeys) == len(items.load_samples(city.FOLDER))
    assert all(each.skipped for each in journeys)


def observed(phase: items.Phase) -> items.Observed:
    """Give what exactly fulfils a phase."""
    expect = phase.expect
    return items.Observed(
        status=expect.status,
        stopped_by=expect.stopped_by,
        alternatives=expect.alternatives,
        cases=expect.cases,
        makers=expect.makers,
        facts=expect.facts,
        corrections=expect.corrections or 0,
        pledged=expect.pledged,
        offered=expect.offered or (),
        notices=expect.notices or (),
        fetched_about=expect.fetched_about,
        asked=expect.asked or 0,
        registrations=expect.registrations,
        licences=expect.licences or 0,
    )


def test_a_runner_that_sees_what_is_expected_is_content() -> None:
    def runner(sample: items.Sample) -> Sequence[items.Observed]:
        return [observed(phase) for phase in sample.file.phases]

    assert wrong(items.try_pack(city.FOLDER, city.around(), runner)) == []


def test_a_runner_that_sees_two_registrations_says_so() -> None:
    def runner(sample: items.Sample) -> Sequence[items.Observed]:
        seen = [observed(phase) for phase in sample.file.phases]
        if sample.key == "reply-lost-tax":
            counted = {**seen[-1].registrations, "tax": 2}
            seen[-1] = items.Observed(**{**_fields(seen[-1]), "registrations": counted})
        return seen

    assert wrong(items.try_pack(city.FOLDER, city.around(), runner)) == [
        "phase 1: registrations.tax: expected 1, saw 2."
    ]


def _fields(seen: items.Observed) -> dict[str, object]:
    return {name: getattr(seen, name) for name in seen.__slots__}


def test_a_sample_that_the_node_refuses_fails_alone() -> None:
    def runner(sample: items.Sample) -> Sequence[items.Observed]:
        if sample.key == "name-taken":
            raise NotFound("x.gone", what=Text("没有。", "Not there."), todo=Text("更正。", "Correct it."))
        return [observed(phase) for phase in sample.file.phases]

    trial = items.try_pack(city.FOLDER, city.around(), runner)
    assert wrong(trial) == ["Not there. Correct it."]
    assert [each.name for each in trial.tried if not each.is_right] == ["name-taken"]


def test_a_runner_that_stops_halfway_is_told() -> None:
    trial = items.try_pack(city.FOLDER, city.around(), lambda _sample: [])
    assert all("saw 0 of" in said for said in wrong(trial))


COURT = "name: the court did not answer, facts: {}, expect: unknown, missing: [director.under_enforcement]"
HOLDERS = "facts: {company.trade_word_holders: 1}, expect:"
CLAIMS = {
    "a row that is wrong": ("rows.yaml", f"{HOLDERS} not_met", f"{HOLDERS} met", "expects met"),
    "a missing fact without a row": (
        "rows.yaml",
        f"    - {{{COURT}}}\n",
        "",
        "leaves out director.under_enforcement",
    ),
    "a check without a table": ("rows.yaml", "  place.usable:", "  place.useable:", "has no case table"),
    "fewer values than are typed": (
        "samples/sole-owner.json",
        '"asked": 18',
        '"asked": 17',
        "18 values are typed",
    ),
    "an answer left out": ("samples/sole-owner.json", '"staff_count": 2,', "", "People to insure"),
    "an answer to no question": (
        "samples/sole-owner.json",
        '"staff_count"',
        '"staff_counts"',
        "staff_counts",
    ),
    "an item that is not there": (
        "samples/sole-owner.json",
        '"tax": "rule"',
        '"taxes": "rule"',
        "no item is called",
    ),
    "a decision on an item that is not there": (
        "samples/officer-decides.json",
        '"item": "registration"',
        '"item": "registrations"',
        "no item is called registrations",
    ),
    "somebody who does not take part": (
        "samples/two-shareholders.json",
        '"confirms": [\n        "shareholder.1"',
        '"confirms": [\n        "shareholder.7"',
        "no participant is called shareholder.7",
    ),
    "a dispute by nobody": (
        "samples/contested-address.json",
        '"by": "applicant"',
        '"by": "applicants"',
        "no participant is called applicants",
    ),
    "a dispute about no value": (
        "samples/contested-address.json",
        '"fact": "place.usage"',
        '"fact": "place.use"',
        "no value is called place.use",
    ),
    "an answer to no question in a later phase": (
        "samples/name-taken.json",
        '"trade_word": "溪畔春燕"',
        '"trade_words": "溪畔春燕"',
        "trade_words",
    ),
    "a choice that is not offered": ("samples/sole-owner.json", '"rent"', '"lease"', "By what right"),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_what_a_pack_claims_wrongly_is_told(name: str, tmp_path: Path) -> None:
    file, old, new, says = CLAIMS[name]
    pack = copied(tmp_path)
    path = pack / file
    written = path.read_text("utf-8")
    assert old in written
    path.write_text(written.replace(old, new, 1), "utf-8")
    found = [said for said in wrong(items.try_pack(pack, city.around())) if says in said]
    assert found
    assert all(re.match(rf"{re.escape(str(path))}:[1-9][0-9]*: ", said) for said in found), found


def test_a_pack_with_a_fault_is_not_tried_further(tmp_path: Path) -> None:
    pack = copied(tmp_path)
    path = pack / "pack.yaml"
    path.write_text(path.read_text("utf-8").replace("owner: applicant", "owner: director"), "utf-8")
    trial = items.try_pack(pack, city.around())
    assert [each.kind for each in trial.tried] == ["pack"]
    assert not trial.is_right


def test_a_samples_dates_count_from_the_day_it_is_filed() -> None:
    sample = city.sample("sole-owner")
    assert sample.file.answers["company"]["account_day"] == "+7 days"
    given = sample.answers(city.bundle(), city.TODAY)
    assert str(given.values[city.COMPANY, "account_day"]) == "2026-11-30"


def test_nobody_in_the_samples_is_real() -> None:
    for sample in items.load_samples(city.FOLDER):
        for party in sample.parties():
            assert party.same_as is not None or party.number.startswith("9901")
