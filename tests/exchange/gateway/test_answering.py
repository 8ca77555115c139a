"""The gateway from the signature of a request to the signed answer, asked by a client not written here."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import InvalidSignature

from demo.characters import PERSONS
from tests.demo.hosting import MORNING
from tests.exchange.conftest import CITY, Opening
from tests.exchange.gateway.consumers import Consumer, Message, Private, verified
from tests.exchange.shelf import Shelf
from tests.exchange.test_sharing import Broken
from tongban.catalogue import api as catalogue
from tongban.exchange.api import Ask, Journal
from tongban.exchange.connectors.troubles import busy, refused
from tongban.exchange.gateway import wire
from tongban.exchange.gateway.answering import Gate, serve_share
from tongban.exchange.gateway.keys import load_gateway_key, new_gateway_key
from tongban.exchange.gateway.replies import Reply
from tongban.exchange.models import Nonce
from tongban.kernel.canonical import digest
from tongban.kernel.ids import SystemChance
from tongban.ledger import api as ledger
from tongban.ledger.models import Entry
from tongban.registry import api as registry

ORIGIN = "https://share.yunxi.example"
LI = PERSONS["li_chunyan"].resident_id
ZHANG = PERSONS["zhang_dahai"].resident_id
POPULATION = "police.population"
LIFE: Mapping[str, Any] = {
    "purpose": "open-company",
    "case": "MKT-2026-00017",
    "elements": ["person.deceased", "person.mobile"],
    "key": {"person.resident_id": LI},
}
COVERED = {'"@status"', '"content-digest"', '"content-type"', '"signature";req', '"@signature-params"'}
# Where it is not known who asks, or they were answered before, nothing is signed.
UNSIGNED = {
    "gateway.component",
    "gateway.digest_wrong",
    "gateway.key_unknown",
    "gateway.replayed",
    "gateway.signature_incomplete",
    "gateway.signature_stale",
    "gateway.signature_wrong",
}


@dataclass
class Desk:
    """A gateway with one source behind it, and the system of the market office before it."""

    gate: Gate
    police: Shelf
    market: Consumer

    def ask(self, asked: Mapping[str, Any] | bytes = LIFE, resource: str = POPULATION, **how: Any) -> Reply:
        return self.send(self.market.sign(resource, asked, **{"at": self.now, **how}))

    @property
    def now(self) -> Any:
        return self.gate.road.clock.now()

    def send(self, message: Message) -> Reply:
        """Bring a request to the gateway as the server does, and verify the answer as its sender does."""
        scheme, _, rest = ORIGIN.partition("://")
        path = message.url.removeprefix(ORIGIN)
        target = wire.Target(scheme, rest, *path.partition("?")[:1])
        fields = wire.joined(message.headers.items())
        reply = serve_share(self.gate, wire.Request(message.method, target, fields, message.body))
        if shape(reply).get("code") in UNSIGNED:
            assert "signature" not in reply.fields
        else:
            assert self.covered(reply, message) == COVERED
        return reply

    def covered(self, reply: Reply, message: Message) -> set[str]:
        by = self.gate.key.public_pem
        return verified(reply.status, reply.fields, reply.body, to=message, by=by)


def shape(reply: Reply) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(reply.body)
    return told


def problem(reply: Reply) -> tuple[int, str]:
    assert reply.fields["content-type"] == "application/problem+json"
    told = shape(reply)
    assert told["status"] == reply.status
    assert all(told[name] for name in ("type", "title", "detail", "todo"))
    return reply.status, told["code"]


def shares() -> list[str]:
    return list(Entry.objects.filter(log="shares-2026").order_by("id").values_list("kind", flat=True))


Opened = Callable[..., Desk]


@pytest.fixture
def open_desk(database: None, opened: Opening) -> Opened:
    """Open a gateway over the city's registers whose market office has registered a key."""
    registry.load_city(CITY, now=MORNING, chance=SystemChance())
    catalogue.load(CITY, now=MORNING, chance=SystemChance())
    folder = ledger.keys_folder()
    signer = ledger.make_log_key(folder, "990100")
    (folder / "gateway.pem").write_text(new_gateway_key())

    def desk(private: Private | None = None, journal: Journal | None = None) -> Desk:
        police = Shelf("police", {(LI,): {"person.deceased": False, "person.mobile": "10000000001"}})
        market = Consumer(private or Ed25519PrivateKey.generate(), ORIGIN)
        register("market.990121", market)
        road = opened(extra=(police,), journal=journal)
        return Desk(Gate(road, load_gateway_key(folder / "gateway.pem"), signer), police, market)

    return desk


