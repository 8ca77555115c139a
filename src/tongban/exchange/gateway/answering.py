"""One request, from its signature to the signed answer. What may be shared, `judge_share` alone says.

Who asks is known before anything is read of what they ask. Their nonce is claimed before anything is
judged, so that no request is served twice; and only what claimed one is answered under our signature, so
that there is one signed answer to each request. Of the person that a key names nothing is said, and no
source is asked, before the right to ask is judged.
"""

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db.utils import InterfaceError, OperationalError
from pydantic import ValidationError

from tongban.exchange.actions import claim_nonce
from tongban.exchange.answers import BY_SOURCE, ShareAnswer, spoken
from tongban.exchange.gateway import wire
from tongban.exchange.gateway.asking import Asked, share_request
from tongban.exchange.gateway.keys import GatewayKey
from tongban.exchange.gateway.replies import Reply, given, language_of, problem, trouble_told
from tongban.exchange.gateway.wire import Request
from tongban.exchange.road import Road
from tongban.exchange.sharing import fetch
from tongban.kernel.errors import NotSignedIn, TongbanError
from tongban.kernel.faults import fault_of
from tongban.kernel.texts import Language, Text
from tongban.ledger import api as ledger
from tongban.registry import api as registry

LOG = logging.getLogger("tongban.gateway")
ADDRESS = re.compile(r"/shares/v1/([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)")
SOURCE_WITHIN_S = 5.0  # all that a source may take, retries included
MOST_ERRORS = 20  # of one malformed body
UNSHOWN = frozenset({"subject"})  # of the receipt: a number of the registry's own, not the consumer's to know


@dataclass(frozen=True, slots=True)
class Gate:
    """What a gateway works with: the roads to the sources, its own key, and the logs' for receipts."""

    road: Road
    key: GatewayKey
    log_signer: ledger.LogSigner


def serve_share(gate: Gate, request: Request) -> Reply:
    """Answer one request; whatever goes wrong is a problem, and of ours it says nothing but that it is."""
    language = language_of(request.fields)
    found = ADDRESS.fullmatch(request.target.path)
    if found is None or request.target.query:
        return problem(404, "gateway.nowhere", *NOWHERE, language)
    if request.method != "POST":
        return problem(405, "gateway.method", *METHOD, language).but({"allow": "POST"})
    now = gate.road.clock.now()
    try:
        consumer = _identified(request, now)
    except TongbanError as trouble:
        return trouble_told(trouble, language)
    except Exception as fault:
        return _ours(fault, language)
    return _signed(gate, request, _served(gate, request, found[1], consumer, language), now)


def _identified(request: Request, now: datetime) -> str:
    """Give the organisation that signed the request, having claimed its nonce; raises where none counts."""
    signed = wire.read_signature(request.fields)
    wire.require_complete(signed, has_body=True)
    key = registry.standing_consumer_key(signed.text("keyid"), now)
    if key is None:
        raise NotSignedIn(
            "gateway.key_unknown",
            what=Text(
                "签名所用公钥未登记或已停用。", "The key of the signature is not registered or has ended."
            ),
            todo=Text(
                "请向本节点的安全管理员登记公钥。",
                "Have the node's security administrator register your key.",
            ),
        )
    base = wire.signature_base(signed, wire.of_request(request))
    wire.verify(signed, base, algorithm=key.algorithm, public_key=key.public_key)
    wire.require_digest(request.fields, request.body)
    wire.require_timely(signed, now)
    created = datetime.fromtimestamp(signed.whole("created") or 0, UTC)
    claim_nonce(key.key_id, signed.text("nonce"), created=created)
    return key.organisation


def _served(gate: Gate, request: Request, resource: str, consumer: str, language: Language) -> Reply:
    """Read what is asked, share it, and say what came of it."""
    if request.fields.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return problem(415, "gateway.media_type", *MEDIA_TYPE, language)
    try:
        asked = Asked.model_validate_json(request.body)
        wanted = share_request(asked, resource, consumer)
        (answered,) = fetch(gate.road, [wanted], now=gate.road.clock.now(), timeout_s=SOURCE_WITHIN_S)
        return _told(gate, answered, language)
    except ValidationError as malformed:
        return _malformed(malformed, language)
    except TongbanError as trouble:
        if trouble.status >= 500:
            LOG.error("%s: %s", trouble.code, trouble)
        return trouble_told(trouble, language)
    except Exception as fault:
        return _ours(fault, language)


