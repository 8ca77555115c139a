"""Message signatures: the standard's own examples verify, and nothing that was changed does."""

from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from tongban.exchange.gateway import wire
from tongban.exchange.gateway.wire import Algorithm, Fields, Request, Target
from tongban.kernel.clock import SHANGHAI
from tongban.kernel.errors import Invalid, NotSignedIn, TongbanError

# RFC 9421 B.1.3, B.1.4: the public keys of its examples.
P256 = b64decode(
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf"
    "w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ=="
)
ED25519 = b64decode("MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=")
# RFC 9421 B.2: the request and the answer that its examples sign.
REQUEST = Request(
    "POST",
    Target("https", "example.com", "/foo", "?param=Value&Pet=dog"),
    {
        "host": "example.com",
        "date": "Tue, 20 Apr 2021 02:07:55 GMT",
        "content-type": "application/json",
        "content-digest": "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLv"
        "RwEmTHWXvJwew==:",
        "content-length": "18",
    },
    b'{"hello": "world"}',
)
ANSWER: Fields = {
    "date": "Tue, 20 Apr 2021 02:07:56 GMT",
    "content-type": "application/json",
    "content-digest": "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq"
    "4l5aGgfLQ==:",
    "content-length": "23",
}
ANSWER_BODY = b'{"message": "good dog"}'


def with_signature(message: Fields, described: str, value: str) -> dict[str, str]:
    return {**message, "signature-input": described, "signature": value}


B26 = with_signature(
    REQUEST.fields,
    'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
    ';created=1618884473;keyid="test-key-ed25519"',
    "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
)
B24 = with_signature(
    ANSWER,
    'sig-b24=("@status" "content-type" "content-digest" "content-length")'
    ';created=1618884473;keyid="test-key-ecc-p256"',
    "sig-b24=:wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==:",
)
# B.4: fields that a proxy may add, reorder or join do not touch a signature that leaves them out.
B4 = with_signature(
    {"host": "example.org", "accept": "application/json, */*", "accept-language": "en-US,en;q=0.5"},
    'transform=("@method" "@path" "@authority" "accept");created=1618884473;keyid="test-key-ed25519"',
    "transform=:ZT1kooQsEHpZ0I1IjCqtQppOmIqlJPeo7DHR3SoMn0s5JZ1eRGS0A+vyYP9t/LXlh5QMFFQ6cpLt2m0pmj3NDA==:",
)
B4_REQUEST = Request("GET", Target("https", "example.org", "/demo", "?name1=Value1&Name2=value2"), B4, b"")


def check(request: Request, algorithm: Algorithm, key: bytes) -> None:
    signed = wire.read_signature(request.fields)
    base = wire.signature_base(signed, wire.of_request(request))
    wire.verify(signed, base, algorithm=algorithm, public_key=key)


def check_answer(status: int, fields: Fields, algorithm: Algorithm, key: bytes, to: Fields) -> None:
    signed = wire.read_signature(fields)
    base = wire.signature_base(signed, wire.of_answer(status, fields, to))
    wire.verify(signed, base, algorithm=algorithm, public_key=key)


def test_the_standards_examples_verify() -> None:
    check(replace(REQUEST, fields=B26), "ed25519", ED25519)
    check(B4_REQUEST, "ed25519", ED25519)
    check_answer(200, B24, "ecdsa-p256-sha256", P256, {})
    wire.require_digest(REQUEST.fields, REQUEST.body)
    wire.require_digest(ANSWER, ANSWER_BODY)


@pytest.mark.parametrize(
    "request_",
    [
        replace(REQUEST, fields=B26, method="PUT"),
        replace(REQUEST, fields=B26, target=replace(REQUEST.target, path="/fooo")),
        replace(REQUEST, fields=B26, target=replace(REQUEST.target, authority="example.org")),
        replace(REQUEST, fields={**B26, "date": "Tue, 20 Apr 2021 02:07:56 GMT"}),
        replace(REQUEST, fields={**B26, "signature-input": B26["signature-input"].replace("73;", "74;")}),
    ],
)
def test_a_request_that_was_changed_does_not_verify(request_: Request) -> None:
    with pytest.raises(NotSignedIn):
        check(request_, "ed25519", ED25519)


