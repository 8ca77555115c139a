"""What the verifier says, in one plain sentence of Chinese or English, and as data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Final


class Verdict(Enum):
    """The four things that can be said of a file; the value is the exit code."""

    VALID = 0
    INVALID = 1
    CANNOT_TELL = 2
    UNREADABLE = 3


# What is proved of a token without its log: of a licence file it is signature, evidence and log.
PROVED_BY_LIST: Final = {"zh": "签名和状态列表", "en": "signature and status list"}

# Why a file is not simply valid. Each reason is a code, a Chinese and an English clause.
REASONS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "no_log": ("此处没有日志的检查点，或无法读取", "no checkpoint of a log can be read there"),
        "unreadable": ("不是可以读取的验证文件", "this is not a file that can be verified"),
        "shape": (
            "文件缺少内容或含有未经签名的多余内容",
            "parts are missing, or there is content that nobody signed",
        ),
        "trust_signature": (
            "信任文件不是由其根密钥签名的",
            "the trust statement is not signed by its root key",
        ),
        "wrong_root": (
            "信任文件出自另一个根密钥",
            "the trust statement comes from another root key than the trusted one",
        ),
        "other_node": ("文件各部分不属于同一节点", "its parts belong to different nodes"),
        "unknown_key": (
            "签名密钥不在信任文件中，或不属于所称的发证机构",
            "the signing key is not in the trust statement, or is not the stated office's",
        ),
        "key_period": ("签发时该密钥不在有效期内", "the key was not valid at the moment of signing"),
        "key_revoked": (
            "签发时该密钥已被吊销；请重新下载，若证照仍有效，机构会以新密钥重签",
            "the key was revoked as of before the moment of signing: download it again, the office signs with"
            " a new key what still holds",
        ),
        "signature": ("机构签名与内容不符", "the office's signature does not fit"),
        "content": ("内容在签名后被改动", "the content was changed after it was signed"),
        "identifier": ("证照标识不正确", "the licence identifier is wrong"),
        "issuer": (
            "证照上的发证机构与签名机构不一致",
            "the issuing office on the licence is not the office that signed",
        ),
        "opening": ("存证条目与其公开承诺值不符", "the evidence entry does not fit its public commitment"),
        "evidence": ("存证条目不是这份文件的", "the evidence is about something else than this document"),
        "promise": (
            "存证承诺不是由日志密钥签名的，或不含该条目",
            "the log's promise is not signed by the log, or is for another entry",
        ),
        "proof": ("包含证明不能得出日志的树根", "the inclusion proof does not lead to the log's root"),
        "checkpoint": ("日志检查点不是由日志密钥签名的", "the checkpoint is not signed by the log"),
        "checkpoint_without_sm2": (
            "日志检查点缺少该节点所公布的 SM2 签名；请重新下载",
            "the log's checkpoint lacks the SM2 signature that its node announces: download it again",
        ),
        "checkpoint_sm2": (
            "日志检查点的 SM2 签名或 SM3 摘要不正确",
            "the SM2 signature of the log's checkpoint, or its SM3 digest, is wrong",
        ),
        "promise_overdue": (
            "存证承诺的公布期限已过，文件中仍没有公布证明；请重新下载，若仍如此，则日志未履行承诺",
            "the log's promise is past its deadline and the file holds no proof of publication: download it"
            " again, and if it still holds none, the log broke its promise",
        ),
        "no_evidence": ("没有存证承诺或证明", "there is neither a promise nor a proof from the log"),
        "history": ("状态变更记录前后不衔接", "the history of its status does not hang together"),
        "suspended": ("证照已被暂扣", "the licence is suspended"),
        "revoked": ("证照已被撤销或吊销", "the licence was revoked"),
        "cancelled": ("证照已注销", "the licence was cancelled"),
        "ended": ("证照已失效或已被新版本取代", "the licence has ended or was replaced by a later version"),
        "other_status": ("证照处于其他非有效状态", "the licence has another status than valid"),
        "not_yet": ("证照尚未到生效日期", "the licence is not yet in force"),
        "expired": ("证照已过有效期", "the licence has expired"),
        "disclosure": (
            "出示的内容不是发证机构所签的内容",
            "what is shown is not what the office has signed",
        ),
        "presentation_over": (
            "出示的有效时间已过或未到",
            "the time for which it was shown is over, or has not begun",
        ),
        "list_invalid": (
            "证照已被撤销、注销或已失效",
            "the licence was revoked or cancelled, or has ended",
        ),
        "list_unreadable": (
            "状态列表不是可以读取的文件，请重新下载",
            "the status list is no file that can be read: download it again",
        ),
        "list_unreached": (
            "状态列表没有取到：网络不通或地址不对，请重试",
            "the status list could not be fetched: the network failed or the address is wrong, try again",
        ),
        "no_place": (
            "这份证照签发时没有登记在状态列表中的位置，无法核对",
            "this licence was issued without a place in a status list, so none can be looked up",
        ),
        "list_over": ("状态列表已过期，请重新下载", "the status list is out of date: download it again"),
        "list_other": (
            "状态列表不是这份证照的发证机构的，或不含它",
            "the status list at hand is not the one that this licence is in",
        ),
        "no_status_list": (
            "未核对当前状态，请下载发证机构的状态列表并一并提供（--status-list）",
            "its present status was not checked: download the office's status list and give it too"
            " (--status-list)",
        ),
        "not_published": (
            "日志已签名承诺公布存证，期限未到、尚未公布",
            "the log has promised to publish the evidence and has not done so yet, within its deadline",
        ),
        "not_witnessed": (
            "日志检查点的见证签名不足法定数；请重新下载",
            "too few of the witnesses have cosigned the log's checkpoint: download it again",
        ),
        "no_statement": (
            "它本身不含公钥，请同时提供该节点的信任文件 trust.json（--trust）",
            "it holds no keys itself: give the node's trust.json too (--trust)",
        ),
        "pruned_note": (
            "日志的清理声明格式不正确",
            "the log's note on what it pruned is malformed",
        ),
        "pruned_other": (
            "清理声明说的是另一本日志",
            "the note on what was pruned is about another log",
        ),
        "pruned_signature": (
            "日志的清理声明不是由日志密钥签名的",
            "the note on what was pruned is not signed by the log",
        ),
        "pruned_without_sm2": (
            "日志的清理声明缺少该节点所公布的 SM2 签名",
            "the log's note on what it pruned lacks the SM2 signature that its node announces",
        ),
        "pruned_sm2": (
            "日志清理声明的 SM2 签名或 SM3 摘要不正确",
            "the SM2 signature of the log's note on what it pruned, or its SM3 digest, is wrong",
        ),
        "pruned_beyond": (
            "清理声明所称的条数超过检查点所含的条数",
            "the note on what was pruned claims more entries than the checkpoint counts",
        ),
        "pruned_for_good": (
            "该日志应当永久保存，却声明已清理",
            "the log says it was pruned, and is one that is kept for good",
        ),
        "pruned_early": (
            "清理声明自称的保存期限尚未届满",
            "the note on what was pruned says that it is kept until a day that is not over",
        ),
        "log_unreached": (
            "日志没有读完：网络或存储不通，请稍后再试",
            "the log could not be read to its end: the network or the storage failed, try again later",
        ),
        "log_missing": (
            "日志缺少检查点所含的文件",
            "the log lacks a file that its checkpoint counts",
        ),
        "log_entry": ("日志中有格式不正确的存证条目", "there is a malformed entry in the log"),
        "log_tile": ("日志的哈希文件与条目不符", "a tile of the log does not fit its entries"),
        "log_root": (
            "全部条目不能得出检查点的树根",
            "the entries do not lead to the root that the checkpoint has",
        ),
        "no_anchor": (
            "未指定可信根密钥，只核对了文件自身的一致性；请向发证机构核对根密钥指纹",
            "no trusted root key was given, so only the file's own consistency was checked: compare the root"
            " key's fingerprint with the one that the authority publishes",
        ),
    }
)
UNDECIDED: Final = frozenset(
    {
        "not_published",
        "not_witnessed",
        "no_statement",
        "no_anchor",
        "log_unreached",
        "no_status_list",
        "list_over",
        "list_unreadable",
        "list_unreached",
        "no_place",
    }
)
UNREADABLE: Final = frozenset({"unreadable", "no_log"})
LONGEST: Final = 120  # characters of anything that a file says of itself
# What would let a file write sentences of its own beside ours: controls, breaks, turns of direction.
_UNSEEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why a file is not simply valid; `place` is which file of a log, where it is one."""

    code: str
    place: str = ""

    def words(self, language: str) -> str:
        """Give the reason as a clause in Chinese (zh) or English (en)."""
        zh, en = REASONS[self.code]
        if language == "zh":
            return f"{zh}（{self.place}）" if self.place else zh
        return f"{en} ({self.place})" if self.place else en


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on one file, its reasons, and what the file says of itself as far as it was checked."""

    reasons: tuple[Reason, ...]
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """Invalid if anything is wrong, undecided if anything is open, and valid only if nothing is."""
        codes = {reason.code for reason in self.reasons}
        if codes & UNREADABLE:
            return Verdict.UNREADABLE
        if codes - UNDECIDED:
            return Verdict.INVALID
        return Verdict.CANNOT_TELL if codes else Verdict.VALID

    @property
    def exit_code(self) -> int:
        """0 valid, 1 invalid, 2 cannot tell, 3 unreadable."""
        return self.verdict.value

    def sentence(self, language: str) -> str:
        """Say the verdict, what it is about and why, in one sentence of Chinese (zh) or English (en)."""
        if language == "zh":
            return self._chinese()
        return self._english()

    def as_dict(self) -> dict[str, object]:
        """Give the report for programs."""
        return {
            "verdict": self.verdict.name.lower(),
            "exit_code": self.exit_code,
            "reasons": [
                {"code": reason.code, "zh": reason.words("zh"), "en": reason.words("en")}
                for reason in self.reasons
            ],
            "sentence": {"zh": self.sentence("zh"), "en": self.sentence("en")},
            **self.facts,
        }

    def _chinese(self) -> str:
        about = self._about("zh")
        why = "；".join(reason.words("zh") for reason in self.reasons)
        gone = self._named("gone", "zh")
        said = {
            Verdict.VALID: f"有效：{about}由{self._named('issuer', 'zh')}签发，"
            f"{self._named('proved', 'zh') or '签名、存证和日志'}均核验无误{gone and '；' + gone}。",
            Verdict.INVALID: f"无效：{about}未通过核验——{why}。",
            Verdict.CANNOT_TELL: f"尚不能确认：{about}目前核验无误，但{why}。",
            Verdict.UNREADABLE: f"无法读取：{why}。",
        }[self.verdict]
        return said + self._fingerprint("（根密钥指纹：{}）")

    def _english(self) -> str:
        about = self._about("en")
        why = "; ".join(reason.words("en") for reason in self.reasons)
        gone = self._named("gone", "en")
        said = {
            Verdict.VALID: f"Valid: {about}, issued by {self._named('issuer', 'en')};"
            f" {self._named('proved', 'en') or 'signature, evidence and log all'} verify"
            f"{gone and '; ' + gone}.",
            Verdict.INVALID: f"Invalid: {about} does not verify, because {why}.",
            Verdict.CANNOT_TELL: f"Cannot tell: {about} shows no fault, but {why}.",
            Verdict.UNREADABLE: f"Unreadable: {why}.",
        }[self.verdict]
        return said + self._fingerprint(" (Root key fingerprint: {})")

    def _about(self, language: str) -> str:
        title = self._named("title", language) or ("该文件" if language == "zh" else "this file")
        number, holder = (_shown(self.facts.get(each)) for each in ("number", "holder"))
        if language == "zh":
            return title + (f"（{number}，{holder}）" if holder else f"（{number}）" if number else "")
        return title + (f" {number} of {holder}" if holder else f" {number}" if number else "")

    def _named(self, fact: str, language: str) -> str:
        found = self.facts.get(fact)
        return _shown(found.get(language)) if isinstance(found, Mapping) else ""

    def _fingerprint(self, form: str) -> str:
        wanted = {reason.code for reason in self.reasons} & {"no_anchor", "wrong_root"}
        found = self.facts.get("root_fingerprint")
        return form.format(found) if wanted and found and self.verdict is not Verdict.UNREADABLE else ""


def _shown(said: object) -> str:
    """Give what a file says of itself as it may stand in our sentence; only texts are said."""
    return _UNSEEN.sub("\ufffd", said)[:LONGEST] if isinstance(said, str) else ""