def _told(gate: Gate, answered: ShareAnswer, language: Language) -> Reply:
    """Give what was released with its receipt; late and refused are problems, and never an empty answer."""
    if answered.refusal:
        status, todo = REFUSED.get(answered.refusal, (403, ASK_FOR_A_GRANT))
        code, why = f"share.{answered.refusal}", answered.reason or NOT_SHARED
        return problem(status, code, why, todo, language, share=answered.share)
    if answered.is_late or answered.share is None:
        return problem(503, "share.late", answered.reason or NOT_SHARED, TRY_LATER, language)
    shape: dict[str, object] = {
        "resource": answered.resource,
        "elements": spoken(answered.values),
        "as_of": answered.as_of.isoformat() if answered.as_of else None,
        "fetched_at": answered.fetched_at.isoformat(),
        "share": answered.share,
        "receipt": _receipt(gate, answered.share),
    }
    return given(shape | ({"reason": answered.reason.as_dict()} if answered.reason else {}))


def _receipt(gate: Gate, share: str) -> dict[str, object]:
    """Give the share's entry, opened as far as it is the consumer's, and the log's promise to publish it."""
    opening = ledger.opening(share)
    shown = ledger.disclose(opening, opening.fields.keys() - UNSHOWN)
    promise = ledger.promise([share], gate.log_signer, gate.road.clock.now())
    return {"opening": shown.as_dict(), "promise": promise.as_dict()}


def _signed(gate: Gate, request: Request, reply: Reply, now: datetime) -> Reply:
    created = int(now.timestamp())
    return reply.but(
        wire.sign_answer(
            reply.status, reply.fields, reply.body, to=request.fields, signer=gate.key, created=created
        )
    )


def _malformed(found: ValidationError, language: Language) -> Reply:
    """List what in the body does not fit; what was sent is not repeated."""
    errors = []
    for each in found.errors(include_input=False, include_url=False)[:MOST_ERRORS]:
        fault = fault_of(each)
        pointer = "".join(f"/{part}" for part in each["loc"])
        errors.append({"pointer": pointer, "detail": fault.words.spoken(language), "code": fault.code})
    return problem(422, "gateway.malformed", *MALFORMED, language, errors=errors)


def _ours(fault: Exception, language: Language) -> Reply:
    if isinstance(fault, OperationalError | InterfaceError):
        LOG.error("the store cannot be used: %s", type(fault).__name__)
        return problem(503, "gateway.store", *STORE, language)
    LOG.error("a request failed", exc_info=fault)
    return problem(500, "gateway.failed", *FAILED, language)


NOT_SHARED = Text("未能共享。", "It was not shared.")
TRY_LATER = Text("请稍后换用新的 nonce 重新请求。", "Ask again later, with a new nonce.")
ASK_FOR_A_GRANT = Text(
    "请按政务数据共享条例第二十条向数据提供单位提出共享申请。",
    "Apply to the organisation that offers it (Decree 809 Art. 20).",
)
AS_THE_PAGE_SAYS = Text("请按 docs/gateway.md 改正请求。", "Correct the request as docs/gateway.md says.")
LOOK_IN_THE_CATALOGUE = Text("请核对数据目录中的资源代码。", "Look the resource up in the catalogue.")
# What a refusal is to the consumer, by the codes of `judge_share`; any other is 403, for want of a grant.
REFUSED: Final = {
    "rights_unknown": (503, TRY_LATER),
    "unstated": (422, AS_THE_PAGE_SAYS),
    "no_key": (422, AS_THE_PAGE_SAYS),
    "no_resource": (404, LOOK_IN_THE_CATALOGUE),
    "not_shared": (403, Text("请以其他合法途径取得。", "Obtain it in another way that the law provides.")),
    BY_SOURCE: (403, Text("请与数据提供单位联系。", "Turn to the organisation that offers it.")),
}
NOWHERE = (
    Text("没有这个地址。", "There is nothing at this address."),
    Text(
        "请向 /shares/v1/资源代码 提交，地址后不带参数。",
        "Send to /shares/v1/ and a resource, without a query.",
    ),
)
METHOD = (
    Text("此地址只接受 POST。", "This address takes POST alone."),
    Text("请以 POST 提交。", "Send it by POST."),
)
MEDIA_TYPE = (
    Text("请求正文应为 JSON。", "The body is to be JSON."),
    Text("请以 Content-Type: application/json 提交。", "Send it with Content-Type: application/json."),
)
MALFORMED = (
    Text("请求内容不符合规定的格式。", "The body does not fit its schema."),
    Text("请按 errors 逐项改正，并重新签名。", "Correct each place named in `errors`, and sign it anew."),
)
STORE = (
    Text("本节点的数据库暂时无法使用。", "The node's store cannot be used just now."),
    TRY_LATER,
)
FAILED = (
    Text("系统出错，未能完成该请求。", "Something went wrong on our side."),
    TRY_LATER,
)
