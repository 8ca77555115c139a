"""The shape of a connector's declaration: everything about another system that is not a program.

One file a system in cities/<city>/connectors/. docs/connect.md explains each word with an example.
A sent value is either a constant, a text with {placeholders}, or `{field: …}` with how to write it.
Placeholders: a key element or field of the call, `secret.NAME` (from the endpoint), `key` (the
idempotency key), `consumer` (the asking organisation), `today`, `one_year_ago`. A `probe` is a key that
the office agrees is nobody's: the connector check asks with it.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tongban.exchange.verbs import Idempotency
from tongban.kernel.declarations import Declaration, TextField

Meaning = Literal["none", "unclear", "refused", "busy", "wrong", "done"]
Unit = Literal["cents", "yuan", "ten_thousand_yuan"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$", max_length=100)]
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_.]*)\}")


class Incoming(Declaration):
    """How to read one element: where it stands, and how its text becomes our type."""

    path: str | None = None
    constant: str | int | bool | None = None
    formats: tuple[str, ...] = ()
    map: Mapping[str, str | int | bool] | None = None
    unit: Unit = "cents"
    separator: str | None = None
    none_values: tuple[str, ...] = ()
    optional: bool = False

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.path is None) == (self.constant is None):
            raise ValueError("give either `path` (where it stands) or `constant` (what a record means)")
        return self


class Outgoing(Declaration):
    """How to write one field of ours in the other system's way."""

    field: str
    format: str | None = None
    map: Mapping[str, str | int] | None = None
    unit: Unit = "cents"
    as_number: bool = False
    separator: str | None = None
    join: str | None = None
    optional: bool = False
    missing: str | None = None


Sent = Outgoing | bool | int | str | tuple[str, ...]


class Habit(Declaration):
    """One habit of the other system: when an answer looks so, it means this. All conditions must hold."""

    status: tuple[int, ...] = ()
    path: str | None = None
    equals: tuple[str, ...] = ()
    fault: tuple[str, ...] = ()
    means: Meaning
    why: str | None = None
    says: TextField | None = None

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if not (self.status or self.path or self.fault):
            raise ValueError("say when: by `status`, `path` or `fault`")
        return self


class Success(Declaration):
    """What a good answer must show; anything else that no habit explains is a wrong answer."""

    path: str
    equals: tuple[str, ...]


class Request(Declaration):
    """One HTTP request and how its answer is read."""

    method: Literal["GET", "POST", "PUT"] = "GET"
    path: str
    query: Mapping[str, Sent] = {}
    headers: Mapping[str, Sent] = {}
    body: Mapping[str, Sent] = {}
    encoding: Literal["json", "form"] = "json"
    reads: Literal["json", "form"] = "json"
    success: Success | None = None
    habits: tuple[Habit, ...] = ()


class Pages(Declaration):
    """How a whole register is read page by page: where a page's records stand, and what asks for the next."""

    records: str
    next: str


class Lookup(Declaration):
    """Where one record stands in an answer, and how each of its elements is read."""

    record: str | None = None
    values: Mapping[Name, Incoming]
    probe: Mapping[Name, str] = {}


class Act(Declaration):
    """Where the office's number stands in the answer to an act, and what else of it is kept."""

    number: str
    number_pattern: str = r"\S{1,100}"
    keep: Mapping[str, str] = {}


class Find(Declaration):
    """How an act is looked for afterwards by our key: a habit that means none, or an empty list
    at `among`, says that there is none."""

    number: str
    among: str | None = None


class RestPages(Pages):
    """The request for one page; {after} is empty for the first."""

    request: Request


class RestLookup(Lookup):
    """How one record of a resource is asked for."""

    request: Request
    pages: RestPages | None = None


class RestAct(Act):
    """How one act is asked for."""

    request: Request


class RestFind(Find):
    """The question that is asked afterwards."""

    request: Request


class SoapCall(Declaration):
    """One call of an operation that the WSDL describes, and what its answers mean."""

    operation: str
    sent: Mapping[str, Sent]
    success: Success | None = None
    habits: tuple[Habit, ...] = ()


class SoapPages(SoapCall, Pages):
    """The operation that gives one page; {after} is empty for the first."""


class SoapLookup(SoapCall, Lookup):
    """The operation that reads one record."""

    pages: SoapPages | None = None


