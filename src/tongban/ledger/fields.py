"""The fields that private entries are made of, each with its meaning.

A digest is SHA-256 in lower-case hexadecimal of a canonical JSON value or of a file's bytes.
"""

from dataclasses import dataclass

from tongban.kernel.texts import Text
from tongban.ledger.classes import class_of

COMMON = ("because", "case_number", "item", "maker", "note", "staff", "subject")  # any kind may have these

IDENTIFIERS = (
    "case_number",
    "filing_number",
    "licence_identifier",
    "notice_number",
    "status_place",
)  # numbers given out once only


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry: its meaning, the fields it must have and those it may have."""

    name: str
    meaning: Text
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    version: int = 1

    @property
    def kept(self) -> str:
        """Give the class by which the retention schedule says how long its openings are kept."""
        return class_of(self.name)

    def allows(self, field: str) -> bool:
        """Say whether an entry of this kind may have the field."""
        return field in self.required or field in self.optional or field in COMMON


FIELDS: dict[str, Text] = {
    "act": Text("对外办理事项", "which act at another organisation"),
    "act_key": Text("对外办理防重键", "the key that keeps the act from being done twice"),
    "adverse": Text("是否不利", "whether it goes against the holder"),
    "answer_digest": Text("答复的摘要", "digest of the answer"),
    "answers_digest": Text("填报内容的摘要", "digest of what was answered"),
    "articles": Text("依据条款", "articles that the reasons cite"),
    "as_of": Text("数据时点", "the time the source's data stand for"),
    "ask": Text("请求内容", "what is asked for: a person, or the reasons"),
    "assurance": Text("实名等级", "how surely the person was identified"),
    "at": Text("准确时间", "the exact moment, UTC; written by the ledger"),
    "attempt": Text("尝试次数", "which attempt it was"),
    "authority": Text("代办授权", "by which authority one acts for another"),
    "basis": Text("法律依据", "legal basis"),
    "because": Text("理由", "reasons, {zh, en} or text"),
    "body_digest": Text("文书正文摘要", "digest of the notice's text"),
    "bundle": Text("一件事编码", "code of the bundle"),
    "case_number": Text("办件编号", "number of the case"),
    "check_by": Text("核查期限", "by when the pledge is checked"),
    "change": Text("变更全文", "the change in full, as its office signs it"),
    "clauses": Text("逐条结果", "result of each clause of the rule"),
    "confirmed": Text("确认内容", "what was confirmed"),
    "connector": Text("连接器", "through which connector"),
    "consumer": Text("数据使用方", "organisation that receives the data"),
    "content_digest": Text("证照内容摘要", "digest of the licence's content"),
    "correction": Text("异议编号", "number of the correction"),
    "count": Text("条数", "how many entries"),
    "counts": Text("各类数量", "how many of each were loaded"),
    "credit_record": Text("信用记录", "what was entered on the credit record"),
    "deadline": Text("期限", "by when, as law or the city sets"),
    "decision": Text("决定", "yes, no or ask"),
    "decision_entry": Text("决定的存证编号", "the entry of the decision"),
    "element": Text("数据元", "which element"),
    "elements": Text("数据元清单", "which elements"),
    "ended_on": Text("结束日期", "day it ended"),
    "engine": Text("规则引擎版本", "versions of the engines"),
    "entry": Text("存证编号", "the entry's own name; written by the ledger"),
    "epoch": Text("授权世代", "epoch of the rights"),
    "fact": Text("事实编号", "which fact"),
    "facts": Text("所用事实", "facts the decision stands on"),
    "facts_digest": Text("所用事实摘要", "digest of the facts"),
    "files": Text("文件清单", "which files"),
    "files_digest": Text("文件摘要", "digest of the files"),
    "filing_number": Text("一件事申报号", "number of the filing"),
    "first_index": Text("首条序号", "index of the first entry"),
    "found_by": Text(
        "确认方式", "how the outcome was learnt: the answer, a repeat with the key, or a lookup"
    ),
    "grant": Text("共享授权", "under which grant"),
    "helper": Text("代办人", "who helps or files for another"),
    "holder": Text("持证主体", "who holds the licence"),
    "issuer": Text("发证机构", "which office issues"),
    "item": Text("事项编码", "code of the item"),
    "items": Text("事项清单", "codes of the items"),
    "kept_until": Text("保存至", "last day on which they were kept"),
    "key_digest": Text("查询键摘要", "digest of the key used"),
    "key_id": Text("签名密钥编号", "which key signed"),
    "kind_version": Text("类型版本", "version of the kind; written by the ledger"),
    "legal_basis": Text("共享依据", "legal basis of the share"),
    "licence_identifier": Text("电子证照标识", "identifier of the licence"),
    "licence_type": Text("证照类型代码", "code of the licence type"),
    "log": Text("日志", "which log"),
    "login": Text("登录名", "login given"),
    "maker": Text("决定方式", "rule, person or law"),
    "material": Text("材料编号", "which material"),
    "material_digest": Text("材料摘要", "digest of the material"),
    "media_type": Text("文件类型", "media type by content"),
    "method": Text("方式", "by which method"),
    "minimum": Text("最小序号", "index of the first entry that is still served"),
    "missing": Text("内容缺失条数", "how many entries have their contents missing"),
    "need": Text("对应需求", "which need it answers"),
    "needs": Text("补正清单", "everything that is to be completed"),
    "note": Text("说明", "a remark"),
    "notice_digest": Text("告知书摘要", "digest of the notice given before collecting (PIPL 17, 35)"),
    "notice_kind": Text("文书类型", "kind of notice"),
    "notice_number": Text("文书编号", "number of the notice"),
    "number": Text("对方编号", "number the other organisation gave"),
    "office": Text("部门", "the office; written by the ledger"),
    "operation": Text("操作", "which operation"),
    "outcome": Text("核实结果", "what became of it"),
    "pack": Text("事项包", "which pack"),
    "pack_digest": Text("事项包摘要", "digest of the pack version"),
    "pack_version": Text("事项包版本", "version of the pack"),
    "parameters": Text("参数取值", "dated parameters used"),
    "parameters_digest": Text("参数摘要", "digest of the parameters used"),
    "participant": Text("当事人", "which participant"),
    "period": Text("类别与月份", "class and month of openings, as its key is named"),
    "phase": Text("阶段", "started or ended"),
    "plan_digest": Text("填报方案摘要", "digest of the plan"),
    "pledge": Text("承诺编号", "which pledge"),
    "pledge_digest": Text("承诺书摘要", "digest of the pledge's text as signed"),
    "previous": Text("前一版证照", "the licence this one replaces"),
    "previous_key": Text("前一签名密钥编号", "which key it takes the place of"),
    "previous_status": Text("原状态", "status before"),
    "procedure": Text("特别程序类型", "which special procedure"),
    "provider": Text("数据提供方", "organisation that provides the data"),
    "purpose": Text("用途", "purpose of use"),
    "reason_code": Text("拒绝原因代码", "code of the refusal"),
    "recovered": Text("被补全的存证编号", "the recovered entry that was completed"),
    "rectify_by": Text("整改期限", "by when it is put right"),
    "remedies_digest": Text("救济告知摘要", "digest of the remedies told"),
    "replaces": Text("所替代版本", "version it replaces"),
    "request_digest": Text("请求摘要", "digest of the request"),
    "request_id": Text("请求编号", "the consumer's name for the request"),
    "resource": Text("数据资源", "which resource"),
    "result": Text("结果", "result"),
    "retain_until": Text("保存期限", "kept until"),
    "right_office": Text("应受理部门", "the office that is competent"),
    "risk_grade": Text("风险等级", "risk grade"),
    "roles": Text("角色", "roles held"),
    "root": Text("树根", "root of the log"),
    "rule_digest": Text("规则摘要", "digest of the canonical rule"),
    "rule_text": Text("规则文本", "canonical text of the rule"),
    "scan": Text("查毒结果", "what the scanner said"),
    "share": Text("共享编号", "which share"),
    "signature_digest": Text("签名摘要", "digest of the signature"),
    "since": Text("起始时间", "from when on"),
    "size": Text("日志条数", "size of the log"),
    "size_bytes": Text("文件大小", "size in bytes"),
    "staff": Text("工作人员", "the named staff member"),
    "started_on": Text("开始日期", "day it started"),
    "statement_digest": Text("异议陈述摘要", "digest of what the person stated"),
    "status": Text("状态", "status after"),
    "status_place": Text("在状态列表中的位置", "place in the office's status list"),
    "statuses": Text("各数据元状态", "status of each element"),
    "subject": Text("主体", "internal name of the person or entity, never a number of theirs"),
    "taken_from": Text("原领取人", "the officer who had it"),
    "trace_digest": Text("裁量过程摘要", "digest of the trace"),
    "until": Text("有效期至", "valid until"),
}
