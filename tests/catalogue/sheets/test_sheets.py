"""A catalogue as a sheet: there and back unchanged, and every mistake at its row."""

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.catalogue.sheets.test_cells import CELLS
from tests.sources import ROOT
from tongban.catalogue.api import Found, Surroundings, read_city, read_entries, read_sheet, write_rows
from tongban.catalogue.declared import ElementDeclared, ImportedFile, ResourceDeclared
from tongban.catalogue.loading import Entries, Placed
from tongban.catalogue.sheets import sheet_of, write_imported
from tongban.catalogue.sheets.columns import headers
from tongban.kernel.declarations import read
from tongban.kernel.errors import InvalidDeclaration

CITY = ROOT / "cities" / "yunxi"
OWNERS = dict.fromkeys(["civil.990100", "119901001810000091", "云溪市民政局"], "civil.990100")
NATIONAL = [
    *("信息资源分类", "信息资源名称", "信息资源代码", "信息资源提供方", "信息资源摘要", "信息资源格式"),
    *("信息项名称", "数据类型", "共享类型", "共享条件", "共享范围", "共享方式", "开放属性", "更新周期"),
    *(
        "发布日期",
        "依据",
        "数据分级",
        "保密风险评估日期",
        "个人信息保护影响评估日期",
        "部门负责人批准日期",
        "备注",
    ),
]
MARRIAGES = [
    *("人口", "婚姻登记", "301001/000007", "云溪市民政局", "婚姻登记信息", "数据库"),
    *(
        "婚姻状况",
        "字符型C",
        "有条件共享",
        "核验婚姻状况",
        "依法履职的部门",
        "服务接口、批量交换",
        "否",
        "每日",
    ),
    *("2026-01-01", "婚姻登记条例第八条", "一般数据四级", "2025-11-01", "2025-11-02", "2025-11-03", ""),
]


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A city that has the demonstration's organisations and no entry yet."""
    folder = tmp_path / "city" / "catalogue"
    folder.mkdir(parents=True)
    for name in ("elements", "resources", "grants"):
        (folder / f"{name}.yaml").write_text(f"{name}: []\n", "utf-8")
    return folder.parent


def around(city: Path, owners: dict[str, str] | None = None) -> Surroundings:
    return Surroundings(OWNERS if owners is None else owners, read_entries(city), "990100")


def national(path: Path, *rows: list[str], header: list[str] = NATIONAL) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def told(found: Found) -> list[tuple[int, str]]:
    return [(error.line, error.what.en + error.what.zh) for error in found.wrong]


def changed(header: str, cell: str) -> list[str]:
    return [cell if name == header else said for name, said in zip(NATIONAL, MARRIAGES, strict=True)]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_citys_catalogue_goes_into_a_sheet_and_comes_back_unchanged(
    tmp_path: Path, empty: Path, ending: str
) -> None:
    entries = read_entries(CITY)
    owners = {placed.one.organisation: placed.one.organisation for placed in entries.resources}
    path = tmp_path / f"book.{ending}"
    write_rows(path, sheet_of(entries, {}))
    # Keys and derived elements are offered by nobody, so they are no rows: the city keeps them itself.
    offered = {code for placed in entries.resources for code in placed.one.elements}
    rest = [placed.one for placed in entries.elements if placed.one.code not in offered]
    plain = {"elements": [one.model_dump(mode="json") for one in rest]}
    (empty / "catalogue" / "elements.yaml").write_text(yaml.safe_dump(plain), "utf-8")
    found = read_sheet(path, around(empty, owners))
    assert told(found) == []
    assert list(found.resources) == [placed.one for placed in entries.resources]
    mine = {one.code: one for one in found.elements}
    assert mine == {placed.one.code: placed.one for placed in entries.elements if placed.one.code in offered}
    write_imported(empty, "back", found)
    assert (
        read_city(empty, organisations=set(owners)).resources
        == read_city(CITY, organisations=OWNED).resources
    )


OWNED = {
    organisation["id"]
    for organisation in yaml.safe_load((CITY / "organisations.yaml").read_text("utf-8"))["organisations"]
}

