"""The fixed characters are as the papers promise."""

import json
from pathlib import Path

import pytest

from demo import characters
from demo.characters import ENTERPRISES, KEPT_WORDS, PERSONS, SHOPS, UNKNOWN
from demo.checks import is_credit_code, is_resident_id
from demo.making.tables import WORD_FIRST, WORD_SECOND

FOLDER = Path(characters.__file__).parent
PROTOCOLS = (FOLDER / "PROTOCOLS.md").read_text("utf-8")


def test_the_file_of_characters_is_up_to_date() -> None:
    written = json.loads((FOLDER / "characters.json").read_text("utf-8"))
    assert written == characters.document(), "run: python -m demo.characters"


@pytest.mark.parametrize("person", PERSONS.values(), ids=list(PERSONS))
def test_a_person_is_valid_and_stands_in_the_protocols(person: characters.Person) -> None:
    assert is_resident_id(person.resident_id)
    assert f"| `{person.key}` | {person.name} | `{person.resident_id}` |" in PROTOCOLS


@pytest.mark.parametrize("firm", ENTERPRISES.values(), ids=list(ENTERPRISES))
def test_an_enterprise_is_valid_and_stands_in_the_protocols(firm: characters.Enterprise) -> None:
    assert is_credit_code(firm.credit_code)
    assert f"| `{firm.key}` | {firm.name} | `{firm.credit_code}` |" in PROTOCOLS


def test_every_address_stands_in_the_protocols() -> None:
    for key, code in {key: place.code for key, place in SHOPS.items()}.items() | UNKNOWN.items():
        assert f"| `{key}` | `{code}` |" in PROTOCOLS


def test_no_generated_name_can_take_a_kept_word() -> None:
    made = {first + second for first in WORD_FIRST for second in WORD_SECOND}
    assert not made & set(KEPT_WORDS)
    assert len(made) == len(WORD_FIRST) * len(WORD_SECOND)


def test_the_kept_words_stand_in_the_protocols() -> None:
    assert "、".join(KEPT_WORDS) in PROTOCOLS
