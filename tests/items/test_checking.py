"""A pack's mistakes: each is found, at its file and line, with what to write instead."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import yaml

from tests.items import city
from tongban.items import api as items
from tongban.kernel.declarations import DeclarationErrors, InvalidDeclaration

SEAL = "items/seal.yaml"


@dataclass(frozen=True)
class Mistake:
    """Replace `old` by `new` in a file; the error must point at the line with `at` and say `says`."""

    file: str
    old: str
    new: str
    at: str
    says: str
    todo: str


TABLE = yaml.safe_load((Path(__file__).parent / "mistakes.yaml").read_text("utf-8"))
MISTAKES = {row.pop("name"): Mistake(**row) for row in TABLE}


def broken(mistake: Mistake, folder: Path) -> Path:
    """Give a copy of the pack with the mistake in it."""
    pack = folder / "open-company"
    shutil.copytree(city.FOLDER, pack)
    path = pack / mistake.file
    written = path.read_text("utf-8")
    assert mistake.old in written, f"the pack has changed: {mistake.old!r} is gone from {mistake.file}"
    path.write_text(written.replace(mistake.old, mistake.new, 1), "utf-8")
    return pack


def faults(pack: Path) -> tuple[InvalidDeclaration, ...]:
    """Give what reading and checking a pack refuse."""
    try:
        return items.find_faults(items.load_pack(pack), city.around())
    except DeclarationErrors as several:
        return several.errors
    except InvalidDeclaration as one:
        return (one,)


def test_the_pack_of_the_city_is_in_order() -> None:
    assert faults(city.FOLDER) == ()


def test_there_are_at_least_twenty_five_kinds_of_mistake() -> None:
    assert len(MISTAKES) >= 25


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found_at_its_line_with_what_to_write_instead(name: str, tmp_path: Path) -> None:
    mistake = MISTAKES[name]
    pack = broken(mistake, tmp_path)
    found = faults(pack)
    told = [fault for fault in found if mistake.says in fault.what.en and mistake.todo in fault.todo.en]
    assert told, f"not told: {[str(fault) for fault in found]}"
    pointed = []
    for fault in told:
        path = Path(fault.file)
        assert path.is_relative_to(pack)
        pointed.append(path.read_text("utf-8").splitlines()[fault.line - 1])
    assert any(mistake.at in line for line in pointed), f"{told[0]} points at {pointed}"
    assert all(fault.what.zh and fault.todo.zh for fault in found)


def test_mistakes_of_several_files_are_told_together(tmp_path: Path) -> None:
    pack = broken(MISTAKES["a role nobody declared"], tmp_path)
    path = pack / SEAL
    path.write_text(
        path.read_text("utf-8").replace("element: company.name", "element: company.nmae", 1), "utf-8"
    )
    with pytest.raises(DeclarationErrors) as refused:
        items.check_pack(items.load_pack(pack), city.around())
    files = {Path(error.file).name for error in refused.value.errors}
    assert {"registration.yaml", "seal.yaml"} <= files


def test_a_file_that_the_list_forgets_is_told(tmp_path: Path) -> None:
    pack = tmp_path / "open-company"
    shutil.copytree(city.FOLDER, pack)
    shutil.copy(pack / SEAL, pack / "items" / "spare.yaml")
    found = faults(pack)
    assert any("spare.yaml is not on the list" in fault.what.en for fault in found)


def test_a_folder_with_another_name_is_told(tmp_path: Path) -> None:
    pack = tmp_path / "open-a-company"
    shutil.copytree(city.FOLDER, pack)
    assert any("not called open-company" in fault.what.en for fault in faults(pack))


def test_no_item_yields_a_licence_that_is_issued_on_paper_alone() -> None:
    around, code = city.around(), city.bundle().item("account").licence.type
    paper = around.licence_types[code].model_copy(update={"signature": "not_electronic"})
    around = replace(around, licence_types={**around.licence_types, code: paper})
    (fault,) = items.find_faults(items.load_pack(city.FOLDER), around)
    assert "on paper at the counter alone" in fault.what.en
    assert Path(fault.file).name == "account.yaml"
    assert code in Path(fault.file).read_text("utf-8").splitlines()[fault.line - 1]
