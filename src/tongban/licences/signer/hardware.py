"""An office's key in a token (HSM, smart card), which signs and never gives the key out: by PKCS#11.

Imported only where a key lies in a token: it needs python-pkcs11, the extra `pkcs11`. What the module itself
refuses while it signs (the card was pulled, the session is lost) is not caught here: it ends the signer, and
the one that is started in its place opens the token anew.
"""

import os
from pathlib import Path
from typing import Final, cast

import pkcs11
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pkcs11.util.ec import encode_named_curve_parameters

from tongban.kernel.errors import Invalid, NotFound
from tongban.kernel.texts import Text
from tongban.licences.signer.algorithms import ED25519, ES256, SigningKey
from tongban.licences.signer.keyfiles import Place, TokenFile, key_id, require_private

_CURVES: Final = {ED25519: "1.3.101.112", ES256: "secp256r1"}
_MAKES: Final = {
    ED25519: pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
    ES256: pkcs11.Mechanism.EC_KEY_PAIR_GEN,
}
_TYPES: Final = {ED25519: pkcs11.KeyType.EC_EDWARDS, ES256: pkcs11.KeyType.EC}
_ED25519_POINT: Final = 32
# One session for each token in a process: a second login is refused, and the first one's end would end both.
_SESSIONS: dict[tuple[str, str], pkcs11.Session] = {}


class TokenKey:
    """A private key in a token; `sign` asks the token."""

    def __init__(self, private: pkcs11.SignMixin, alg: str, spki: bytes) -> None:
        self._private = private
        self.alg = alg
        self.spki = spki

    def sign(self, message: bytes) -> bytes:
        """Sign; 64 bytes. The token's ECDSA draws a new number each time, EdDSA never."""
        if self.alg == ED25519:
            return bytes(self._private.sign(message, mechanism=pkcs11.Mechanism.EDDSA))
        digest = Hash(SHA256())
        digest.update(message)
        return bytes(self._private.sign(digest.finalize(), mechanism=pkcs11.Mechanism.ECDSA))


def open_key(told: TokenFile) -> SigningKey:
    """Open the key that an office's token.json names; refuses a token that holds another under its label."""
    session = _session(told.place)
    try:
        private = cast(pkcs11.SignMixin, session.get_key(pkcs11.ObjectClass.PRIVATE_KEY, label=told.label))
        public = session.get_key(pkcs11.ObjectClass.PUBLIC_KEY, label=told.label)
        spki = _spki(told.alg, bytes(public[pkcs11.Attribute.EC_POINT]))
    except (pkcs11.PKCS11Error, ValueError) as missing:
        raise _trouble(told.place, f"{told.label}: {_words(missing)}") from missing
    if key_id(spki) != told.kid:
        raise _trouble(told.place, f"{told.label}: {key_id(spki)} ≠ {told.kid}")
    return TokenKey(private, told.alg, spki)


def make_token_key(place: Place, alg: str, label: str) -> SigningKey:
    """Make a key that never leaves the token; raises Invalid for an algorithm that no token has by name."""
    if alg not in _CURVES:
        raise Invalid(
            "signer.token_algorithm",
            what=Text(
                f"PKCS#11 没有为 {alg} 规定通用机制，各厂商的编号各不相同，无法在令牌中生成该算法的密钥。",
                f"PKCS#11 names no mechanism for {alg}, every vendor has a number of its own: no key of"
                " it can be made in a token.",
            ),
            todo=Text(
                "请在 signing.yaml 中为该机构另行声明 ES256 或 Ed25519，或将密钥保存在文件中。",
                "Declare ES256 or Ed25519 for the organisation in signing.yaml, or keep its key in a file.",
            ),
        )
    session = _session(place)
    try:
        curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(_CURVES[alg])}
        public, private = session.create_domain_parameters(_TYPES[alg], curve, local=True).generate_keypair(
            mechanism=_MAKES[alg],
            store=True,
            label=label,
            capabilities=pkcs11.MechanismFlag.SIGN | pkcs11.MechanismFlag.VERIFY,
            private_template={pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False},
        )
        return TokenKey(
            cast(pkcs11.SignMixin, private), alg, _spki(alg, bytes(public[pkcs11.Attribute.EC_POINT]))
        )
    except pkcs11.PKCS11Error as trouble:
        raise _trouble(place, _words(trouble)) from trouble


def _session(place: Place) -> pkcs11.Session:
    """Open the token, once in a process."""
    key = (place.module, place.token)
    if key not in _SESSIONS:
        require_private(Path(place.pin_file))
        _require_module(Path(place.module))
        pin = Path(place.pin_file).read_text("utf-8").rstrip("\r\n")
        try:
            token = pkcs11.lib(place.module).get_token(token_label=place.token)
            _SESSIONS[key] = token.open(rw=True, user_pin=pin)
        except (pkcs11.PKCS11Error, RuntimeError) as trouble:
            raise _trouble(place, _words(trouble)) from trouble
    return _SESSIONS[key]


def _require_module(path: Path) -> None:
    """Refuse a library that others could replace: it is loaded into the signer and sees the PIN."""
    try:
        found = path.resolve(strict=True).stat()
    except OSError as missing:
        raise _unusable(path, "找不到该模块", "the module is not there") from missing
    if found.st_uid not in (0, os.getuid()) or found.st_mode & 0o022:
        raise _unusable(path, "其他用户可能替换该模块", "others could replace the module")


def _spki(alg: str, point: bytes) -> bytes:
    """Give the public half from the point that the token tells, in DER or the bytes alone."""
    public: ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey
    if alg == ED25519:
        public = ed25519.Ed25519PublicKey.from_public_bytes(point[-_ED25519_POINT:])
    else:
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point[-65:])
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _words(trouble: Exception) -> str:
    return f"{type(trouble).__name__} {trouble}".strip()


def _trouble(place: Place, words: str) -> NotFound:
    return NotFound(
        "signer.token",
        what=Text(
            f"令牌「{place.token}」（{place.module}）无法使用：{words}。",
            f"The token {place.token!r} of {place.module} cannot be used: {words}.",
        ),
        todo=Text(
            "请核对令牌已接入、标签和 PIN 文件正确。",
            "See that the token is there, and that its label and the PIN's file are right.",
        ),
    )


def _unusable(path: Path, zh: str, en: str) -> Invalid:
    return Invalid(
        "signer.token_unusable",
        what=Text(f"{path} 不能使用：{zh}。", f"{path} cannot be used: {en}."),
        todo=Text(
            "请安装或改正该模块；路径记在机构目录的 token.json 中。",
            "Install it or put it right; its path stands in token.json in the organisation's folder.",
        ),
    )