WORDS = CELLS.filter(lambda said: any(sign.isalnum() for sign in said))
TEXTS = st.fixed_dictionaries({"zh": WORDS, "en": WORDS})
CODES = st.dictionaries(WORDS.filter(lambda said: not said.startswith("{")), TEXTS, max_size=3)


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_whatever_an_entry_says_comes_back_from_its_sheet(tmp_path: Path, empty: Path, ending: str) -> None:
    beside = around(empty)

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(TEXTS, TEXTS, TEXTS, TEXTS, WORDS, CODES, st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.data())
    def comes_back(
        name: object,
        summary: object,
        scope: object,
        ground: object,
        source: str,
        codes: object,
        day: date,
        data: st.DataObject,
    ) -> None:
        element = {
            "code": "civil.status",
            "name": name,
            "kind": "code",
            "about": "person",
            "codes": codes,
            "grade": data.draw(st.sampled_from(["core", "general_4", "general_1"])),
            "when_none": data.draw(st.sampled_from(["unknown", "not_applicable", "none_on_record"])),
            "sensitive": data.draw(st.booleans()),
        }
        entry = {
            "code": "civil.marriages", "name": name, "class": "theme", "theme": scope, "summary": summary,
            "organisation": "civil.990100", "elements": ["civil.status"], "division": "990100",
            "coverage": "affected", "grade": "general_4", "format": "image", "update": "half_yearly",
            "delivery": data.draw(st.lists(st.sampled_from(["interface", "batch"]), min_size=1, max_size=3)),
            "open": data.draw(st.sampled_from(["none", "conditional"])), "valid_from": day,
            "excludes": data.draw(st.sampled_from([[], ["990121"], ["990121", "990122001"]])),
            "assessed": {"secrecy_on": day, "personal_information_on": day, "approved_on": day},
            "share": {
                "class": "conditional", "scope": scope, "use": summary,
                "basis": {"text": ground, "source": source, "mark": "recalled"},
            },
        }  # fmt: skip
        declared = ElementDeclared.model_validate(element), ResourceDeclared.model_validate(entry)
        entries = Entries((Placed(declared[0], UNASKED, ()),), (Placed(declared[1], UNASKED, ()),), (), ())
        path = tmp_path / f"one.{ending}"
        write_rows(path, sheet_of(entries, {}))
        found = read_sheet(path, beside)
        assert told(found) == []
        assert (found.elements, found.resources) == ((declared[0],), (declared[1],))
        written = write_imported(empty, "one", found)
        assert read(written[0], ImportedFile).value.resources == (declared[1],)
        written[0].unlink()

    comes_back()


class _Unasked:
    def error(self, location: object, **said: object) -> InvalidDeclaration:
        raise AssertionError(f"nothing here is wrong: {location} {said}")


UNASKED = _Unasked()


def test_a_sheet_in_the_national_names_is_taken_and_what_it_lacks_is_the_strictest(
    tmp_path: Path, empty: Path
) -> None:
    found = read_sheet(national(tmp_path / "a.csv", MARRIAGES), around(empty))
    assert told(found) == []
    (entry,), (item,) = found.resources, found.elements
    assert (entry.code, entry.number, entry.organisation) == (
        "civil.301001_000007",
        "301001/000007",
        "civil.990100",
    )
    assert (entry.entry_class, entry.update, entry.delivery) == ("people", "daily", ("interface", "batch"))
    assert (entry.open_to_public, entry.connector, entry.division) == ("none", "", "990100")
    assert (entry.share.basis.mark, entry.share.basis.source) == ("recalled", "a.csv")
    assert (item.code, item.kind, item.about, item.grade) == (
        "civil.301001_000007.1",
        "text",
        "person",
        "general_4",
    )
    assert (item.when_none, found.own_codes, found.unread) == ("unknown", 1, ("备注",))


def test_rows_that_say_nothing_of_the_entry_are_further_items_of_it(tmp_path: Path, empty: Path) -> None:
    more = [
        said if name in ("信息项名称", "数据类型") else ""
        for name, said in zip(NATIONAL, changed("信息项名称", "登记日期"), strict=True)
    ]
    found = read_sheet(national(tmp_path / "a.csv", MARRIAGES, more), around(empty))
    assert told(found) == []
    assert [element.name.zh for element in found.elements] == ["婚姻状况", "登记日期"]
    assert [len(entry.elements) for entry in found.resources] == [2]


@pytest.mark.parametrize(
    ("header", "cell", "says"),
    [
        ("信息资源名称", "", "目录名称"),
        ("信息资源分类", "人", "分类"),
        ("信息资源代码", "A-1", "信息资源代码"),
        ("信息资源提供方", "云溪市某局", "云溪市某局"),
        ("信息资源摘要", "", "摘要"),
        ("信息资源格式", "纸", "数据格式"),
        ("更新周期", "经常", "更新频率"),
        ("共享类型", "看情况", "共享属性"),
        ("共享类型", "不予共享", "共享属性"),
        ("共享范围", "", "scope"),
        ("依据", "", "共享依据"),
        ("共享方式", "服务接口、口头", "共享方式"),
        ("数据分级", "绝密", "数据分级"),
        ("数据分级", "state_secret", "数据分级"),
        ("发布日期", "明年", "生效日期"),
        ("保密风险评估日期", "", "保密风险评估日期"),
        ("信息项名称", "", "数据项"),
        ("数据类型", "浮点型", "数据类型"),
        ("开放属性", "也许", "开放属性"),
    ],
)
def test_each_mistake_is_told_at_its_row_by_its_column(
    tmp_path: Path, empty: Path, header: str, cell: str, says: str
) -> None:
    second = changed("信息资源代码", "301001/000008")
    wrong = [cell if name == header else said for name, said in zip(NATIONAL, second, strict=True)]
    found = read_sheet(national(tmp_path / "a.csv", MARRIAGES, wrong), around(empty))
    assert [row for row, _ in told(found)] != []
    assert {row for row, _ in told(found)} == {3}
    assert any(says in said for _, said in told(found)), told(found)
    assert len(found.resources) == 1


