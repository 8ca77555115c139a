"""The catalogue's closed words as people read them: on the pages, in sheets, in what harvesters fetch. Pure.

Each code of a declaration has one Chinese and one English word here and nowhere else. The words of
Decree 809 are its own; those that only the compiling guide of 2017 has are recalled in part, as
docs/catalogue.md says of each.
"""

from collections.abc import Mapping
from typing import Final

from tongban.kernel.texts import Text

SHARE_CLASSES: Final[Mapping[str, Text]] = {
    "unconditional": Text("无条件共享", "shared without conditions"),
    "conditional": Text("有条件共享", "shared on conditions"),
    "none": Text("不予共享", "not shared"),
}
OPENINGS: Final[Mapping[str, Text]] = {
    "unconditional": Text("无条件开放", "open"),
    "conditional": Text("有条件开放", "open on conditions"),
    "none": Text("不予开放", "not open"),
}
RANKS: Final[Mapping[str, Text]] = {
    "law": Text("法律", "a law"),
    "regulation": Text("行政法规", "an administrative regulation"),
    "state_council_decision": Text("国务院决定", "a decision of the State Council"),
}
CLASSES: Final[Mapping[str, Text]] = {
    "people": Text("基础·人口", "base: people"),
    "entities": Text("基础·法人", "base: entities"),
    "places": Text("基础·自然资源和空间地理", "base: places"),
    "credit": Text("基础·社会信用", "base: credit"),
    "licences": Text("基础·电子证照", "base: licences"),
    "theme": Text("主题", "theme"),
    "office": Text("部门", "office"),
}
FORMATS: Final[Mapping[str, Text]] = {
    "database": Text("数据库", "database"),
    "structured": Text("自描述格式", "structured messages"),
    "spreadsheet": Text("电子表格", "spreadsheet"),
    "document": Text("电子文件", "documents"),
    "image": Text("图形图像", "images"),
    "media": Text("流媒体", "audio and video"),
}
DELIVERIES: Final[Mapping[str, Text]] = {
    "interface": Text("服务接口", "service interface"),
    "batch": Text("批量交换", "batch exchange"),
    "file": Text("文件下载", "file download"),
}
UPDATES: Final[Mapping[str, Text]] = {
    "realtime": Text("实时", "at once"),
    "daily": Text("每日", "daily"),
    "weekly": Text("每周", "weekly"),
    "monthly": Text("每月", "monthly"),
    "quarterly": Text("每季度", "each quarter"),
    "half_yearly": Text("每半年", "each half-year"),
    "yearly": Text("每年", "yearly"),
    "irregular": Text("不定期", "irregularly"),
}
GRADES: Final[Mapping[str, Text]] = {
    "core": Text("核心数据", "core data"),
    "important": Text("重要数据", "important data"),
    "general_4": Text("一般数据四级", "general data, level 4"),
    "general_3": Text("一般数据三级", "general data, level 3"),
    "general_2": Text("一般数据二级", "general data, level 2"),
    "general_1": Text("一般数据一级", "general data, level 1"),
}
KINDS: Final[Mapping[str, Text]] = {
    "text": Text("字符型", "text"),
    "integer": Text("整型", "integer"),
    "date": Text("日期型", "date"),
    "boolean": Text("逻辑型", "yes or no"),
    "money_cents": Text("货币型", "amount"),
    "code": Text("代码", "code"),
    "list": Text("列表", "list"),
}
COVERAGES: Final[Mapping[str, Text]] = {
    "all": Text("全量登记", "a register of all"),
    "affected": Text("名单登记", "a list of those affected"),
}
WHEN_NONE: Final[Mapping[str, Text]] = {
    "none_on_record": Text("查无即“无”", "nothing found means none"),
    "not_applicable": Text("查无即不适用", "nothing found means it does not apply"),
    "unknown": Text("查无即未知", "nothing found means unknown"),
}
MARKS: Final[Mapping[str, Text]] = {
    "found": Text("已查阅", "read"),
    "recalled": Text("待核对", "to be verified"),
    "gap": Text("本地设定", "local setting"),
}
ABOUT: Final[Mapping[str, Text]] = {
    "person": Text("自然人", "person"),
    "entity": Text("法人", "entity"),
    "place": Text("场所", "place"),
}
