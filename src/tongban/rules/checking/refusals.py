"""What SQL offers and rules refuse, each with the reason and with what to write instead."""

from collections.abc import Mapping
from typing import Final, NoReturn

from sqlglot import exp

from tongban.kernel.texts import Text
from tongban.rules.checking.reader import Reader

Refusal = tuple[str, Text, Text]  # code, why, what to write instead

SWALLOWS = Text(
    "它会吞掉空值：不知道的收入会被当成某个数。",
    "it swallows nulls: an income that nobody knows would become some number.",
)
LEAVE_UNKNOWN = Text(
    "请让未知保持未知；确需区分时写CASE WHEN known(x) THEN … ELSE … END。",
    "Leave unknown unknown; where the law tells the two apart, write CASE WHEN known(x) THEN … ELSE … END.",
)
COUNTS_BOUNDARIES = Text(
    "它数的是跨过的年界或月界：64岁会变成65岁。",
    "it counts calendar boundaries: someone of 64 becomes 65.",
)
AGES_AND_MONTHS = Text(
    "请写age_on(出生日期, 某日)或full_months(起, 止)。",
    "Write age_on(birth_date, day) or full_months(start, end).",
)
READS_THE_CLOCK = Text(
    "规则不能读时钟：法院日后重算必须得到同样的结果。",
    "a rule reads no clock: a court that runs it again must get the same answer.",
)
HANDED_DATES = Text(
    "请写:filing_date、:acceptance_date、:decision_date、:event_date或:month_of_payment。",
    "Write :filing_date, :acceptance_date, :decision_date, :event_date or :month_of_payment.",
)
TEXT_IS_WHOLE = Text(
    "文本只能整体相等：模式匹配和改写在各数据库里含义不同。",
    "texts are only equal or not: patterns and rewriting mean different things on different engines.",
)
DECLARE_A_CODE = Text(
    "请写 = 或IN ('…', '…')，或在数据目录中声明一个代码数据元。",
    "Write = or IN ('…', '…'), or declare a code element in the catalogue.",
)
ROUNDS_SILENTLY = Text("除法必须写明进舍方式。", "a division must say how it rounds.")
WRITE_DIVIDE = Text(
    "请写divide(a, b, 'half_up')（四舍五入）、'down'（舍去）或'up'（进位）。",
    "Write divide(a, b, 'half_up'), 'down' or 'up'.",
)
WHOLE_TABLES = Text("规则只看一个当事人的事实，不查表。", "a rule sees the facts of one filing, not tables.")
WRITE_A_COLLECTION = Text(
    "列表请写every、some、count_of或sum_of，例如every(company.shareholders, each.real_name_matched)。",
    "For lists write every, some, count_of or sum_of: every(company.shareholders, each.real_name_matched).",
)
CHANGES_KIND = Text("类型转换会悄悄改变含义。", "a conversion changes meaning without a word.")
WRITE_THE_KIND = Text(
    "请在数据目录中声明正确的类型；日期写DATE '2026-01-01'，金额写yuan(3000)。",
    "Declare the right kind in the catalogue; write DATE '2026-01-01' for dates, yuan(3000) for money.",
)
NOT_IN_THE_LANGUAGE = Text("规则语言里没有这种写法。", "the language of rules has no such form.")
SEE_THE_PAGE = Text("全部写法见docs/rules.md。", "docs/rules.md shows the whole language.")

NULLS: Final[Refusal] = ("swallows_nulls", SWALLOWS, LEAVE_UNKNOWN)
BOUNDARIES: Final[Refusal] = ("counts_boundaries", COUNTS_BOUNDARIES, AGES_AND_MONTHS)
CLOCK: Final[Refusal] = ("reads_the_clock", READS_THE_CLOCK, HANDED_DATES)
PATTERN: Final[Refusal] = ("text_pattern", TEXT_IS_WHOLE, DECLARE_A_CODE)
DIVISION: Final[Refusal] = ("silent_rounding", ROUNDS_SILENTLY, WRITE_DIVIDE)
TABLES: Final[Refusal] = ("query", WHOLE_TABLES, WRITE_A_COLLECTION)
CONVERSION: Final[Refusal] = ("conversion", CHANGES_KIND, WRITE_THE_KIND)
IS_NULL: Final[Refusal] = (
    "is_null",
    Text(
        "IS NULL分不清“没有”和“不知道”。",
        "IS NULL cannot tell none from unknown.",
    ),
    Text(
        "有无事实写known(x)；来源查无记录写none_on_record(x)；是非写x = TRUE。",
        "Write known(x) for whether a fact is there, none_on_record(x) for a source that found nothing, "
        "x = TRUE for a yes.",
    ),
)
NULL: Final[Refusal] = (
    "null",
    Text("规则里不能写空值。", "a rule cannot write null."),
    Text(
        "缺少的事实自然为未知；有无写known(x)。", "Missing facts are unknown by themselves; write known(x)."
    ),
)
INTERVAL: Final[Refusal] = (
    "interval",
    Text("INTERVAL在月末的结果因数据库而异。", "INTERVAL differs between engines at the ends of months."),
    Text("请写add_months(某日, 月数)。", "Write add_months(day, months)."),
)
IF: Final[Refusal] = (
    "if",
    Text("IF遇到未知的条件会走否定分支。", "IF takes an unknown condition for a no."),
    Text("请写CASE WHEN … THEN … ELSE … END。", "Write CASE WHEN … THEN … ELSE … END."),
)
LEAST: Final[Refusal] = (
    "swallows_nulls",
    SWALLOWS,
    Text("请写CASE WHEN a > b THEN a ELSE b END。", "Write CASE WHEN a > b THEN a ELSE b END."),
)
IN_WHAT: Final[Refusal] = (
    "in_what",
    Text("IN后面只能是写明的值。", "IN takes written values only."),
    Text(
        "请写IN ('…', '…')；与其他数据元比较请用 = 和OR。",
        "Write IN ('…', '…'); compare with other elements by = and OR.",
    ),
)
ROUND: Final[Refusal] = ("silent_rounding", ROUNDS_SILENTLY, WRITE_DIVIDE)

