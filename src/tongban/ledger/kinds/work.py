"""What is done for people: filings, cases, licences, papers, acts elsewhere, shares."""

from functools import partial

from tongban.ledger.fields import Kind
from tongban.ledger.kinds.declaring import declare

WORK: dict[str, Kind] = {}
_kind = partial(declare, WORK)

# Filings and cases.
_kind(
    "filing.opened",
    "开始申报，已告知",
    "A draft filing was opened after the notice.",
    "filing_number bundle",
    "pack_version pack_digest helper authority notice_digest",
)
_kind(
    "filing.submitted",
    "提交申报",
    "The filing was submitted.",
    "filing_number bundle",
    "pack_version pack_digest answers_digest facts_digest plan_digest helper authority assurance",
)
_kind(
    "filing.withdrawn",
    "撤回申报",
    "The applicant withdrew the filing, also one that had no case yet.",
    "filing_number",
    "bundle",
)
_kind("draft.expired", "申报草稿过期", "A draft expired by its deadline.", "filing_number", "bundle deadline")
_kind(
    "participant.confirmed",
    "当事人本人确认",
    "A participant confirmed for themselves.",
    "filing_number participant",
    "confirmed method answers_digest assurance",
)
_kind(
    "authority.recorded",
    "记录代办授权",
    "The authority of a helper was recorded.",
    "filing_number authority",
    "helper method material_digest until",
)
_kind(
    "case.accepted",
    "受理",
    "The case was accepted.",
    "case_number item",
    "filing_number maker basis deadline rule_digest notice_number pack_version",
)
_kind(
    "case.not_accepted",
    "不予受理",
    "A named person did not accept the case.",
    "case_number item staff",
    "filing_number because basis notice_number right_office",
)
_kind(
    "case.correction_requested",
    "一次性告知补正",
    "Everything to be completed was told at once.",
    "case_number",
    "item needs because notice_number deadline maker",
)
_kind(
    "case.completed",
    "补正完成",
    "The applicant handed in what the notice asked for.",
    "case_number",
    "filing_number maker",
)
_kind(
    "case.decided",
    "作出审批决定",
    "The case was decided.",
    "case_number item decision maker",
    "filing_number rule_digest rule_text facts_digest facts parameters parameters_digest clauses trace_digest"
    " engine pack_version pack_digest because articles licence_identifier notice_number risk_grade",
)
_kind(
    "case.withdrawn",
    "撤回申请",
    "The applicant withdrew, or law deems it withdrawn.",
    "case_number",
    "filing_number maker because basis notice_number",
)
_kind("case.taken_over", "接手办件", "A head took the case over.", "case_number staff taken_from", "because")
_kind(
    "case.special_procedure",
    "特别程序",
    "The clock stops for a procedure that law excludes from it.",
    "case_number procedure",
    "phase basis because deadline started_on ended_on notice_number",
)
_kind(
    "deadline.counted_again",
    "期限重新计算",
    "A provisional deadline was counted again once the year's holidays were announced.",
    "deadline",
    "filing_number pledge correction ask",
)
_kind(
    "human.requested",
    "请求人工办理",
    "Somebody asked for a person to decide, or for the reasons (PIPL 24).",
    "filing_number",
    "participant decision_entry ask deadline",
)
_kind(
    "human.answered",
    "说明理由",
    "A named person explained a decision that was made by rule (PIPL 24).",
    "case_number",
    "filing_number",
)
_kind(
    "pledge.signed",
    "签署告知承诺",
    "The applicant signed a pledge in place of proof.",
    "filing_number pledge",
    "participant pledge_digest element basis check_by item",
)
_kind(
    "pledge.checked",
    "承诺核查",
    "A pledge was checked afterwards.",
    "pledge result",
    "filing_number participant rectify_by credit_record licence_identifier",
)

