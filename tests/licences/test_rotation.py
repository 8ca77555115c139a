"""An office's key is renewed or revoked while offices go on signing, and every verifier learns of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.ledger.recording import decide
from tests.licences.conftest import CASE, MARKET, TAX, Issuing
from tests.licences.fitting import signed_by
from tests.licences.test_actions import SUSPEND
from tests.licences.test_presenting import Desk, desk
from tests.licences.test_signer import STATEMENT
from tongban.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tongban.ledger import api as ledger
from tongban.ledger.models import Entry
from tongban.licences import api as licences
from tongban.licences.keys import announce_key
from tongban.licences.signer.algorithms import make_key
from tongban.registry import api as registry
from tongban_verify import anchor_from_bytes, verify_file, verify_licence

__all__ = ["desk"]
SECURITY = "security.yunxi.ning"
STOLEN = "存放密钥的机器被入侵"


@pytest.fixture
def pool(issuing: Issuing, tmp_path: Path) -> Iterator[licences.SignerPool]:
    """The signers of two offices as processes, as in service."""
    keys = ledger.keys_folder()
    with licences.SignerPool.start([MARKET, TAX], keys, tmp_path / "run", journals=tmp_path / "served") as it:
        yield it


@pytest.fixture
def signers(pool: licences.SignerPool) -> licences.Signers:
    return licences.Signers(pool.run_folder, timeout_s=30.0)


@pytest.fixture
def work(issuing: Issuing, signers: licences.Signers, profile: licences.SigningProfile) -> licences.KeyWork:
    return licences.KeyWork(
        by=registry.staff(SECURITY),
        signers=signers,
        algorithm=profile.algorithm,
        witnesses=ledger.NO_WITNESSES,
        clock=issuing.clock,
        chance=issuing.chance,
    )


def known(office: str = MARKET) -> tuple[licences.PublicKey, ...]:
    return licences.public_keys(ledger.keys_folder(), office)


def sign(identifier: str, signers: licences.Signing, issuing: Issuing) -> None:
    licences.sign_pending(
        identifier, signers, issuing.now, chance=issuing.chance, log_signer=issuing.log_signer
    )


def issued_by(signers: licences.Signing, issuing: Issuing, number: int = 1) -> str:
    identifier = issuing.prepare(f"{CASE[:-1]}{number}").identifier
    sign(identifier, signers, issuing)
    return identifier


def codes(identifier: str, issuing: Issuing) -> list[str]:
    """What a verifier with today's trust file names against a licence."""
    anchor = anchor_from_bytes(licences.trust_file().read_bytes())
    report = verify_licence(licences.licence_file(identifier), anchor, issuing.now)
    return [reason.code for reason in report.reasons]


def entries(kind: str) -> int:
    return Entry.objects.filter(kind=kind).count()


def children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_a_running_signer_signs_with_its_new_key_and_no_process_is_started_or_ended(
    work: licences.KeyWork, signers: licences.Signers, pool: licences.SignerPool
) -> None:
    signers.sign(MARKET, STATEMENT.text())
    before, other = children(pool.pid), signers.key_of(TAX)
    turned = licences.renew_key(MARKET, work)
    assert turned.taken_up
    signature = signers.sign(MARKET, STATEMENT.text())
    assert signature.kid == turned.key.kid
    assert signed_by(licences.load_key(ledger.keys_folder() / MARKET), STATEMENT.text(), signature)
    assert (children(pool.pid), signers.key_of(TAX)) == (before, other)


def test_what_was_signed_before_and_after_a_renewal_verifies(
    work: licences.KeyWork, signers: licences.Signers, issuing: Issuing
) -> None:
    before = issued_by(signers, issuing, 1)
    issuing.clock.move(timedelta(days=1))
    turned = licences.renew_key(MARKET, work)
    after = issued_by(signers, issuing, 2)
    issuing.publish()
    assert codes(before, issuing) == codes(after, issuing) == []
    assert licences.licence(after).kid == turned.key.kid != licences.licence(before).kid
    assert entries("key.renewed") == 1
    ended, current = known()
    assert (ended.valid_to, ended.revoked) == (issuing.now.isoformat(), None)
    assert current == turned.key


def test_where_no_signer_runs_the_next_one_signs_with_the_new_key(
    work: licences.KeyWork, pool: licences.SignerPool, tmp_path: Path
) -> None:
    pool.stop()
    turned = licences.renew_key(MARKET, work)
    assert not turned.taken_up
    run = tmp_path / "again"
    with licences.SignerPool.start([MARKET], ledger.keys_folder(), run, journals=tmp_path / "later"):
        assert licences.Signers(run).key_of(MARKET) == turned.key.kid


def test_a_signer_that_cannot_open_the_new_key_goes_on_with_the_old_one(
    signers: licences.Signers, issuing: Issuing
) -> None:
    kid = signers.key_of(MARKET)
    (ledger.keys_folder() / MARKET / "key.pem").chmod(0o644)
    with pytest.raises(NotAllowed, match="others could read"):
        signers.renew(MARKET)
    assert signers.sign(MARKET, STATEMENT.text()).kid == kid


