"""Searching a catalogue of 100,000 entries by common words, rare ones, parts of several."""

from collections.abc import Iterator
from functools import cache
from time import perf_counter

from django.db import transaction

from bench.filings import town
from bench.rows import Measure
from tongban.catalogue import api as catalogue
from tongban.catalogue.actions import store_postings
from tongban.catalogue.indexing import Words, words_of
from tongban.catalogue.models import ResourceEntry

ENTRIES = 100_000
BATCH = 5_000
TIMES = 20  # each search, in one run; the slowest search's mean is the figure
PLACES = ("云东", "云西", "南岭", "北桥", "东湖", "西山", "新河", "石门", "金沙", "白塔")
OFFICES = (
    "公安局",
    "民政局",
    "自然资源局",
    "市场监督管理局",
    "人力资源和社会保障局",
    "卫生健康委员会",
    "税务局",
    "医疗保障局",
)
THINGS = (
    "婚姻",
    "户籍",
    "不动产",
    "参保",
    "许可",
    "执业",
    "救助",
    "养老",
    "学籍",
    "车辆",
    "船舶",
    "林权",
    "水权",
    "专利",
)
KINDS = ("登记信息", "基本信息", "变更信息", "注销信息", "名录", "统计信息")
PARTS = (
    "姓名",
    "证件号码",
    "登记日期",
    "有效期限",
    "地址",
    "状态",
    "编号",
    "金额",
    "面积",
    "类别",
    "机关",
    "经办人",
)
# common in every entry · in most names · rare · two terms · one character · nothing · English
SEARCHES = ("信息", "登记信息", "云东第77号", "民政局 婚姻", "局", "不存在的目录", "register of marriages 99")


def _entries() -> Iterator[tuple[str, Words]]:
    for at in range(ENTRIES):
        place, office = PLACES[at % 10], OFFICES[at // 10 % 8]
        thing, kind = THINGS[at // 80 % 14], KINDS[at // 1120 % 6]
        name = f"{place}第{at // 100}号{thing}{kind}"
        english = f"register of {'marriages' if thing == '婚姻' else 'things'} {at}"
        elements = [f"{thing}{PARTS[(at + step * step) % 12]}" for step in range(8)]
        code = f"bench.e{at:06d}"
        yield code, words_of([name, english, code], [f"{place}{office}", *elements])


@cache
def _filled() -> None:
    """Put the entries into the store as ended ones, so that no book of another row has them."""
    found, now = list(_entries()), town().now
    with transaction.atomic():
        ResourceEntry.objects.exclude(place=None).update(place=None)
        for start in range(0, ENTRIES, BATCH):
            rows = [
                ResourceEntry(
                    code=code,
                    organisation="bench.990100",
                    connector="",
                    declared={},
                    ended_at=now,
                    place=start + step,
                    words=words.all,
                )
                for step, (code, words) in enumerate(found[start : start + BATCH])
            ]
            ResourceEntry.objects.bulk_create(rows)
        store_postings(words for _, words in found)


def _slowest_ms() -> float:
    _filled()
    return max(_mean_ms(searched) for searched in SEARCHES)


def _mean_ms(searched: str) -> float:
    begun = perf_counter()
    for _ in range(TIMES):
        catalogue.search(searched)
    return (perf_counter() - begun) * 1000 / TIMES


MEASURES = (
    Measure(
        "catalogue.search",
        "ms",
        _slowest_ms,
        target=50,
        less_is_better=True,
        note=f"{ENTRIES:,} entries of eight elements; the slowest of {len(SEARCHES)} kinds of search",
        said=lambda: ", ".join(f"{searched} {_mean_ms(searched):.1f} ms" for searched in SEARCHES),
    ),
)