# Licences, papers, materials.
_kind(
    "licence.prepared",
    "制作证照",
    "A licence was prepared for signing.",
    "licence_identifier content_digest",
    "licence_type holder issuer filing_number decision_entry previous operation status_place",
)
_kind(
    "licence.signed",
    "签发证照",
    "The office's signature over a licence was stored.",
    "licence_identifier content_digest",
    "signature_digest key_id issuer licence_type",
)
_kind(
    "licence.status_changed",
    "证照状态变更",
    "A licence changed its status.",
    "licence_identifier status",
    "previous_status licence_type issuer decision_entry basis content_digest operation change adverse",
)
_kind(
    "licence.version_decided",
    "决定延续或变更证照",
    "A licence was renewed or changed, by a person or by law.",
    "licence_identifier operation staff basis",
    "licence_type issuer",
)
_kind(
    "licence.opened",
    "查看证照",
    "Somebody but its holder was shown what a licence says.",
    "licence_identifier purpose method",
    "licence_type issuer consumer grant",
)
_kind(
    "licence.presented",
    "出示证照",
    "A holder showed parts of a licence, for a purpose and a time.",
    "licence_identifier purpose consumer elements until",
    "licence_type issuer",
)
_kind(
    "licence.presentation_withdrawn",
    "撤回出示",
    "A holder closed an unused link.",
    "licence_identifier decision_entry",
)
_kind(
    "licence.signed_again",
    "重新签章",
    "What a revoked key had signed, a licence or a change of its status, was signed again by the new key.",
    "licence_identifier content_digest key_id previous_key signature_digest",
)
_kind(
    "notice.issued",
    "出具文书",
    "A notice was issued.",
    "notice_number notice_kind",
    "body_digest filing_number deadline remedies_digest",
)
_kind(
    "notice.sealed_again",
    "重新盖章",
    "A notice whose key was revoked was sealed again by the office's present key.",
    "notice_number body_digest key_id previous_key signature_digest",
)
_kind(
    "material.received",
    "收到材料",
    "A material was received.",
    "material material_digest",
    "filing_number media_type size_bytes retain_until scan need participant confirmed",
)
_kind("material.taken_on_paper", "窗口收取材料", "A counter took a paper.", "material case_number staff")
_kind(
    "material.destroyed",
    "销毁材料",
    "A material was destroyed by the retention schedule.",
    "material material_digest",
    "filing_number basis retain_until",
)

# Acts at other organisations.
_kind(
    "act.intended",
    "拟对外办理",
    "An act at another organisation was decided on, before it is sent.",
    "case_number act act_key",
    "connector operation request_digest",
)
_kind(
    "act.done",
    "对外办理完成",
    "The other organisation did it.",
    "case_number act act_key",
    "connector operation number answer_digest attempt found_by",
)
_kind(
    "act.refused",
    "对外办理被拒",
    "The other organisation refused it.",
    "case_number act act_key",
    "connector operation answer_digest attempt",
)
_kind(
    "act.in_doubt",
    "对外办理存疑",
    "Nobody can tell whether it was done; a person finds out.",
    "case_number act act_key",
    "connector operation attempt",
)
_kind(
    "act.resolved",
    "对外办理核实",
    "A person established what became of an act in doubt.",
    "case_number act act_key outcome staff",
    "connector operation number",
)

# Shares and facts.
_kind(
    "share.released",
    "数据提供",
    "An answer may leave: the entry means released.",
    "consumer resource elements purpose",
    "share request_id provider grant key_digest request_digest answer_digest statuses as_of filing_number"
    " participant connector legal_basis",
)
_kind(
    "share.refused",
    "数据共享被拒",
    "A share was refused.",
    "consumer resource purpose",
    "share request_id elements grant key_digest reason_code filing_number connector",
)
_kind(
    "facts.opened",
    "工作人员查看当事人信息",
    "A staff member opened a person's facts.",
    "staff",
    "participant elements purpose filing_number",
)
_kind(
    "facts.contested",
    "当事人提出异议",
    "A person said that a fetched fact is wrong.",
    "filing_number element",
    "participant fact resource share correction statement_digest",
)
_kind(
    "correction.answered",
    "异议处理答复",
    "The source answered a contested fact.",
    "correction result",
    "filing_number element fact resource answer_digest deadline",
)
_kind("grant.withdrawn", "撤回共享授权", "A grant was withdrawn.", "grant staff", "consumer resource epoch")