def register(organisation: str, system: Consumer) -> None:
    by = registry.staff("security.yunxi.ning")
    registry.register_consumer_key(
        organisation, system.public_pem, by=by, because="接入", now=MORNING, chance=SystemChance()
    )


@pytest.fixture
def desk(open_desk: Opened) -> Iterator[Desk]:
    yield open_desk()
    ledger.check_ledger()


@pytest.mark.parametrize("private", [Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1())])
def test_a_granted_share_is_answered_signed_and_on_record(open_desk: Opened, private: Private) -> None:
    desk = open_desk(private)
    reply = desk.ask()
    assert reply.status == 200
    told = shape(reply)
    assert told["elements"] == {
        "person.deceased": {"status": "known", "value": False},
        "person.mobile": {"status": "known", "value": "10000000001"},
    }
    entry = ledger.opening(told["share"])
    assert entry.value("consumer") == "market.990121"
    assert entry.value("filing_number") == LIFE["case"]
    assert entry.value("answer_digest") == digest(told["elements"])
    assert reply.fields["cache-control"] == "no-store"


def test_the_receipt_proves_the_share_and_keeps_the_registrys_own_number(desk: Desk) -> None:
    receipt = shape(desk.ask())["receipt"]
    opening = ledger.read_opening(receipt["opening"])
    promise = ledger.read_promise(receipt["promise"], desk.gate.log_signer.vkey("shares-2026"))
    assert opening.value("answer_digest")
    assert "subject" not in receipt["opening"]["fields"]
    assert len(promise.leaves) == 1


def test_an_answer_that_is_put_in_the_place_of_another_does_not_verify(desk: Desk) -> None:
    first, second = (desk.market.sign(POPULATION, LIFE, at=MORNING) for _ in range(2))
    reply = desk.send(first)
    with pytest.raises(InvalidSignature):
        desk.covered(reply, second)
    with pytest.raises(InvalidSignature):
        desk.covered(replace(reply, body=reply.body.replace(b"10000000001", b"10000000002")), first)
    with pytest.raises(InvalidSignature):
        desk.covered(replace(reply, status=403), first)


def test_no_more_leaves_than_was_asked_and_granted(desk: Desk) -> None:
    told = shape(desk.ask({**LIFE, "elements": ["person.deceased", "person.sex"]}))
    assert told["elements"]["person.sex"] == {"status": "withheld", "value": None}
    assert set(told["elements"]) == {"person.deceased", "person.sex"}
    assert [element.code for element in desk.police.asked[0].elements] == ["person.deceased"]


WITHOUT_A_RIGHT: list[tuple[dict[str, Any], str, tuple[int, str]]] = [
    ({"purpose": "marriage"}, POPULATION, (403, "share.no_grant")),
    ({"elements": ["person.sex"]}, POPULATION, (403, "share.not_granted_elements")),
    ({}, "police.nothing", (404, "share.no_resource")),
    ({"key": {"person.name": "李春燕"}}, POPULATION, (422, "share.no_key")),
]


@pytest.mark.parametrize(("change", "resource", "told"), WITHOUT_A_RIGHT)
def test_without_a_right_no_source_is_asked_and_the_refusal_is_on_record(
    desk: Desk, change: dict[str, Any], resource: str, told: tuple[int, str]
) -> None:
    reply = desk.ask({**LIFE, **change}, resource)
    assert problem(reply) == told
    assert desk.police.asked == []
    assert shares() == ["share.refused"]
    assert ledger.opening(shape(reply)["share"]).value("consumer") == "market.990121"


def test_without_a_right_nobody_learns_whether_a_person_exists(desk: Desk) -> None:
    """Known to the source and to the registry, known to neither, and no number at all: one answer."""
    registry.subject_for(registry.RESIDENT_ID, LI, "李春燕", 3, MORNING, demonstration=True)
    said = []
    for number in (LI, ZHANG, "nobody"):
        asked = {**LIFE, "purpose": "marriage", "key": {"person.resident_id": number}}
        reply = desk.ask(asked)
        said.append((reply.status, {**shape(reply), "share": ""}, len(reply.body), sorted(reply.fields)))
    assert said[0] == said[1] == said[2]


