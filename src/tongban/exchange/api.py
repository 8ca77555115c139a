"""The door of the exchange."""

from tongban.exchange.actions import Entry, Journal, LedgerJournal, Released, Withheld, forget_nonces
from tongban.exchange.acts import act, find_act, idempotency
from tongban.exchange.answers import FetchedValue, ShareAnswer, Status
from tongban.exchange.check import Finding, check_connector, compare_with_catalogue
from tongban.exchange.declared import ConnectorDeclared, ConnectorFile, Endpoint, EndpointFile
from tongban.exchange.gateway.answering import Gate, serve_share
from tongban.exchange.gateway.application import Application as GatewayApplication
from tongban.exchange.gateway.keys import GatewayKey, load_gateway_key, new_gateway_key
from tongban.exchange.gateway.replies import Reply as GatewayReply
from tongban.exchange.gateway.wire import Request as GatewayRequest
from tongban.exchange.operations import Taken, operations
from tongban.exchange.road import Lane, Road, open_road, read_connectors, read_endpoints
from tongban.exchange.rules import Allowed, Denied, ShareRequest, is_open, judge_share
from tongban.exchange.searching import Hits, search
from tongban.exchange.sharing import fetch
from tongban.exchange.verbs import (
    Absent,
    ActOutcome,
    ActRequest,
    Ask,
    CannotTell,
    Connector,
    Done,
    FieldValue,
    Found,
    FoundAct,
    Idempotency,
    Looked,
    Nothing,
    Reading,
    Record,
    Refused,
    Row,
    Unanswered,
    Unclear,
)

__all__ = [
    "Absent",
    "ActOutcome",
    "ActRequest",
    "Allowed",
    "Ask",
    "CannotTell",
    "Connector",
    "ConnectorDeclared",
    "ConnectorFile",
    "Denied",
    "Done",
    "Endpoint",
    "EndpointFile",
    "Entry",
    "FetchedValue",
    "FieldValue",
    "Finding",
    "Found",
    "FoundAct",
    "Gate",
    "GatewayApplication",
    "GatewayKey",
    "GatewayReply",
    "GatewayRequest",
    "Hits",
    "Idempotency",
    "Journal",
    "Lane",
    "LedgerJournal",
    "Looked",
    "Nothing",
    "Reading",
    "Record",
    "Refused",
    "Released",
    "Road",
    "Row",
    "ShareAnswer",
    "ShareRequest",
    "Status",
    "Taken",
    "Unanswered",
    "Unclear",
    "Withheld",
    "act",
    "check_connector",
    "compare_with_catalogue",
    "fetch",
    "find_act",
    "forget_nonces",
    "idempotency",
    "is_open",
    "judge_share",
    "load_gateway_key",
    "new_gateway_key",
    "open_road",
    "operations",
    "read_connectors",
    "read_endpoints",
    "search",
    "serve_share",
]
