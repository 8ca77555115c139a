"""Which column holds which word of an entry, and by which other names catalogues call it. Pure.

The names of Decree 809 (Art. 13 to 15) come first, then those of the compiling guide of 2017; the rest
are ours. docs/catalogue.md marks each. A text has a second column for its English.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from tongban.catalogue import wording
from tongban.kernel.texts import Text

Kind = Literal["text", "plain", "word", "words", "list", "flag", "codes"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, the dotted word of the declaration, how its cells are read.

    text: a sentence, with its English beside · plain: as it stands · word: one of `words` · words: several
    of them · list: several, parted by 、 · flag: 是 or 否 · codes: code=meaning, parted by 、.
    """

    header: str
    word: str
    kind: Kind = "plain"
    also: tuple[str, ...] = ()
    words: Mapping[str, Text] | None = None
    required: bool = False

    @property
    def english(self) -> str:
        """Give the header of the column that holds a sentence's English."""
        return f"{self.header}（英文）"


ENTRY: Final = (
    Column("目录名称", "name", "text", ("信息资源名称", "资源名称"), required=True),
    Column("目录标识", "code"),
    Column("信息资源代码", "number", also=("资源代码", "目录编码")),
    Column("分类", "class", "word", ("信息资源分类",), wording.CLASSES, required=True),
    Column("主题", "theme", "text"),
    Column("摘要", "summary", "text", ("信息资源摘要",), required=True),
    Column("提供单位", "provider", also=("信息资源提供方", "提供方")),
    Column("提供单位代码", "organisation", also=("信息资源提供方代码", "提供方代码"), required=True),
    Column("数据格式", "format", "word", ("信息资源格式",), wording.FORMATS, required=True),
    Column("更新频率", "update", "word", ("更新周期",), wording.UPDATES, required=True),
    Column("共享属性", "share.class", "word", ("共享类型",), wording.SHARE_CLASSES, required=True),
    Column("共享范围", "share.scope", "text"),
    Column("使用用途", "share.use", "text", ("使用条件", "共享条件")),
    Column("不予共享理由", "share.reason", "text"),
    Column("禁止共享依据类别", "share.forbidden_by", "word", words=wording.RANKS),
    Column("共享依据", "share.basis.text", "text", ("依据",), required=True),
    Column("依据出处", "share.basis.source"),
    Column("依据核实", "share.basis.mark", "word", words=wording.MARKS),
    Column("共享方式", "delivery", "words", words=wording.DELIVERIES, required=True),
    Column("开放属性", "open", "word", ("是否向社会开放",), wording.OPENINGS),
    Column("数据分级", "grade", "word", ("分级",), wording.GRADES, required=True),
    Column("区划", "division", also=("行政区划代码",)),
    Column("不含区划", "excludes", "list"),
    Column("登记范围", "coverage", "word", words=wording.COVERAGES),
    Column("生效日期", "valid_from", also=("发布日期",), required=True),
    Column("失效日期", "valid_to"),
    Column("副本来源", "copy_of"),
    Column("连接器", "connector"),
    Column("查询键", "keys", "list"),
    Column("保密风险评估日期", "assessed.secrecy_on", required=True),
    Column("个人信息保护影响评估日期", "assessed.personal_information_on", required=True),
    Column("部门负责人批准日期", "assessed.approved_on", required=True),
    Column("日志显示机关", "shows_office", "flag"),
)
ITEM: Final = (
    Column("数据项", "name", "text", ("信息项名称", "信息项"), required=True),
    Column("数据元编码", "code", also=("信息项编码",)),
    Column("数据类型", "kind", "word", words=wording.KINDS, required=True),
    Column("数据项分级", "grade", "word", words=wording.GRADES),
    Column("数据主体", "about", "word", words=wording.ABOUT),
    Column("敏感个人信息", "sensitive", "flag"),
    Column("指明个人", "names_person", "flag"),
    Column("查无含义", "when_none", "word", words=wording.WHEN_NONE),
    Column("查无取值", "none_value"),
    Column("代码集", "codes", "codes"),
    Column("取值格式", "pattern"),
)


def headers() -> list[str]:
    """Give the whole header in the order in which it is written."""
    return [name for column in (*ENTRY, *ITEM) for name in _names(column)]


def _names(column: Column) -> list[str]:
    return [column.header, column.english] if column.kind == "text" else [column.header]