class SoapAct(SoapCall, Act):
    """The operation that does something."""


class SoapFind(SoapCall, Find):
    """The operation that is asked afterwards."""


class SqlScan(Declaration):
    """A statement that reads the rows after :after, ordered by the column `after`, at most :rows."""

    statement: str
    after: str


class SqlLookup(Declaration):
    """One SELECT with named parameters; `parameters` says what each of them is filled with."""

    statement: str
    parameters: Mapping[str, Sent]
    values: Mapping[Name, Incoming]
    scan: SqlScan | None = None
    probe: Mapping[Name, str] = {}


class Trailer(Declaration):
    """A last row that is no record but counts them, so that a file cut short is noticed."""

    column: int
    equals: str
    count: int


class FileLookup(Declaration):
    """A file that arrives every so often; the newest complete one is read.

    `date` is how the day is written in the name where `pattern` has a `*`; `complete` names a second
    file beside it that says `rows=` and `sha256=`, without which the file is unfinished.
    """

    pattern: str
    date: str = "%Y%m%d"
    form: Literal["csv", "xlsx"]
    sheet: str | None = None
    header_row: int = 1
    columns: tuple[str, ...]
    complete: str | None = None
    trailer: Trailer | None = None
    key_columns: Mapping[Name, str]
    values: Mapping[Name, Incoming]
    stale_after_days: int = 3
    probe: Mapping[Name, str] = {}


class Patience(Declaration):
    """How long one call may take, how often it is tried, how much it may answer, when to stop calling."""

    timeout_s: float = Field(default=3.0, gt=0, le=60)
    attempts: int = Field(default=2, ge=1, le=5)
    pause_s: float = Field(default=0.05, ge=0, le=5)
    max_bytes: int = Field(default=1_048_576, ge=1024, le=536_870_912)
    breaker_failures: int = Field(default=5, ge=1, le=1000)
    breaker_rest_s: float = Field(default=10.0, ge=0, le=3600)
    connections: int = Field(default=8, ge=1, le=64)


class _Connector(Declaration):
    name: Name
    organisation: str
    endpoint: Name
    patience: Patience = Patience()


class _Acting(_Connector):
    """A system that can be asked to do something, and how it keeps that from being done twice."""

    find: Find | None = None
    idempotency: Idempotency = "none"
    key_honoured_hours: int | None = None

    @model_validator(mode="after")
    def _lookup_has_a_question(self) -> Self:
        if self.idempotency == "lookup" and self.find is None:
            raise ValueError("idempotency: lookup needs `find`, the question asked afterwards")
        return self


class RestDeclared(_Acting):
    """A system that speaks JSON or forms over HTTP."""

    kind: Literal["rest"]
    headers: Mapping[str, Sent] = {}
    resources: Mapping[Name, RestLookup] = {}
    operations: Mapping[Name, RestAct] = {}
    find: RestFind | None = None


class SoapDeclared(_Acting):
    """A system with a WSDL; calls go to the endpoint, whatever address the WSDL names."""

    kind: Literal["soap"]
    wsdl: str = "?wsdl"
    port: str | None = None  # needed only where the WSDL has several
    resources: Mapping[Name, SoapLookup] = {}
    operations: Mapping[Name, SoapAct] = {}
    find: SoapFind | None = None
    faults: tuple[Habit, ...] = ()


class SqlDeclared(_Connector):
    """A database that is read, never written: a SQLite file's path or a postgresql:// address."""

    kind: Literal["sql"]
    resources: Mapping[Name, SqlLookup]


class FilesDeclared(_Connector):
    """A folder into which files are dropped."""

    kind: Literal["files"]
    resources: Mapping[Name, FileLookup]


ConnectorDeclared = Annotated[
    RestDeclared | SoapDeclared | SqlDeclared | FilesDeclared, Field(discriminator="kind")
]


class ConnectorFile(Declaration):
    """One file: the connectors of one organisation's system."""

    connectors: tuple[ConnectorDeclared, ...]


class Endpoint(Declaration):
    """Where a system is: an address or a path, and the secrets that it asks of us."""

    at: str
    secrets: Mapping[str, str] = {}


class EndpointFile(Declaration):
    """endpoints.yaml: names to endpoints, the demonstration's defaults."""

    endpoints: Mapping[Name, Endpoint]