def test_a_signature_counts_for_its_own_key_and_algorithm_alone() -> None:
    other = (
        Ed25519PrivateKey.generate()
        .public_key()
        .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )
    for algorithm, key in (("ed25519", other), ("ecdsa-p256-sha256", P256), ("ecdsa-p256-sha256", ED25519)):
        with pytest.raises(NotSignedIn):
            check(replace(REQUEST, fields=B26), algorithm, key)  # type: ignore[arg-type]  # two strings
    with pytest.raises(NotSignedIn):
        check_answer(201, B24, "ecdsa-p256-sha256", P256, {})


def test_an_algorithm_that_is_named_must_be_the_keys() -> None:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for named, counts in (("ed25519", True), ("ecdsa-p256-sha256", False)):
        described = f'sig=("@method");alg="{named}"'
        base = f'"@method": POST\n"@signature-params": ("@method");alg="{named}"'.encode()
        value = wire.write_dictionary({"sig": wire.Item(private.sign(base))})
        request = replace(REQUEST, fields=with_signature(REQUEST.fields, described, value))
        if counts:
            check(request, "ed25519", public)
        else:
            with pytest.raises(NotSignedIn):
                check(request, "ed25519", public)


def test_p256_takes_a_signature_in_its_raw_form_only() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    der = private.sign(b'"@method": POST\n"@signature-params": ("@method")', ec.ECDSA(hashes.SHA256()))
    r, s = decode_dss_signature(der)
    raw = r.to_bytes(32) + s.to_bytes(32)
    for value, counts in ((raw, True), (der, False), (raw[:-1], False), (bytes(64), False)):
        written = wire.write_dictionary({"sig": wire.Item(value)})
        request = replace(REQUEST, fields=with_signature({}, 'sig=("@method")', written))
        if counts:
            check(request, "ecdsa-p256-sha256", public)
        else:
            with pytest.raises(NotSignedIn):
                check(request, "ecdsa-p256-sha256", public)


WHOLE = '("@method" "@target-uri" "content-digest" "content-type")'
SAID = ';created=1;keyid="k";alg="ed25519";nonce="0123456789abcdef"'


def signed_as(described: str) -> wire.Signed:
    return wire.read_signature({"signature-input": f"a={described}", "signature": "a=:AA==:"})


@pytest.mark.parametrize(
    "described", [WHOLE + SAID, WHOLE.replace('"@target-uri"', '"@authority" "@path" "@query"') + SAID]
)
def test_a_signature_that_covers_the_whole_request_is_complete(described: str) -> None:
    wire.require_complete(signed_as(described), has_body=True)


@pytest.mark.parametrize(
    ("described", "missing"),
    [
        (WHOLE.replace('"@method" ', "") + SAID, "@method"),
        (WHOLE.replace('"@target-uri"', '"@authority" "@path"') + SAID, "@target-uri"),
        (WHOLE.replace('"content-digest" ', "") + SAID, "content-digest"),
        (WHOLE.replace(' "content-type"', "") + SAID, "content-type"),
        (WHOLE.replace('"@method"', '"@method";req') + SAID, "@method"),
        (WHOLE + SAID.replace(";created=1", ""), "created"),
        (WHOLE + SAID.replace("created=1", 'created="1"'), "created"),
        (WHOLE + SAID.replace('"k"', '""'), "keyid"),
        (WHOLE + SAID.replace(';alg="ed25519"', ""), "alg"),
        (WHOLE + SAID.replace("0123456789abcdef", "0123456789abcde"), "nonce"),
        (WHOLE + SAID.replace("0123456789abcdef", "n" * 129), "nonce"),
    ],
)
def test_a_signature_that_leaves_something_open_is_refused_by_name(described: str, missing: str) -> None:
    with pytest.raises(NotSignedIn) as refused:
        wire.require_complete(signed_as(described), has_body=True)
    assert refused.value.what.en == f"The signature lacks: {missing}."


NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
AT = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("created", "more", "counts"),
    [
        (AT, "", True),
        (AT - 60, "", True),
        (AT + 60, f";expires={AT}", True),
        (AT - 61, "", False),
        (AT + 61, "", False),
        (AT, f";expires={AT - 1}", False),
    ],
)
def test_a_signature_counts_within_a_minute_of_the_clock(created: int, more: str, counts: bool) -> None:
    signed = signed_as(f"();created={created}{more}")
    if counts:
        wire.require_timely(signed, NOW)
        return
    with pytest.raises(NotSignedIn):
        wire.require_timely(signed, NOW)


