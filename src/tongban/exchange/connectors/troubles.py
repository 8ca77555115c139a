"""The errors that connectors raise, each saying what is wrong and what to do now."""

from tongban.exchange.habits import Verdict
from tongban.exchange.mapping import wrong
from tongban.kernel.errors import SourceDown, SourceRefused, SourceWrong
from tongban.kernel.texts import Text

NEVER_LEFT = "exchange.unreachable"  # the request did not leave: nothing can have been done with it
NO_ANSWER = "exchange.no_answer"  # it left; what became of it is not known


def unreachable(source: str) -> SourceDown:
    """Make the error for a system that no request could be handed to."""
    return SourceDown(
        NEVER_LEFT,
        what=Text(f"连接不上 {source}。", f"{source} cannot be reached."),
        todo=_wait(source),
    )


def no_answer(source: str, why: Text) -> SourceDown:
    """Make the error for a system that took a request and did not answer in time or in full."""
    return SourceDown(
        NO_ANSWER,
        what=Text(f"{source} 没有给出应答：{why.zh}。", f"{source} gave no answer: {why.en}."),
        todo=_wait(source),
    )


def busy(source: str, why: str) -> SourceDown:
    """Make the error for a system that says that it is busy."""
    said = f"：{why}" if why else ""
    return SourceDown(
        "exchange.busy",
        what=Text(f"{source} 系统繁忙{said}。", f"{source} is busy{': ' + why if why else ''}."),
        todo=_wait(source),
    )


def refused(source: str, why: str) -> SourceRefused:
    """Make the error for a system that answered that it will not."""
    said = f"：{why}" if why else ""
    return SourceRefused(
        "exchange.refused",
        what=Text(f"{source} 拒绝了请求{said}。", f"{source} refused{': ' + why if why else ''}."),
        todo=Text(
            "请联系该系统的数据专员核对接口口令和参数。",
            "Ask that system's data officer to compare the access key and the parameters.",
        ),
    )


def not_served(source: str, what: str) -> SourceWrong:
    """Make the error for a resource, element or operation that the connector does not declare."""
    return SourceWrong(
        "exchange.not_declared",
        what=Text(f"连接器 {source} 没有声明 {what}。", f"The connector {source} does not declare {what}."),
        todo=Text(
            "请在 connectors 目录中补上声明，并运行连接器检查。",
            "Declare it in the connectors folder and run the connector check.",
        ),
    )


def only_read(source: str) -> Text:
    """Say that a database or a folder takes no request: nothing there would answer whether it was done."""
    return Text(
        f"{source} 只供读取，不受理对外办理；请把该单位的受理系统另行登记为 REST 或 SOAP 连接器。",
        f"{source} is only read and takes no act; join that office's desk as a REST or SOAP connector.",
    )


def unclear(source: str, why: str, says: Text | None) -> Text:
    """Say that a source answered and cannot tell."""
    said = says or Text(why or "未说明原因", why or "it does not say why")
    return Text(f"{source} 无法确认：{said.zh}。", f"{source} cannot say: {said.en}.")


def raise_unless_good(source: str, verdict: Verdict) -> None:
    """Raise what an answer that is not good means: SourceRefused, SourceDown or SourceWrong."""
    if verdict.means in (None, "done"):
        return
    if verdict.means == "refused":
        raise refused(source, verdict.why)
    if verdict.means == "busy":
        raise busy(source, verdict.why)
    raise wrong(source, f"无法识别的应答 {verdict.why}", f"an answer that nothing explains {verdict.why}")


def _wait(source: str) -> Text:
    return Text(
        f"系统会自动重试；如长时间不恢复，请联系 {source} 的运维人员。",
        f"It is tried again by itself; if this lasts, call the people who run {source}.",
    )
