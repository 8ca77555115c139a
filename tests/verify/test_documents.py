"""Whatever is done to a licence file, the verifier says so, and says what."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.licences.conftest import CASE, HOLDER, NOON, TAX, Issuing
from tests.licences.test_actions import GIVE_BACK, REVOKE, SUSPEND
from tests.verify.conftest import Handed, Tree, hand_over
from tongban.kernel.canonical import canonical, digest
from tongban.kernel.ids import SeededChance
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.licences.keys import write_trust
from tongban.licences.signer.keyfiles import load_key
from tongban.licences.signer.statements import signed_bytes
from tongban_verify import Verdict, anchor_from_bytes, anchor_from_fingerprint, verify_file, verify_licence


def test_an_untouched_licence_is_valid_and_says_whose_it_is(specimen: Handed) -> None:
    report = specimen.verify()
    assert report.verdict is Verdict.VALID
    assert report.exit_code == 0
    assert "营业执照" in report.sentence("zh")
    assert HOLDER.name in report.sentence("zh")
    assert "云东县市场监督管理局" in report.sentence("zh")
    assert report.sentence("en").startswith("Valid: Business licence")
    assert report.facts["evidence"] == "published"


def test_without_an_anchor_it_never_says_valid(specimen: Handed) -> None:
    report = verify_licence(specimen.data, None, specimen.now)
    assert report.verdict is Verdict.CANNOT_TELL
    assert [reason.code for reason in report.reasons] == ["no_anchor"]
    assert specimen.anchor.fingerprint in report.sentence("zh")
    assert specimen.anchor.fingerprint in report.sentence("en")


def test_the_fingerprint_alone_is_anchor_enough(specimen: Handed) -> None:
    anchor = anchor_from_fingerprint(specimen.anchor.fingerprint)
    assert verify_licence(specimen.data, anchor, specimen.now).verdict is Verdict.VALID


def _put(*path: str | int, value: Any) -> Callable[[Tree], None]:
    def tamper(tree: Tree) -> None:
        inner: Any = tree
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value

    return tamper


def _flip(*path: str | int) -> Callable[[Tree], None]:
    """Change the first hexadecimal digit of a value."""

    def tamper(tree: Tree) -> None:
        inner: Any = tree
        for step in path[:-1]:
            inner = inner[step]
        text = inner[path[-1]]
        inner[path[-1]] = ("1" if text[0] != "1" else "2") + text[1:]

    return tamper


OPENING = ("evidence", "opening")
PROOF = ("evidence", "proof")
PROMISE = ("evidence", "promise")
TRUST = ("trust", "content")
LATER = "2099-01-01T00:00:00+08:00"


@pytest.mark.parametrize(
    ("tamper", "reason"),
    [
        # what the licence says
        (_put("licence", "holder_name", value="别家面馆有限公司"), "content"),
        (_put("licence", "extend_info", "registered_capital_cents", value=10_000_000_000), "content"),
        (_put("licence", "extend_info", "more", value="餐饮服务"), "content"),
        (_put("licence", "validate_end", value="2099-01-01"), "content"),
        (_put("licence", "certificate_identifier", value="1.2.156"), "content"),
        # what the office signed
        (_put("signature", "statement", "subject", value="1.2.156"), "signature"),
        (_put("signature", "statement", "at", value="2026-11-22T12:00:00+08:00"), "signature"),
        (_put("signature", "statement", "issuer", value=TAX), "unknown_key"),
        (_put("signature", "statement", "issuer", value="social.990100"), "unknown_key"),
        (_put("signature", "statement", "kind", value="notice"), "shape"),
        (_put("signature", "statement", "v", value=True), "shape"),
        (_put("signature", "statement", "more", value=""), "shape"),
        (_flip("signature", "statement", "digest"), "signature"),
        (_flip("signature", "statement", "evidence"), "signature"),
        (_flip("signature", "value"), "signature"),
        (_put("signature", "value", value="00"), "signature"),
        (_put("signature", "value", value=7), "signature"),
        (_flip("signature", "kid"), "unknown_key"),
        (_put("signature", "alg", value="none"), "shape"),
        # the evidence entry
        (_flip(*OPENING, "fields", "licence_identifier", "salt"), "opening"),
        (_put(*OPENING, "fields", "licence_identifier", "value", value="another"), "opening"),
        (_put(*OPENING, "fields", "holder", value={"salt": "00" * 16, "value": "x"}), "opening"),
        (_put(*OPENING, "fields", "licence_identifier", "salt", value="00"), "shape"),
        (_put(*OPENING, "hidden", value=["00" * 32]), "opening"),
        (_put(*OPENING, "leaf", "kind", value="licence.signed"), "evidence"),
        (_put(*OPENING, "leaf", "hour", value="2026-11-23T05Z"), "evidence"),
        (_put(*OPENING, "leaf", "office", value="market.990121"), "evidence"),
        (_flip(*OPENING, "leaf", "commitment"), "opening"),
        (_put(*OPENING, "version", value=2), "shape"),
        # the promise
        (_flip(*PROMISE, "signature"), "promise"),
        (_put(*PROMISE, "statement", "deadline", value="2036-11-23T04:00:30Z"), "promise"),
        (_put(*PROMISE, "statement", "leaves", value=["00" * 32]), "promise"),
        (_put(*PROMISE, "statement", "log", value="tongban/990100/shares-2026"), "promise"),
        (_put(*PROMISE, "statement", "log", value="tongban/990200/decisions"), "promise"),
        # the proof
        (_put(*PROOF, "index", value=0), "proof"),
        (_put(*PROOF, "index", value=True), "proof"),
        (_put(*PROOF, "index", value=10**12), "proof"),
        (_put(*PROOF, "index", value=-1), "proof"),
        (_flip(*PROOF, "hashes", 0), "proof"),
        (_put(*PROOF, "hashes", value=[]), "proof"),
        (_put(*PROOF, "leaf", "kind", value="licence.signed"), "proof"),
        (_put(*PROOF, "version", value=3), "proof"),
        (_put(*PROOF, "log", value="tongban/990100/shares-2026"), "checkpoint"),
        (_put(*PROOF, "checkpoint", value=""), "checkpoint"),
        # the keys
        (_put(*TRUST, "issued_at", value="2027-01-01T00:00:00+08:00"), "trust_signature"),
        (_put(*TRUST, "node", value="990200"), "trust_signature"),
        (_put(*TRUST, "offices", 0, "name", "zh", value="某局"), "trust_signature"),
        (
            _put(*TRUST, "offices", 0, "keys", 0, "valid_to", value="2099-01-01T00:00:00+08:00"),
            "trust_signature",
        ),
        (_flip(*TRUST, "offices", 0, "keys", 0, "kid"), "shape"),
        (_put(*TRUST, "logs", value=[]), "trust_signature"),
        (_put(*TRUST, "more", value=[]), "shape"),
        (_flip("trust", "signature", "value"), "trust_signature"),
        (_flip("trust", "signature", "kid"), "trust_signature"),
        (_put("trust", "format", value="tongban-trust/2"), "shape"),
        # the whole
        (_put("more", value="unsigned words"), "shape"),
        (_put("status", value={}), "shape"),
        (_put("status", value=[{}]), "shape"),
        (lambda tree: tree.pop("status"), "shape"),
        (lambda tree: tree.pop("evidence"), "shape"),
        (lambda tree: tree["evidence"].pop("opening"), "shape"),
        (lambda tree: (tree["evidence"].pop("promise"), tree["evidence"].pop("proof")), "no_evidence"),
    ],
)
def test_a_change_anywhere_is_found_and_named(
    specimen: Handed, tamper: Callable[[Tree], object], reason: str
) -> None:
    assert specimen.codes_after(tamper) == [reason]


def test_no_flipped_bit_leaves_a_licence_valid(specimen: Handed) -> None:
    for place in range(0, len(specimen.data), 3):
        for bit in (1, 32):
            changed = bytearray(specimen.data)
            changed[place] ^= bit
            verdict = verify_licence(bytes(changed), specimen.anchor, specimen.now).verdict
            assert verdict in (Verdict.INVALID, Verdict.UNREADABLE), (
                place,
                bit,
                bytes(changed)[place - 40 : place + 40],
            )


def test_no_cut_leaves_anything_to_read(specimen: Handed) -> None:
    for length in range(0, len(specimen.data), 97):
        assert (
            verify_licence(specimen.data[:length], specimen.anchor, specimen.now).verdict
            is Verdict.UNREADABLE
        )


def test_each_hash_of_the_path_is_needed(specimen: Handed) -> None:
    hashes = specimen.tree["evidence"]["proof"]["hashes"]
    assert len(hashes) >= 2
    for place in range(len(hashes)):
        shorter = [each for at, each in enumerate(hashes) if at != place]
        assert specimen.codes_after(_put(*PROOF, "hashes", value=shorter)) == ["proof"]
    assert specimen.codes_after(_put(*PROOF, "hashes", value=[*hashes, hashes[0]])) == ["proof"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"format":"tongban-licence/2"}',
        b'{"format":"tongban-notice/1"}',
        b'{"format":"tongban-licence/1","format":"tongban-licence/1"}',
        b'{"format":"tongban-licence/1","n":1.5}',
        b'{"format":"tongban-licence/1","n":1e3}',
        b'{"format":"tongban-licence/1","n":NaN}',
        b'{"format":"tongban-licence/1","n":9007199254740993}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b" " * (4 * 1024 * 1024 + 1),
    ],
)
def test_what_is_no_licence_file_is_unreadable(data: bytes) -> None:
    report = verify_licence(data, None, NOON)
    assert report.exit_code == 3
    assert report.sentence("zh").startswith("无法读取")


def test_another_offices_key_does_not_sign_for_this_one(issuing: Issuing) -> None:
    identifier = issuing.issue().identifier
    issuing.publish()
    handed = hand_over(issuing, identifier)
    tree = handed.tree
    statement = canonical(tree["signature"]["statement"]).decode()
    foreign = load_key(ledger.keys_folder() / TAX)
    tree["signature"]["value"] = foreign.sign(signed_bytes(statement)).hex()
    assert [reason.code for reason in handed.verify(tree).reasons] == ["signature"]
    tree["signature"]["kid"] = licences.public_keys(ledger.keys_folder(), TAX)[0].kid
    assert [reason.code for reason in handed.verify(tree).reasons] == ["unknown_key"]


def test_another_nodes_root_is_not_trusted(handed: Handed, issuing: Issuing) -> None:
    keys = ledger.keys_folder().parent / "other-keys"
    licences.make_root_key(keys, now=NOON, chance=SeededChance(b"other node"))
    other = write_trust(
        keys / "trust.json", node="990100", keys_folder=keys, offices=[], log_vkeys=[], now=issuing.now
    )
    report = verify_licence(handed.data, anchor_from_bytes(canonical(other)), handed.now)
    assert [reason.code for reason in report.reasons] == ["wrong_root"]
    assert report.exit_code == 1


def test_a_forger_with_a_root_of_their_own_is_refused(handed: Handed) -> None:
    keys = ledger.keys_folder().parent / "forger"
    office = handed.tree["signature"]["statement"]["issuer"]
    for name in (licences.make_root_key, None):
        if name:
            name(keys, now=NOON, chance=SeededChance(b"forger"))
        else:
            alg = handed.tree["signature"]["alg"]
            licences.make_office_key(office, keys, now=NOON, chance=SeededChance(b"forger's office"), alg=alg)
    tree = handed.tree
    tree["trust"] = write_trust(
        keys / "trust.json",
        node="990100",
        keys_folder=keys,
        offices=[licences.Office(office, tree["licence"]["issuing_authority_code"], _name(tree))],
        log_vkeys=tree["trust"]["content"]["logs"],
        now=NOON,
    )
    tree["licence"]["holder_name"] = "别家面馆有限公司"
    tree["signature"]["statement"]["digest"] = digest(tree["licence"])
    statement = canonical(tree["signature"]["statement"]).decode()
    tree["signature"]["kid"] = licences.public_keys(keys, office)[0].kid
    tree["signature"]["value"] = load_key(keys / office).sign(signed_bytes(statement)).hex()
    assert [reason.code for reason in handed.verify(tree).reasons] == ["wrong_root"]
    # Even whoever trusted that root would see that the log knows nothing of such a licence.
    anchor = anchor_from_bytes(canonical(tree["trust"]))
    assert [reason.code for reason in verify_licence(canonical(tree), anchor, NOON).reasons] == ["evidence"]


def _name(tree: Tree) -> Any:
    return licences.licence_type(tree["licence"]["type_code"]).name


def test_a_promise_holds_until_its_deadline_and_not_after(issuing: Issuing) -> None:
    handed = hand_over(issuing, issuing.issue().identifier)
    assert "proof" not in handed.tree["evidence"]
    for seconds, verdict, code in (
        (0, Verdict.CANNOT_TELL, "not_published"),
        (30, Verdict.CANNOT_TELL, "not_published"),
        (31, Verdict.INVALID, "promise_overdue"),
    ):
        report = handed.verify(now=handed.now + timedelta(seconds=seconds))
        assert (report.verdict, [reason.code for reason in report.reasons]) == (verdict, [code])
    issuing.publish()
    again = hand_over(issuing, handed.tree["licence"]["certificate_identifier"])
    assert again.verify(now=handed.now + timedelta(days=400)).verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("days", "codes"),
    [(-1, ["not_yet"]), (0, []), (29, []), (30, ["expired"]), (900, ["expired"])],
)
def test_the_dates_on_the_licence_are_kept(
    issuing: Issuing, tmp_path: Path, days: int, codes: list[str]
) -> None:
    declared = (Path(settings.CITY) / "licence-types.yaml").read_text()
    for_a_month = declared.replace('holder_type: "001"', 'holder_type: "001"\n    valid_months: 1', 1)
    (tmp_path / "licence-types.yaml").write_text(for_a_month)
    licences.load_types(tmp_path)
    identifier = issuing.issue().identifier
    issuing.publish()
    report = hand_over(issuing, identifier).verify(now=issuing.now + timedelta(days=days))
    assert [reason.code for reason in report.reasons] == codes


def test_a_suspended_licence_is_invalid_until_it_is_given_back(issuing: Issuing) -> None:
    identifier = issuing.issue().identifier
    issuing.clock.move(timedelta(days=1))
    issuing.change(identifier, SUSPEND)
    issuing.publish()
    suspended = hand_over(issuing, identifier)
    assert [reason.code for reason in suspended.verify().reasons] == ["suspended"]
    issuing.clock.move(timedelta(days=1))
    issuing.change(identifier, GIVE_BACK)
    issuing.publish()
    assert hand_over(issuing, identifier).verify().verdict is Verdict.VALID


def test_a_history_with_a_page_torn_out_or_exchanged_is_refused(issuing: Issuing) -> None:
    identifier = issuing.issue().identifier
    for change in (SUSPEND, GIVE_BACK, REVOKE):
        issuing.clock.move(timedelta(days=1))
        issuing.change(identifier, change)
    issuing.publish()
    handed = hand_over(issuing, identifier)
    assert [reason.code for reason in handed.verify().reasons] == ["revoked"]
    assert handed.codes_after(lambda tree: tree["status"].pop(0)) == ["history"]
    assert handed.codes_after(lambda tree: tree["status"].pop(1)) == ["history"]
    assert handed.codes_after(lambda tree: tree["status"].reverse()) == ["history"]
    assert handed.codes_after(_put("status", 2, "change", "status", value="01")) == ["content"]
    assert handed.codes_after(_put("status", 2, "change", "reasons", value=None)) == ["content"]


def test_another_licences_history_does_not_fit(issuing: Issuing) -> None:
    first, second = issuing.issue(), issuing.issue(CASE[:-1] + "2")
    issuing.change(first.identifier, REVOKE)
    issuing.publish()
    handed = hand_over(issuing, second.identifier)
    other = hand_over(issuing, first.identifier).tree["status"]
    assert handed.codes_after(_put("status", value=other)) == ["content"]


def test_a_replaced_version_says_that_it_ended(issuing: Issuing) -> None:
    first = issuing.issue()
    second = issuing.issue(CASE[:-1] + "2", previous=first.identifier, operation="08")
    issuing.publish()
    assert [reason.code for reason in hand_over(issuing, first.identifier).verify().reasons] == ["ended"]
    assert hand_over(issuing, second.identifier).verify().verdict is Verdict.VALID


def test_a_key_that_ended_still_vouches_for_what_it_signed(issuing: Issuing) -> None:
    identifier = issuing.issue().identifier
    issuing.publish()
    issuing.clock.move(timedelta(days=1))
    for renewed in ("market.990121", TAX):
        licences.make_office_key(
            renewed, ledger.keys_folder(), now=issuing.now, chance=issuing.chance, renew=True
        )
    licences.publish_trust(issuing.now)
    assert hand_over(issuing, identifier).verify().verdict is Verdict.VALID


def test_an_ended_key_signs_nothing_new(handed: Handed, issuing: Issuing) -> None:
    """Whoever stole a key that was ended since finds that the newer trust file at hand ends it too."""
    trust = licences.read_trust(licences.trust_file())
    stolen = ledger.keys_folder() / "market.990121"
    before = json.loads((stolen / "public.json").read_text())
    ended = [{**before[0], "valid_to": (NOON - timedelta(hours=1)).isoformat()}]
    (stolen / "public.json").write_text(json.dumps(ended))
    newer = licences.publish_trust(NOON + timedelta(days=1))
    assert handed.verify().verdict is Verdict.VALID
    report = verify_licence(handed.data, anchor_from_bytes(canonical(newer)), handed.now)
    assert [reason.code for reason in report.reasons] == ["key_period"]
    older = anchor_from_bytes(canonical(trust))
    assert verify_licence(handed.data, older, handed.now).verdict is Verdict.VALID


def test_the_report_for_programs_says_the_same(specimen: Handed) -> None:
    told = specimen.verify().as_dict()
    assert told["verdict"] == "valid"
    assert told["reasons"] == []
    assert told["status"] == "01"
    assert json.loads(json.dumps(told)) == told


def test_a_bare_entry_is_verified_like_a_receipt(issuing: Issuing) -> None:
    entry = issuing.issue().prepared_entry
    issuing.publish()
    anchor = anchor_from_bytes(licences.trust_file().read_bytes())
    data = licences.evidence_file(entry)
    report = verify_file(data, anchor, issuing.now)
    assert report.verdict is Verdict.VALID
    assert "licence.prepared" in report.sentence("zh")
    assert verify_licence(data, anchor, issuing.now).verdict is Verdict.UNREADABLE
    tree = json.loads(data)
    tree["evidence"]["opening"]["fields"]["operation"]["value"] = "02"
    assert [reason.code for reason in verify_file(canonical(tree), anchor, issuing.now).reasons] == [
        "opening"
    ]
