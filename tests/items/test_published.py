"""The schema that other people's editors use is the one that the program reads by."""

import json

from tests.items import city
from tongban.items import api as items

PATH = city.ROOT / "docs" / "pack.schema.json"


def test_the_published_schema_is_the_one_in_force() -> None:
    assert json.loads(PATH.read_text("utf-8")) == items.schema(), (
        "write it again: tongban pack schema > docs/pack.schema.json"
    )


def test_every_key_of_every_file_is_explained() -> None:
    made = items.schema()
    bare = []
    for name, shape in made["$defs"].items():
        if name == "Text" or not shape.get("properties"):
            continue
        for key, field in shape["properties"].items():
            if "description" not in field and "$ref" not in field and name.islower():
                bare.append(f"{name}.{key}")
    assert bare == []


def test_the_schema_names_every_file_of_a_pack() -> None:
    files = {path.name for path in city.FOLDER.iterdir() if path.is_file()}
    assert files <= set(items.schema()["properties"])
