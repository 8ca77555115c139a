"""An office's key in a token: it never comes out, and obeys the same rules as one in a file."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pkcs11
import pytest

from tests.licences.conftest import MARKET, NOON, TAX, Issuing
from tests.licences.fitting import fits, signed_by
from tests.licences.test_renderings import rendered, status_of
from tests.licences.test_rotation import SECURITY, codes, issued_by
from tests.licences.test_signer import STATEMENT
from tests.sources import ROOT
from tongban.kernel.errors import Invalid, NotAllowed, NotFound, SourceDown
from tongban.kernel.ids import SeededChance, SystemChance
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.licences.keys import make_office_key, next_key
from tongban.licences.node_keys import certificate_file
from tongban.licences.signer.algorithms import ED25519, ES256, SM2
from tongban.licences.signer.journal import lines_of
from tongban.licences.signer.keyfiles import (
    Place,
    TokenFile,
    load_key,
    read_token_file,
    write_token_file,
)
from tongban.registry import api as registry


@pytest.fixture(params=[ED25519, ES256])
def held(token: Place, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A folder of keys in which the market office's lies in the token, and the tax office's in a file."""
    keys = tmp_path / "keys"
    for office in (MARKET, TAX):
        make_office_key(office, keys, now=NOON, chance=SeededChance(office.encode()), alg=request.param)
    new = next_key(keys / MARKET, request.param, SystemChance(), token)
    new.put(keys / MARKET)
    return keys


def told_of(folder: Path) -> TokenFile:
    told = read_token_file(folder)
    assert told is not None
    return told


def test_a_key_in_a_token_signs_what_anybody_verifies_and_never_comes_out(held: Path) -> None:
    key = load_key(held / MARKET)
    message = b"tongban office statement v1\n{}"
    signature = key.sign(message)
    assert len(signature) == 64
    assert fits(key.alg, key.spki, message, signature)
    assert not fits(key.alg, key.spki, message + b" ", signature)
    told = told_of(held / MARKET)
    tokens = pkcs11.lib(told.place.module).get_token(token_label=told.place.token)
    with tokens.open() as session:
        private = session.get_key(pkcs11.ObjectClass.PRIVATE_KEY, label=told.label)
        assert private[pkcs11.Attribute.SENSITIVE]
        assert not private[pkcs11.Attribute.EXTRACTABLE]
        with pytest.raises(pkcs11.AttributeSensitive):
            private[pkcs11.Attribute.VALUE]


def test_no_key_is_left_in_the_folder_and_its_name_is_for_one_user_only(held: Path, token: Place) -> None:
    assert not (held / MARKET / "key.pem").exists()
    assert (held / MARKET / "token.json").stat().st_mode & 0o777 == 0o600
    assert told_of(held / MARKET).place == token


def test_its_signer_keeps_the_same_rules_and_the_same_journal(held: Path, tmp_path: Path) -> None:
    run, journals = tmp_path / "run", tmp_path / "signed"
    with licences.SignerPool.start([MARKET, TAX], held, run, journals=journals):
        signers = licences.Signers(run, timeout_s=30.0)
        signature = signers.sign(MARKET, STATEMENT.text())
        with pytest.raises(NotAllowed, match="does not sign for"):
            signers.sign(MARKET, replace(STATEMENT, issuer=TAX).text())
        with pytest.raises(NotAllowed, match="knows no kind"):
            signers.sign(MARKET, replace(STATEMENT, kind="contract").text())
    key = load_key(held / MARKET)
    assert signed_by(key, STATEMENT.text(), signature)
    [line] = lines_of(journals / MARKET)
    assert (line["kid"], line["signature"]) == (told_of(held / MARKET).kid, signature.value)


