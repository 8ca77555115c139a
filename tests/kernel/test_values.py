"""Codes of public life: published ones are read, wrong ones are explained to the character."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kernel.errors import InvalidValue
from tongban.kernel.values import (
    basic_code,
    case_number,
    check_characters,
    credit_code,
    division,
    implementation_code,
    licence_identifier,
    mobile,
    money,
    resident_id,
)

births = st.dates(min_value=date(1890, 1, 1), max_value=date(2026, 11, 23))
sequences = st.integers(min_value=0, max_value=999)
demonstration_ids = st.builds(
    resident_id.compose, st.sampled_from(["990100", "990121", "990122"]), births, sequences
)


@pytest.mark.parametrize(
    "number",
    [
        "11010519491231002X",
        "440524188001010014",
        "330106194001010015",  # the county's code is younger than the person
        "440105194001010014",
        "810000199408230021",
        "830000199201300022",
        "911124198108030024",
    ],
)
def test_a_number_with_the_right_check_is_an_identity_whatever_its_area(number: str) -> None:
    assert resident_id.parse(number).number == number


def test_an_identity_number_tells_birth_date_sex_and_kind() -> None:
    citizen = resident_id.parse("11010519491231002x ")
    assert (citizen.birth_date, citizen.sex, citizen.kind) == (date(1949, 12, 31), "female", "citizen")
    assert resident_id.parse("810000199408230021").kind == "compatriot"
    assert resident_id.parse("911124198108030024").kind == "foreigner"
    assert resident_id.parse("440524188001010014").sex == "male"


def test_an_area_that_is_no_province_warns_and_does_not_refuse() -> None:
    synthetic = resident_id.compose("990121", date(1990, 5, 1), 1)
    assert [warning.en for warning in synthetic.warnings] == [
        "The first two digits, 99, are the code of no province today; have a look."
    ]
    assert synthetic.kind == "citizen"
    assert resident_id.parse("11010519491231002X").warnings == ()


def test_a_wrong_check_character_is_named_with_the_one_expected() -> None:
    with pytest.raises(InvalidValue) as refusal:
        resident_id.parse("110105194912310021")
    assert refusal.value.code == "resident_id.check"
    assert "最后一位应为“X”，现为“1”" in refusal.value.what.zh
    assert "call for 'X'" in refusal.value.what.en


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        ("1101051949123100", "resident_id.length", "现为16位"),
        ("11010519O91231002X", "resident_id.character", "第9位是“O”"),
        ("11010519491231002A", "resident_id.character", "第18位是“A”"),
        ("110105194902300020", "resident_id.birth_date", "1949年02月30日不存在"),
        ("1101051949123100２X", "resident_id.length", "现为19位"),
    ],
)
def test_what_is_wrong_with_an_identity_number_is_said_by_place(number: str, code: str, said: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        resident_id.parse(number.replace("２", "22"))
    assert refusal.value.code == code
    assert said in refusal.value.what.zh


def test_a_birth_after_the_given_day_is_refused() -> None:
    number = resident_id.compose("990121", date(2026, 6, 1), 2).number
    assert resident_id.parse(number, on=date(2026, 6, 1)).birth_date == date(2026, 6, 1)
    with pytest.raises(InvalidValue, match="lies after 2026-05-31"):
        resident_id.parse(number, on=date(2026, 5, 31))


@given(demonstration_ids, st.integers(0, 16), st.integers(1, 9))
def test_changing_one_digit_of_an_identity_number_is_always_noticed(
    identity: resident_id.ResidentId, place: int, by: int
) -> None:
    digits = list(identity.number)
    digits[place] = str((int(digits[place]) + by) % 10)
    with pytest.raises(InvalidValue):
        resident_id.parse("".join(digits))


def test_a_masked_identity_number_hides_the_birth_date() -> None:
    assert resident_id.parse("11010519491231002X").masked() == "110***********002X"


@pytest.mark.parametrize(
    "number", ["91110000600037341L", "11440300007542195T", "12441500196720244T", "11370800MB28559184"]
)
def test_published_credit_codes_are_read_without_warning(number: str) -> None:
    code = credit_code.parse(number.lower())
    assert code.number == number
    assert code.warnings == ()


def test_a_credit_code_falls_into_its_parts() -> None:
    code = credit_code.parse("91110000600037341L")
    assert (code.department, code.category, code.division, code.organisation) == (
        "9",
        "1",
        "110000",
        "600037341",
    )


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        ("91110000600037341K", "credit_code.check", "call for 'L'"),
        (
            "9111000060003734IL",
            "credit_code.character",
            "Character 17 of the unified social credit code is 'I'",
        ),
        (
            "911100A0600037341L",
            "credit_code.character",
            "Character 7 of the unified social credit code is 'A'",
        ),
        ("9111000060003734", "credit_code.length", "this has 16"),
    ],
)
def test_what_is_wrong_with_a_credit_code_is_said_by_place(number: str, code: str, said: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        credit_code.parse(number)
    assert refusal.value.code == code
    assert said in refusal.value.what.en


@given(st.text(alphabet=check_characters.CREDIT_ALPHABET, min_size=8, max_size=8))
def test_a_composed_credit_code_is_read_back(organisation8: str) -> None:
    code = credit_code.compose("9", "1", "990121", organisation8)
    assert credit_code.parse(code.number) == code
    assert code.warnings == ()


def test_an_inner_organisation_code_that_does_not_check_only_warns() -> None:
    body = "919901006000373" + "49"  # 60003734 calls for 1, not 9
    code = credit_code.parse(body + check_characters.of_credit_code(body))
    assert "'1'; it is '9'" in code.warnings[0].en


@pytest.mark.parametrize(
    ("code", "office", "level", "basic", "sequence"),
    [
        ("11440300007542195T3442108219000", "11440300007542195T", 3, "442108219000", None),
        ("12441500196720244T3442199806003", "12441500196720244T", 3, "442199806003", None),
        ("11370800MB28559184300011711200001", "11370800MB28559184", 3, "000117112000", "01"),
    ],
)
def test_published_implementation_codes_are_read(
    code: str, office: str, level: int, basic: str, sequence: str | None
) -> None:
    read = implementation_code.parse(code)
    assert (read.office.number, read.level, read.basic.code, read.sequence) == (
        office,
        level,
        basic,
        sequence,
    )
    composed = implementation_code.compose(office, level, basic, None if sequence is None else int(sequence))
    assert composed == read


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        ("11440300007542195T344210821900", "implementation_code.length", "30"),
        ("11440300007542195T8442108219000", "implementation_code.level", "'8'"),
        ("11440300007542195A3442108219000", "credit_code.check", "'T'"),
        ("11440300007542195T34421082190000A", "implementation_code.character", "Character 33"),
        ("11440300007542195T3A42108219000", "basic_code.character", "Character 1 "),
    ],
)
def test_what_is_wrong_with_an_implementation_code_is_said_by_part(code: str, kind: str, said: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        implementation_code.parse(code)
    assert refusal.value.code == kind
    assert said in refusal.value.what.en


def test_a_basic_code_knows_whether_it_is_a_licence() -> None:
    assert basic_code.parse("990131001000").is_licence
    assert not basic_code.parse("991030001000").is_licence
    assert "21" in basic_code.parse("442199806003").warnings[0].zh


def test_the_published_case_number_is_read() -> None:
    number = case_number.parse("12441500196720244T3442199806003202206230068")
    assert (number.item.code, number.day, number.sequence) == (
        "12441500196720244T3442199806003",
        date(2022, 6, 23),
        68,
    )


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 99_999_999_999))
def test_a_case_number_is_read_back_and_widens_when_a_day_overflows(day: date, sequence: int) -> None:
    number = case_number.compose("12441500196720244T3442199806003", day, sequence)
    assert case_number.parse(number.number) == number
    assert (number.day, number.sequence) == (day, sequence)
    assert 43 <= len(number.number) <= 50


@pytest.mark.parametrize("tail", ["202213010001", "20220623A001", "2022062300068", "20220623001"])
def test_a_case_number_with_a_wrong_tail_is_refused(tail: str) -> None:
    with pytest.raises(InvalidValue):
        case_number.parse(f"12441500196720244T3442199806003{tail}")


@pytest.mark.parametrize(
    "identifier",
    [
        "11100000000013338W009.11330105002500287C.2025052201.002.0",
        "11100000000013338W011.11430000006122244L.20230000403.001.U",
        "11100000MB03271699022.340100.000000016.001.9",
    ],
)
def test_published_licence_identifiers_are_read_with_and_without_their_root(identifier: str) -> None:
    read = licence_identifier.parse(identifier)
    assert read.short == identifier
    assert licence_identifier.parse(read.text) == read
    assert read.text.startswith("1.2.156.3005.2.")


def test_a_licence_identifier_with_a_wrong_check_names_the_right_one() -> None:
    with pytest.raises(InvalidValue, match="call for 'U'"):
        licence_identifier.parse("11100000000013338W011.11430000006122244L.20230000403.001.V")


@given(st.text(alphabet=check_characters.ALPHANUMERIC, min_size=1, max_size=20), st.integers(1, 999))
def test_a_composed_licence_identifier_is_read_back(serial: str, version: int) -> None:
    composed = licence_identifier.compose("11100000MB0143028R001", "11990121310121000D", serial, version)
    assert licence_identifier.parse(composed.text) == composed


@given(st.text(alphabet=check_characters.ALPHANUMERIC, min_size=1, max_size=60))
def test_mod_37_36_closes_to_one(body: str) -> None:
    """ISO 7064: over the body and its check character the hybrid sum is 1 modulo 36."""
    product = 36
    for character in body:
        total = (product + check_characters.ALPHANUMERIC.index(character)) % 36 or 36
        product = total * 2 % 37
    check = check_characters.ALPHANUMERIC.index(check_characters.of_licence_identifier(body))
    assert (product + check) % 36 == 1


@pytest.mark.parametrize(
    ("code", "level", "ancestors"),
    [
        ("000000", 1, ()),
        ("990000", 2, ()),
        ("990100", 3, ("990000",)),
        ("990121", 4, ("990100", "990000")),
        ("990121001", 5, ("990121", "990100", "990000")),
        ("990121001003", 6, ("990121001", "990121", "990100", "990000")),
    ],
)
def test_a_division_code_tells_its_level_and_what_it_lies_in(
    code: str, level: int, ancestors: tuple[str, ...]
) -> None:
    read = division.parse(code)
    assert (read.level, read.ancestors) == (level, ancestors)


def test_the_longer_form_of_a_division_is_the_same_division() -> None:
    assert division.parse("990121001000").code == "990121001"
    assert division.parse("990100000000").code == "990100"


@pytest.mark.parametrize("written", ["9901", "99012a", "9901210011"])
def test_what_is_no_division_code_is_refused(written: str) -> None:
    with pytest.raises(InvalidValue):
        division.parse(written)


@given(st.integers(0, 2**53 - 100))
def test_an_amount_is_read_back_from_its_yuan(cents: int) -> None:
    assert money.parse(money.Cents(cents).yuan) == money.Cents(cents)


@pytest.mark.parametrize(("written", "cents"), [("100000", 10_000_000), ("0.5", 50), ("１２.34", 1_234)])
def test_an_amount_in_yuan_becomes_cents(written: str, cents: int) -> None:
    assert money.parse(written).amount == cents


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("10万元", "money.shape"),
        ("-1", "money.shape"),
        ("1,000", "money.shape"),
        ("", "money.shape"),
        ("1.005", "money.decimals"),
        ("99999999999999999", "money.too_much"),
    ],
)
def test_an_amount_that_could_be_misread_is_refused_with_what_to_write(written: str, code: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        money.parse(written)
    assert refusal.value.code == code
    assert "100000.00" in refusal.value.todo.zh


def test_the_demonstration_prefix_reaches_nobody_and_is_admitted_only_there() -> None:
    assert mobile.parse("100 1234 5678", demonstration=True).number == "10012345678"
    with pytest.raises(InvalidValue, match="begins with 10"):
        mobile.parse("10012345678", demonstration=False)


def test_a_resident_of_area_99_is_nobody_and_is_admitted_in_a_demonstration_only() -> None:
    invented = "990122194405089084"
    assert resident_id.admit(invented, demonstration=True).number == invented
    with pytest.raises(InvalidValue, match="is nobody's"):
        resident_id.admit(invented, demonstration=False)
    for real in ("11010519491231002X", "911124198108030024"):
        assert resident_id.admit(real, demonstration=False).number == real


def test_a_mobile_number_is_read_with_the_country_code_and_masked() -> None:
    assert mobile.parse("+86 139-1234-5678", demonstration=False).masked() == "139****5678"


@pytest.mark.parametrize("written", ["1391234567", "12912345678", "1391234567a"])
def test_what_is_no_mobile_number_is_refused(written: str) -> None:
    with pytest.raises(InvalidValue):
        mobile.parse(written, demonstration=False)


PARSERS: list[Callable[[str], object]] = [
    basic_code.parse,
    case_number.parse,
    credit_code.parse,
    division.parse,
    implementation_code.parse,
    licence_identifier.parse,
    partial(mobile.parse, demonstration=True),
    money.parse,
    resident_id.parse,
]


@pytest.mark.parametrize("parse", PARSERS)
@given(written=st.text(max_size=60))
def test_whatever_is_written_is_either_read_or_explained(
    parse: Callable[[str], object], written: str
) -> None:
    with suppress(InvalidValue):  # any other error fails the test
        parse(written)