def test_who_was_looked_at_is_on_record_by_the_registrys_number_or_the_case(desk: Desk) -> None:
    subject = registry.subject_for(registry.RESIDENT_ID, LI, "李春燕", 3, MORNING, demonstration=True)
    known = shape(desk.ask())["share"]
    unknown = shape(desk.ask({**LIFE, "key": {"person.resident_id": ZHANG}}))["share"]
    assert ledger.opening(known).value("subject") == str(subject.id)
    assert ledger.opening(unknown).value("subject") == f"{LIFE['case']}/subject"


def test_a_grant_withdrawn_while_the_source_is_asked_yields_nothing(open_desk: Opened) -> None:
    """Not that answer, though the source gave it, and none after it."""
    grant = "registration-population/market.990121/open-company"
    bureau = registry.Staff(1, "li", "李", "bureau.990100", frozenset({registry.Role.BUREAU_OFFICER}), ())

    def withdraw(_: Ask) -> None:
        catalogue.withdraw_grant(grant, bureau, "用途已变更", MORNING, chance=SystemChance())

    desk = open_desk()
    desk.police.before, desk.police.inline = withdraw, True
    replies = [desk.ask(), desk.ask()]
    assert [problem(reply) for reply in replies] == [(403, "share.withdrawn")] * 2
    assert not any(b"10000000001" in reply.body for reply in replies)
    assert len(desk.police.asked) == 1
    assert shares() == ["share.refused", "share.refused"]


def test_a_source_that_is_down_is_late_and_nothing_is_on_record(desk: Desk) -> None:
    def down(_: Ask) -> None:
        raise busy("police", "503")

    desk.police.before = down
    reply = desk.ask()
    assert problem(reply) == (503, "share.late")
    assert int(reply.fields["retry-after"]) > 0
    assert shares() == []


def test_a_source_that_refuses_is_a_refusal(desk: Desk) -> None:
    def says_no(_: Ask) -> None:
        raise refused("police", "403")

    desk.police.before = says_no
    assert problem(desk.ask()) == (403, "share.source_refused")
    assert shares() == ["share.refused"]


def test_what_cannot_be_put_on_record_does_not_leave(open_desk: Opened) -> None:
    desk = open_desk(journal=Broken())
    reply = desk.ask()
    assert problem(reply) == (500, "test.disk_full")
    assert b"10000000001" not in reply.body


def test_a_fault_of_ours_says_only_that_it_is_ours(desk: Desk) -> None:
    def breaks(_: Ask) -> None:
        raise ZeroDivisionError(LI)

    desk.police.before = breaks
    reply = desk.ask()
    assert problem(reply) == (500, "gateway.failed")
    assert LI.encode() not in reply.body
    assert b"ZeroDivision" not in reply.body


def test_a_request_counts_once_and_is_not_signed_for_again(desk: Desk) -> None:
    message = desk.market.sign(POPULATION, LIFE, at=MORNING)
    assert desk.send(message).status == 200
    again = desk.send(message)
    assert problem(again) == (409, "gateway.replayed")
    assert len(desk.police.asked) == 1
    assert shares() == ["share.released"]


def test_a_refused_request_has_used_its_nonce(desk: Desk) -> None:
    message = desk.market.sign(POPULATION, {**LIFE, "purpose": "marriage"}, at=MORNING)
    assert [desk.send(message).status, desk.send(message).status] == [403, 409]


def test_whoever_did_not_sign_it_may_not_use_a_nonce_up(desk: Desk) -> None:
    message = desk.market.sign(POPULATION, LIFE, at=MORNING)
    assert desk.send(replace(message, body=message.body + b" ")).status == 422
    assert desk.send(replace(message, url=f"{ORIGIN}/shares/v1/police.real_name")).status == 401
    assert Nonce.objects.count() == 0
    assert desk.send(message).status == 200


def test_a_request_to_another_node_does_not_count_here(desk: Desk) -> None:
    elsewhere = Consumer(desk.market.private, "https://share.other.example")
    message = elsewhere.sign(POPULATION, LIFE, at=MORNING)
    here = replace(message, url=f"{ORIGIN}/shares/v1/{POPULATION}")
    assert problem(desk.send(here)) == (401, "gateway.signature_wrong")