def test_an_office_moves_into_a_token_within_it_and_out_again_while_its_signer_runs(
    issuing: Issuing, token: Place, tmp_path: Path
) -> None:
    keys, issued, kids = ledger.keys_folder(), [], []
    run = tmp_path / "run"
    with licences.SignerPool.start([MARKET, TAX], keys, run, journals=tmp_path / "served"):
        work = licences.KeyWork(
            by=registry.staff(SECURITY),
            signers=licences.Signers(run, timeout_s=30.0),
            algorithm=ES256,
            witnesses=ledger.NO_WITNESSES,
            clock=issuing.clock,
            chance=SystemChance(),
        )
        steps = (replace(work, place=token), replace(work, algorithm=ED25519), replace(work, in_file=True))
        for number, step in enumerate(steps, start=1):
            turned = licences.renew_key(MARKET, step)
            assert turned.taken_up
            assert licences.key_in_use(keys, MARKET) == turned.key
            assert (keys / MARKET / "key.pem").exists() is step.in_file
            assert (read_token_file(keys / MARKET) is None) is step.in_file
            issued.append(issued_by(step.signers, issuing, number))
            kids.append(turned.key.kid)
    issuing.publish()
    assert [licences.licence(each).kid for each in issued] == kids
    assert [codes(each, issuing) for each in issued] == [[], [], []]


def test_a_key_in_a_token_is_revoked_and_replaced_there_or_in_a_file_where_the_token_is_gone(
    issuing: Issuing, token: Place, tmp_path: Path
) -> None:
    keys = ledger.keys_folder()
    work = licences.KeyWork(
        by=registry.staff(SECURITY),
        signers=licences.Signers(tmp_path),
        algorithm=ES256,
        witnesses=ledger.NO_WITNESSES,
        clock=issuing.clock,
        chance=SystemChance(),
        place=token,
    )
    licences.renew_key(MARKET, work)
    work = replace(work, place=None)
    revoked, _ = licences.revoke_key(MARKET, work, reason="-")
    assert told_of(keys / MARKET).kid != revoked.kid
    told = told_of(keys / MARKET)
    write_token_file(keys / MARKET, replace(told, place=replace(told.place, token="gone")))
    with pytest.raises(NotFound, match="gone"):
        licences.revoke_key(MARKET, work, reason="-")
    revoked, turned = licences.revoke_key(MARKET, replace(work, in_file=True), reason="-")
    assert revoked.kid == told.kid
    assert licences.key_in_use(keys, MARKET) == turned.key
    assert load_key(keys / MARKET).alg == ES256


def moved(issuing: Issuing, token: Place, alg: str, run: Path) -> licences.PublicKey:
    """Move the market office's key into the token."""
    work = licences.KeyWork(
        by=registry.staff(SECURITY),
        signers=licences.Signers(run, timeout_s=30.0),
        algorithm=alg,
        witnesses=ledger.NO_WITNESSES,
        clock=issuing.clock,
        chance=SystemChance(),
        place=token,
    )
    return licences.renew_key(MARKET, work).key


@pytest.mark.parametrize("alg", [ED25519, ES256])
def test_a_key_in_a_token_has_a_certificate_and_signs_the_pdf_of_a_licence(
    issuing: Issuing, token: Place, tmp_path: Path, alg: str
) -> None:
    run = tmp_path / "run"
    with licences.SignerPool.start([MARKET], ledger.keys_folder(), run, journals=tmp_path / "served"):
        key = moved(issuing, token, alg, run)
        served = replace(issuing, signers=licences.Signers(run, timeout_s=30.0))
        issued = served.issue()
        served.publish()
        made = rendered(served, issued, "pdf")
    assert certificate_file(key.kid).exists()
    assert made.signed
    status = status_of(made.file)
    assert status.bottom_line, status.pretty_print_details()


def test_a_token_that_is_away_keeps_nothing_from_being_published_and_certifies_its_key_when_it_is_back(
    issuing: Issuing, token: Place, tmp_path: Path
) -> None:
    key = moved(issuing, token, ES256, tmp_path)
    certificate_file(key.kid).unlink()
    folder = ledger.keys_folder() / MARKET
    told = told_of(folder)
    write_token_file(folder, replace(told, place=replace(told.place, token="gone")))
    licences.publish_trust(issuing.now)
    assert not certificate_file(key.kid).exists()
    write_token_file(folder, told)
    licences.publish_trust(issuing.now)
    assert certificate_file(key.kid).exists()