BY_CLASS: Final[Mapping[type[exp.Expr], Refusal]] = {
    exp.Is: IS_NULL,
    exp.Null: NULL,
    exp.NullSafeEQ: IS_NULL,
    exp.NullSafeNEQ: IS_NULL,
    exp.Like: PATTERN,
    exp.ILike: PATTERN,
    exp.SimilarTo: PATTERN,
    exp.RegexpLike: PATTERN,
    exp.RegexpILike: PATTERN,
    exp.Glob: PATTERN,
    exp.DPipe: PATTERN,
    exp.Concat: PATTERN,
    exp.Collate: PATTERN,
    exp.Div: DIVISION,
    exp.IntDiv: DIVISION,
    exp.Mod: DIVISION,
    exp.Interval: INTERVAL,
    exp.If: IF,
    exp.Cast: CONVERSION,
    exp.TryCast: CONVERSION,
    exp.Select: TABLES,
    exp.Subquery: TABLES,
    exp.Exists: TABLES,
    exp.Any: TABLES,
    exp.All: TABLES,
    exp.Window: TABLES,
    exp.Filter: TABLES,
    exp.Star: TABLES,
    exp.CurrentDate: CLOCK,
    exp.CurrentTime: CLOCK,
    exp.CurrentTimestamp: CLOCK,
    exp.CurrentDatetime: CLOCK,
}
BY_NAME: Final[Mapping[str, Refusal]] = {
    **dict.fromkeys(("coalesce", "ifnull", "nvl", "nullif", "isnull", "zeroifnull", "concat"), NULLS),
    **dict.fromkeys(("greatest", "least"), LEAST),
    **dict.fromkeys(
        (
            "date_diff",
            "datediff",
            "date_sub",
            "datesub",
            "age",
            "timestampdiff",
            "months_between",
            "year",
            "month",
            "day",
            "extract",
            "date_part",
            "datepart",
        ),
        BOUNDARIES,
    ),
    **dict.fromkeys(("now", "today", "current_date", "current_timestamp", "getdate", "sysdate"), CLOCK),
    **dict.fromkeys(
        (
            "lower",
            "upper",
            "trim",
            "substr",
            "substring",
            "left",
            "right",
            "replace",
            "starts_with",
            "contains",
            "regexp_matches",
            "length",
            "len",
            "like",
        ),
        PATTERN,
    ),
    **dict.fromkeys(("date_add", "dateadd", "date_trunc", "last_day"), INTERVAL),
    **dict.fromkeys(("round", "floor", "ceil", "ceiling", "trunc", "div", "mod"), ROUND),
    **dict.fromkeys(("if", "iif", "decode"), IF),
    **dict.fromkeys(("cast", "try_cast", "convert", "date", "to_date", "int", "integer"), CONVERSION),
    **dict.fromkeys(("sum", "count", "min", "max", "avg", "any_value", "list", "array_agg"), TABLES),
}


BY_PART: Final[Mapping[tuple[type[exp.Expr], str], Refusal]] = {
    (exp.In, "query"): TABLES,
    (exp.In, "field"): IN_WHAT,
    (exp.Case, "this"): (
        "case_of",
        Text("CASE后面不能直接写值。", "CASE does not take a value to compare."),
        Text("请写CASE WHEN x = 1 THEN … ELSE … END。", "Write CASE WHEN x = 1 THEN … ELSE … END."),
    ),
    (exp.Between, "symmetric"): (
        "symmetric",
        Text("BETWEEN的两端必须先小后大。", "BETWEEN takes the lower end first."),
        Text("请写x BETWEEN 低 AND 高。", "Write x BETWEEN low AND high."),
    ),
}
OTHERWISE: Final[Refusal] = ("not_in_the_language", NOT_IN_THE_LANGUAGE, SEE_THE_PAGE)


def refuse_form(reader: Reader, written: exp.Expr, part: str = "") -> NoReturn:
    """Refuse a form of SQL that is not in the language, or an accepted form for an unknown part of it."""
    kind = type(written)
    code, why, todo = BY_PART.get((kind, part)) or BY_CLASS.get(kind, OTHERWISE)
    reader.refuse(written, code, why, todo)


def refuse_call(reader: Reader, written: exp.Expr, name: str, known: Mapping[str, object]) -> NoReturn:
    """Refuse a function that is not in the language."""
    if name in BY_NAME:
        code, why, todo = BY_NAME[name]
        reader.refuse(written, code, why, todo)
    why = Text(f"没有名为“{name}”的函数。", f"there is no function named `{name}`.")
    reader.refuse(written, "unknown_function", why, reader.nearest(name, known))