def test_what_a_key_signed_before_it_was_revoked_stands_and_what_it_signed_since_does_not(
    work: licences.KeyWork, signers: licences.Signers, issuing: Issuing
) -> None:
    old = known()[0].kid
    before = issued_by(signers, issuing, 1)
    issuing.clock.move(timedelta(hours=2, minutes=10))
    first = issued_by(signers, issuing, 2)
    issuing.clock.move(timedelta(days=3))
    second = issued_by(signers, issuing, 3)
    issuing.publish()
    since = issuing.now - timedelta(days=3) + timedelta(minutes=40)  # later in the first one's hour
    key, turned = licences.revoke_key(MARKET, work, reason=STOLEN, since=since)
    assert (key.kid, key.revoked) == (old, licences.Revocation("2026-11-23T14:00:00+08:00", STOLEN))
    assert [each.number for each in licences.affected_licences(key)] == [first, second]
    assert {each.holder for each in licences.affected_licences(key)} == {"云东县知味面馆有限公司"}
    found = [codes(each, issuing) for each in (before, first, second)]
    assert found == [[], ["key_revoked"], ["key_revoked"]]
    assert signers.key_of(MARKET) == turned.key.kid != old
    assert (entries("key.revoked"), entries("key.renewed")) == (1, 1)


def test_a_code_that_a_revoked_key_signed_vouches_for_nothing_and_is_signed_anew(
    work: licences.KeyWork, signers: licences.Signers, issuing: Issuing
) -> None:
    identifier = issued_by(signers, issuing)

    def code() -> str:
        return licences.code_of(identifier, signers, address="https://yunxi.example/")

    def reasons(said: str) -> list[str]:
        anchor = anchor_from_bytes(licences.trust_file().read_bytes())
        return [each.code for each in verify_file(said.encode(), anchor, issuing.now).reasons]

    before = code()
    issuing.clock.move(timedelta(days=1))
    licences.revoke_key(MARKET, work, reason=STOLEN)
    assert reasons(before) == ["key_revoked"]
    after = code()
    assert after != before
    assert reasons(after) == ["no_status_list"]


def test_what_is_affected_is_signed_again_by_the_new_key_and_verifies(
    work: licences.KeyWork, signers: licences.Signers, issuing: Issuing
) -> None:
    before = issued_by(signers, issuing, 1)
    issuing.clock.move(timedelta(days=20))
    after = issued_by(signers, issuing, 2)
    licences.change_status(before, SUSPEND, now=issuing.now, chance=issuing.chance)
    sign(before, signers, issuing)
    issuing.clock.move(timedelta(days=10))
    issuing.publish()
    since = issuing.now - timedelta(days=15)
    key, turned = licences.revoke_key(MARKET, work, reason=STOLEN, since=since)
    affected = licences.affected_licences(key)
    assert [each.number for each in affected] == [before, after]
    assert codes(before, issuing) == codes(after, issuing) == ["key_revoked"]
    for _ in range(2):
        for each in affected:
            licences.sign_again(each.number, key, signers, now=issuing.now, chance=issuing.chance)
        # Of the first one the change alone was signed too late: its own signature stands as it was.
        assert (licences.licence(before).kid, licences.licence(after).kid) == (key.kid, turned.key.kid)
        assert entries("licence.signed_again") == 2
    assert licences.affected_licences(key) == ()
    assert (codes(before, issuing), codes(after, issuing)) == (["suspended"], [])


def test_a_key_that_ended_long_ago_is_revoked_and_the_one_in_use_vouches_for_what_it_signed(
    work: licences.KeyWork, signers: licences.Signers, issuing: Issuing
) -> None:
    old = known()[0].kid
    identifier = issued_by(signers, issuing)
    issuing.publish()
    issuing.clock.move(timedelta(days=40))
    current = licences.renew_key(MARKET, work).key
    issuing.clock.move(timedelta(days=40))
    since = issuing.now - timedelta(days=90)
    key, turned = licences.revoke_key(MARKET, work, reason=STOLEN, kid=old, since=since)
    assert turned.key.kid == current.kid
    assert codes(identifier, issuing) == ["key_revoked"]
    licences.sign_again(identifier, key, signers, now=issuing.now, chance=issuing.chance)
    assert codes(identifier, issuing) == []


def test_nothing_is_signed_again_by_the_key_that_was_revoked(
    work: licences.KeyWork, issuing: Issuing
) -> None:
    identifier = issuing.issue().identifier
    key, _ = licences.revoke_key(MARKET, work, reason=STOLEN)
    with pytest.raises(Conflict, match="still signs with the key that was revoked"):
        licences.sign_again(identifier, key, issuing.signers, now=issuing.now, chance=issuing.chance)
    assert licences.licence(identifier).kid == key.kid


