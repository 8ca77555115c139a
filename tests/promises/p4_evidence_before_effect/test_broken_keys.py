"""No key is renewed or revoked, and nothing is signed or sealed again, without evidence that it was."""

from datetime import timedelta

from tests.licences.conftest import MARKET, Issuing, issuing, profile
from tests.licences.test_rotation import STOLEN, issued_by, known, pool, signers, work
from tests.papers.conftest import Office, office
from tests.promises.p4_evidence_before_effect.refusing import without_evidence
from tests.promises.p4_evidence_before_effect.world import written
from tongban.licences import api as licences
from tongban.papers import api as papers

__all__ = ["issuing", "office", "pool", "profile", "signers", "work"]
KEYS = ("key.renewed", "key.revoked", "licence.signed_again", "notice.sealed_again")


def trusted() -> bytes:
    return licences.trust_file().read_bytes()


def test_no_key_is_renewed_without_evidence_that_it_was(
    work: licences.KeyWork, signers: licences.Signers
) -> None:
    before, (old,), at_work = trusted(), known(), signers.key_of(MARKET)
    with without_evidence("key.renewed"):
        licences.renew_key(MARKET, work)
    assert (trusted(), known(), signers.key_of(MARKET)) == (before, (old,), at_work)
    turned = licences.renew_key(MARKET, work)
    assert signers.key_of(MARKET) == turned.key.kid != at_work
    assert written("key.renewed") == 1


def test_no_key_is_revoked_without_evidence_that_it_was(
    work: licences.KeyWork, signers: licences.Signers
) -> None:
    before, (old,), at_work = trusted(), known(), signers.key_of(MARKET)
    with without_evidence("key.revoked"):
        licences.revoke_key(MARKET, work, reason=STOLEN)
    assert (trusted(), known(), signers.key_of(MARKET)) == (before, (old,), at_work)
    assert written("key.renewed") == 0, "the key that was to replace it has no evidence either"
    licences.revoke_key(MARKET, work, reason=STOLEN)
    assert known()[0].revoked is not None
    assert written("key.revoked") == 1


def test_no_licence_is_signed_again_without_evidence_that_it_was(
    work: licences.KeyWork, signers: licences.Signers, issuing: Issuing
) -> None:
    issuing.clock.move(timedelta(hours=2))
    identifier = issued_by(signers, issuing)
    key, turned = licences.revoke_key(MARKET, work, reason=STOLEN, since=issuing.now)

    def sign_again() -> None:
        licences.sign_again(identifier, key, signers, now=issuing.now, chance=issuing.chance)

    with without_evidence("licence.signed_again"):
        sign_again()
    assert licences.licence(identifier).kid == key.kid
    sign_again()
    assert licences.licence(identifier).kid == turned.key.kid
    assert written("licence.signed_again") == 1


def test_no_notice_is_sealed_again_without_evidence_that_it_was(
    work: licences.KeyWork, signers: licences.Signers, office: Office, issuing: Issuing
) -> None:
    issuing.clock.move(timedelta(hours=2))
    given = office.give()
    papers.seal_pending(signers, issuing.now, log_signer=issuing.log_signer)
    assert papers.notice(given.number).kid == known()[0].kid
    key, turned = licences.revoke_key(MARKET, work, reason=STOLEN, since=issuing.now)

    def seal_again() -> None:
        papers.seal_again(given.number, key, signers, now=issuing.now, chance=issuing.chance)

    with without_evidence("notice.sealed_again"):
        seal_again()
    assert papers.notice(given.number).kid == key.kid
    seal_again()
    assert papers.notice(given.number).kid == turned.key.kid
    assert written("notice.sealed_again") == 1