def test_not_shared_without_an_express_ground_is_refused_at_its_row(tmp_path: Path, empty: Path) -> None:
    header = [*NATIONAL, "不予共享理由", "禁止共享依据类别"]
    forbidden = changed("共享类型", "不予共享")
    for place, name in enumerate(NATIONAL):
        if name in ("共享条件", "共享范围"):
            forbidden[place] = ""
    for reason, rank, ground, right in (
        ("涉及隐私", "法律", "某法第三条", True),
        ("涉及隐私", "", "某法第三条", False),
        ("", "法律", "某法第三条", False),
        ("涉及隐私", "法律", "内部规定", False),
        ("涉及隐私", "本局文件", "某法第三条", False),
    ):
        row = [
            *(ground if name == "依据" else said for name, said in zip(NATIONAL, forbidden, strict=True)),
            reason,
            rank,
        ]
        found = read_sheet(national(tmp_path / "a.csv", row, header=header), around(empty))
        assert (not found.wrong) == right, told(found)


def test_a_second_source_is_refused_at_its_row_naming_the_first_owner(tmp_path: Path, empty: Path) -> None:
    header = [*NATIONAL, "数据元编码"]
    first = [*MARRIAGES, "person.married"]
    second = [*changed("信息资源代码", "301001/000008"), "person.married"]
    found = read_sheet(national(tmp_path / "a.csv", first, second, header=header), around(empty))
    ((row, said),) = told(found)
    assert (row, "civil.301001_000007" in said) == (3, True)


def test_a_code_of_this_city_means_what_it_means_here(tmp_path: Path) -> None:
    city = tmp_path / "city"
    shutil.copytree(CITY / "catalogue", city / "catalogue")
    header = [*NATIONAL, "数据元编码"]
    owners = {**OWNERS, **{slug: slug for slug in OWNED}}
    row = [*MARRIAGES, "person.name"]
    ((line, said),) = told(
        read_sheet(national(tmp_path / "a.csv", row, header=header), around(city, owners))
    )[:1]
    assert (line, "姓名" in said) == (2, True)


def test_rows_of_one_entry_that_disagree_are_told(tmp_path: Path, empty: Path) -> None:
    found = read_sheet(national(tmp_path / "a.csv", MARRIAGES, changed("更新周期", "每年")), around(empty))
    assert [(row, "更新频率" in said) for row, said in told(found)] == [(3, True)]


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ([name for name in NATIONAL if name != "信息资源摘要"], "摘要"),
        ([name for name in NATIONAL if name != "信息资源提供方"], "提供单位代码"),
        (["甲", "乙"], "目录名称"),
    ],
)
def test_a_sheet_without_a_column_that_law_wants_is_refused(
    tmp_path: Path, empty: Path, header: list[str], says: str
) -> None:
    with pytest.raises(InvalidDeclaration) as caught:
        read_sheet(national(tmp_path / "a.csv", MARRIAGES, header=header), around(empty))
    assert says in caught.value.what.zh


def test_the_header_may_stand_below_a_title_and_be_decorated(tmp_path: Path, empty: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        decorated = [f" {name}*" for name in NATIONAL]
        csv.writer(file).writerows([["云溪市政务数据目录"], [], decorated, MARRIAGES])
    assert len(read_sheet(path, around(empty)).resources) == 1


def test_importing_again_takes_the_place_of_what_was_imported(tmp_path: Path, empty: Path) -> None:
    first = read_sheet(national(tmp_path / "a.csv", MARRIAGES), around(empty))
    write_imported(empty, "civil", first)
    again = read_sheet(national(tmp_path / "a.csv", changed("更新周期", "每年")), around(empty))
    assert again.wrong  # it stands in the city already
    entries = read_entries(empty, without=write_imported(empty, "civil", first))
    once_more = read_sheet(tmp_path / "a.csv", Surroundings(OWNERS, entries, "990100"))
    assert told(once_more) == []
    write_imported(empty, "civil", once_more)
    (entry,) = read_city(empty, organisations={"civil.990100"}).resources
    assert entry.update == "yearly"


def test_the_page_on_the_catalogue_names_every_column() -> None:
    page = (ROOT / "docs" / "catalogue.md").read_text("utf-8")
    assert not [name for name in headers() if name.removesuffix("（英文）") not in page]