def test_a_key_that_is_unknown_or_withdrawn_counts_for_nothing(desk: Desk) -> None:
    stranger = Consumer(Ed25519PrivateKey.generate(), ORIGIN)
    reply = desk.send(stranger.sign(POPULATION, LIFE, at=MORNING))
    assert problem(reply) == (401, "gateway.key_unknown")
    assert '"@target-uri"' in reply.fields["accept-signature"]
    by = registry.staff("security.yunxi.ning")
    registry.withdraw_consumer_key(
        desk.market.key_id, by=by, because="停用", now=MORNING, chance=SystemChance()
    )
    assert problem(desk.ask()) == (401, "gateway.key_unknown")
    assert shares() == []


def test_a_consumer_is_whoever_signed_and_nobody_else(desk: Desk) -> None:
    assert problem(desk.ask({**LIFE, "consumer": "market.990121"})) == (422, "gateway.malformed")
    tax = Consumer(Ed25519PrivateKey.generate(), ORIGIN)
    register("tax.990100", tax)
    assert problem(desk.send(tax.sign(POPULATION, LIFE, at=MORNING))) == (403, "share.no_grant")


@pytest.mark.parametrize("apart", [timedelta(seconds=61), timedelta(seconds=-61)])
def test_a_signature_of_another_time_counts_for_nothing(desk: Desk, apart: timedelta) -> None:
    assert problem(desk.ask(at=MORNING + apart)) == (401, "gateway.signature_stale")


@pytest.mark.parametrize("left_out", ["@method", "@target-uri", "content-type"])
def test_a_signature_that_leaves_something_open_counts_for_nothing(desk: Desk, left_out: str) -> None:
    covered = tuple(each for each in ("@method", "@target-uri", "content-type") if each != left_out)
    assert problem(desk.ask(covered=covered)) == (401, "gateway.signature_incomplete")


MALFORMED: list[tuple[bytes | dict[str, Any], str]] = [
    (b"{", ""),
    (b"\xff", ""),
    (b"[]", ""),
    (b"[" * 5000, ""),
    ({}, "/purpose"),
    ({**LIFE, "elements": []}, "/elements"),
    ({**LIFE, "elements": ["Person"]}, "/elements/0"),
    ({**LIFE, "elements": ["a"] * 65}, "/elements"),
    ({**LIFE, "key": {"person.resident_id": "\x00"}}, "/key/person.resident_id"),
    ({**LIFE, "case": 7}, "/case"),
]


@pytest.mark.parametrize(("body", "pointer"), MALFORMED)
def test_a_body_that_does_not_fit_is_refused_where_it_does_not(
    desk: Desk, body: bytes | dict[str, Any], pointer: str
) -> None:
    reply = desk.ask(body)
    assert problem(reply) == (422, "gateway.malformed")
    assert pointer in [error["pointer"] for error in shape(reply)["errors"]]
    assert shares() == []


def test_problems_are_told_in_chinese_and_in_english(desk: Desk) -> None:
    asked = {**LIFE, "purpose": "marriage"}
    assert "授权" in shape(desk.ask(asked))["detail"]
    english = shape(desk.ask(asked, headers={"Accept-Language": "en-GB"}))
    assert (english["detail"], "Apply" in english["todo"]) == (
        "Not shared: there is no grant to this organisation for this purpose.",
        True,
    )


@pytest.mark.parametrize(
    ("method", "url", "told"),
    [
        ("GET", f"{ORIGIN}/shares/v1/{POPULATION}", (405, "gateway.method")),
        ("POST", f"{ORIGIN}/", (404, "gateway.nowhere")),
        ("POST", f"{ORIGIN}/shares/v1/Police", (404, "gateway.nowhere")),
        ("POST", f"{ORIGIN}/shares/v1/a/../b", (404, "gateway.nowhere")),
    ],
)
def test_there_is_one_address(desk: Desk, method: str, url: str, told: tuple[int, str]) -> None:
    scheme, _, rest = ORIGIN.partition("://")
    target = wire.Target(scheme, rest, url.removeprefix(ORIGIN))
    assert problem(serve_share(desk.gate, wire.Request(method, target, {}, b""))) == told


def test_another_type_of_content_is_not_read(desk: Desk) -> None:
    assert problem(desk.ask(headers={"Content-Type": "text/plain"})) == (415, "gateway.media_type")