@pytest.mark.parametrize(
    "described",
    ['("@method" "@method")', '("x-absent")', '("@query-param";name="Pet")', '("date";sf)', '("@status")'],
)
def test_a_component_that_is_absent_double_or_unknown_is_refused(described: str) -> None:
    fields = with_signature(REQUEST.fields, f"a={described}", "a=:AA==:")
    with pytest.raises(TongbanError):
        check(replace(REQUEST, fields=fields), "ed25519", ED25519)


@pytest.mark.parametrize(
    ("described", "value"),
    [
        ("", ""),
        ("a=()", ""),
        ("a=(), b=()", "a=:AA==:, b=:AA==:"),
        ("a=()", "b=:AA==:"),
    ],
)
def test_none_and_several_signatures_are_no_signature(described: str, value: str) -> None:
    with pytest.raises(NotSignedIn):
        wire.read_signature({"signature-input": described, "signature": value})


@pytest.mark.parametrize(
    ("described", "value"), [("a=1", "a=:AA==:"), ("a=()", "a=1"), ("a=(1)", "a=:AA==:")]
)
def test_what_has_the_wrong_shape_is_malformed(described: str, value: str) -> None:
    with pytest.raises(Invalid):
        wire.read_signature({"signature-input": described, "signature": value})


@pytest.mark.parametrize(
    "digest",
    [
        "",
        "sha-512=:AA==:",
        "md5=:XrY7u+Ae7tCTyyK7j1rNww==:",
        "sha-256=1",
        "sha-256=(:AA==:)",
        REQUEST.fields["content-digest"] + ", sha-256=:AA==:",
    ],
)
def test_a_digest_that_is_wrong_in_any_part_is_refused(digest: str) -> None:
    with pytest.raises(Invalid):
        wire.require_digest({"content-digest": digest}, REQUEST.body)


def test_a_digest_of_another_kind_beside_a_right_one_is_passed_over() -> None:
    wire.require_digest({"content-digest": f"{wire.digest_of(b'x')}, unixsum=30637"}, b"x")


def test_default_ports_and_capitals_are_no_part_of_an_authority() -> None:
    assert Target("https", "Example.com:443", "/").named == "example.com"
    assert Target("http", "example.com:443", "/").named == "example.com:443"


def test_lines_of_one_field_are_joined_in_their_order() -> None:
    assert wire.joined([("Accept", " a "), ("X", ""), ("accept", "b\t")]) == {"accept": "a, b", "x": ""}


class _Key:
    key_id = "node-key"

    def __init__(self) -> None:
        self.private = Ed25519PrivateKey.generate()
        self.public = self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"status": 403},
        {"fields": {"content-type": "text/plain"}},
        {"to": {"signature": "a=:AB==:"}},
        {"fields": {"content-digest": wire.digest_of(b"{ }")}},
    ],
)
def test_an_answer_counts_for_its_own_request_status_and_content_alone(change: Mapping[str, Any]) -> None:
    key, to, status = _Key(), {"signature": "a=:AA==:"}, 200
    fields = {"content-type": "application/json"}
    fields |= wire.sign_answer(status, fields, b"{}", to=to, signer=key, created=1)
    wire.require_digest(fields, b"{}")
    told = (change.get("status", status), {**fields, **change.get("fields", {})})
    if not change:
        check_answer(*told, "ed25519", key.public, to)
        return
    with pytest.raises(NotSignedIn):
        check_answer(*told, "ed25519", key.public, change.get("to", to))


TEXTS = st.text(st.sampled_from('ab"\\:;=,()?01-. @/+*\té'), max_size=40)


@given(TEXTS | TEXTS.map(lambda t: f'a=("@method"{t}'), TEXTS | st.just("a=:AA==:"), TEXTS)
def test_no_field_brings_the_reader_down(described: str, value: str, digest: str) -> None:
    """Whatever stands in the fields is refused in words or read; nothing else is ever raised."""
    fields = {"signature-input": described, "signature": value, "content-digest": digest}
    request = replace(REQUEST, fields=fields)
    with pytest.raises(TongbanError):
        check(request, "ed25519", ED25519)
    with pytest.raises(TongbanError):
        wire.require_digest(fields, b"a body")
    with suppress(TongbanError):
        wire.require_complete(wire.read_signature(fields), has_body=True)