def test_sm2_is_refused_in_words_because_no_token_has_it_by_name(token: Place, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="names no mechanism for sm2sig_sm3"):
        next_key(tmp_path / MARKET, SM2, SystemChance(), token)


@pytest.mark.parametrize("name", ["pin", "token.json", "folder"])
def test_open_permissions_are_refused_with_the_cure(held: Path, tmp_path: Path, name: str) -> None:
    told = told_of(held / MARKET)
    pin = tmp_path / "pin"
    pin.write_text("271828\n")
    pin.chmod(0o600)
    write_token_file(held / MARKET, replace(told, place=replace(told.place, pin_file=str(pin))))
    opened = {"pin": pin, "token.json": held / MARKET / "token.json", "folder": held / MARKET}[name]
    opened.chmod(0o755 if name == "folder" else 0o640)
    with pytest.raises(SourceDown, match="chmod"):
        licences.SignerPool.start([MARKET], held, tmp_path / "run", journals=tmp_path / "signed")


def _elsewhere(told: TokenFile, what: str, folder: Path) -> TokenFile:
    """Name a token, a key or a module that does not do."""
    wrong = folder / "wrong.pin"
    wrong.write_text("000000\n")
    wrong.chmod(0o600)
    module = folder / "module.so"
    module.write_bytes(Path(told.place.module).read_bytes())
    module.chmod(0o666)
    return {
        "PinIncorrect": replace(told, place=replace(told.place, pin_file=str(wrong))),
        "NoSuchToken": replace(told, place=replace(told.place, token="another")),
        "NoSuchKey": replace(told, label="another"),
        "≠": replace(told, kid="0" * 16),
        "the module is not there": replace(told, place=replace(told.place, module=str(folder / "none.so"))),
        "others could replace the module": replace(told, place=replace(told.place, module=str(module))),
    }[what]


@pytest.mark.parametrize(
    "what",
    [
        "PinIncorrect",
        "NoSuchToken",
        "NoSuchKey",
        "≠",
        "the module is not there",
        "others could replace the module",
    ],
)
def test_what_is_wrong_with_a_token_stops_the_start_in_words(held: Path, tmp_path: Path, what: str) -> None:
    write_token_file(held / MARKET, _elsewhere(told_of(held / MARKET), what, tmp_path))
    with pytest.raises(SourceDown, match=what):
        licences.SignerPool.start([MARKET], held, tmp_path / "run", journals=tmp_path / "signed")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"place": 1, "label": "", "alg": "", "kid": ""}'])
def test_a_token_json_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "token.json").write_text(text)
    (tmp_path / "token.json").chmod(0o600)
    with pytest.raises(Invalid, match="not in the form"):
        read_token_file(tmp_path)


def test_without_the_package_a_plain_sentence_says_what_to_install(held: Path) -> None:
    program = (
        "import sys, pathlib\n"
        "sys.modules['pkcs11'] = None\n"
        "from tongban.licences.signer.keyfiles import load_key\n"
        "from tongban.kernel.errors import NotFound\n"
        "load_key(pathlib.Path(sys.argv[2]))\n"
        "try:\n"
        "    load_key(pathlib.Path(sys.argv[1]))\n"
        "except NotFound as said:\n"
        "    print(said)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(held / MARKET), str(held / TAX)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "requirements/pkcs11.txt" in done.stdout


def test_the_lock_of_the_extra_has_what_a_token_needs() -> None:
    assert "\npython-pkcs11==" in (ROOT / "requirements" / "pkcs11.txt").read_text("utf-8")
    assert "\npython-pkcs11==" not in (ROOT / "requirements" / "run.txt").read_text("utf-8")