def test_a_revocation_only_ever_reaches_further_back(work: licences.KeyWork, issuing: Issuing) -> None:
    issuing.clock.move(timedelta(days=2))
    kid = known()[0].kid
    for hours, expected, times in ((5, 5, 1), (1, 5, 1), (9, 9, 2), (9, 9, 2)):
        since = issuing.now - timedelta(hours=hours)
        key, _ = licences.revoke_key(MARKET, work, reason=STOLEN, kid=kid, since=since)
        assert key.revoked is not None
        assert key.revoked == known()[0].revoked
        assert key.revoked.since == (issuing.now - timedelta(hours=expected)).isoformat()
        assert entries("key.revoked") == times
    assert len(known()) == 2


def test_a_key_that_is_lost_can_be_revoked_and_is_replaced(
    work: licences.KeyWork, signers: licences.Signers
) -> None:
    kid = known()[0].kid
    (ledger.keys_folder() / MARKET / "key.pem").unlink()
    with pytest.raises(NotFound, match="no key in use"):
        licences.revoke_key(MARKET, work, reason=STOLEN)
    _, turned = licences.revoke_key(MARKET, work, reason=STOLEN, kid=kid)
    assert signers.key_of(MARKET) == turned.key.kid != kid


def test_whoever_was_stopped_midway_runs_it_again(
    work: licences.KeyWork, signers: licences.Signers, issuing: Issuing
) -> None:
    """The power failed after the new public half was written, and before the private one was."""
    made = make_key(work.algorithm, issuing.chance)
    stray = announce_key(MARKET, ledger.keys_folder(), made, now=issuing.now)
    licences.publish_trust(issuing.now)
    identifier = issued_by(signers, issuing)
    issuing.publish()
    assert codes(identifier, issuing) == []
    turned = licences.renew_key(MARKET, work)
    assert signers.key_of(MARKET) == turned.key.kid != stray.kid
    assert codes(identifier, issuing) == []


def test_a_build_replaces_a_revoked_key_and_no_other(
    issuing: Issuing, profile: licences.SigningProfile
) -> None:
    public = ledger.keys_folder() / MARKET / "public.json"
    revoked = '"revoked": {"since": "2026-11-23T12:00:00+08:00", "reason": "-"}, "kid"'
    public.write_text(public.read_text("utf-8").replace('"kid"', revoked), "utf-8")
    licences.make_node_keys([MARKET, TAX], profile=profile, now=issuing.now, chance=issuing.chance)
    old, new = known()
    assert old.revoked is not None
    assert new.revoked is None
    assert licences.key_in_use(ledger.keys_folder(), MARKET) == new
    assert len(known(TAX)) == 1


def test_only_the_security_administrator_changes_keys(work: licences.KeyWork, issuing: Issuing) -> None:
    other = replace(work, by=registry.staff_of(MARKET, on=issuing.now.date())[0])
    changes: tuple[Callable[[], object], ...] = (
        lambda: licences.renew_key(MARKET, other),
        lambda: licences.revoke_key(MARKET, other, reason=STOLEN),
    )
    for change in changes:
        with pytest.raises(NotAllowed, match="security administrator"):
            change()
    assert len(known()) == 1


def test_what_cannot_be_revoked_is_refused(work: licences.KeyWork, issuing: Issuing) -> None:
    with pytest.raises(Invalid, match="still to come"):
        licences.revoke_key(MARKET, work, reason=STOLEN, since=issuing.now + timedelta(seconds=1))
    with pytest.raises(NotFound, match="no key 00"):
        licences.revoke_key(MARKET, work, reason=STOLEN, kid="00")
    for stranger in ("root", "nobody.990100"):
        with pytest.raises(NotFound):
            licences.renew_key(stranger, work)
    assert entries("key.revoked") == entries("key.renewed") == 0


def test_no_leaf_tells_when_a_part_was_shown_so_a_revoked_key_vouches_for_none(
    desk: Desk, work: licences.KeyWork, issuing: Issuing
) -> None:
    shown, _ = desk.present("holder_name")
    listed = desk.status_list()
    issuing.clock.move(timedelta(hours=2))
    assert [reason.code for reason in desk.verify(shown.file, listed).reasons] == []
    licences.revoke_key(MARKET, work, reason=STOLEN)
    reasons = desk.verify(shown.file, listed).reasons  # of what was shown, and of the list
    assert [reason.code for reason in reasons] == ["key_revoked", "key_revoked"]


def test_the_trust_statement_goes_on_naming_the_logs_of_past_years(issuing: Issuing) -> None:
    decide("a share", log="shares", now=issuing.now)
    later = issuing.now + timedelta(days=4 * 365)
    origins = [vkey.partition("+")[0] for vkey in licences.publish_trust(later)["content"]["logs"]]
    assert {issuing.log_signer.origin(log) for log in ("shares-2026", "shares-2030")} <= set(origins)
    assert origins == sorted(set(origins)), "each once, decisions first"
