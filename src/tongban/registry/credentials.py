"""Passwords and second factors of staff: hashing, sealing, and demonstration accounts.

Residents sign in through the national identity provider; only staff have passwords here, and never
without a second factor (GB/T 22239-2019, level 3: two factors, one of them by cryptography).
"""

import base64
import binascii
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tongban.kernel.errors import InvalidValue
from tongban.kernel.ids import Chance
from tongban.kernel.seals import AES_BYTES, KEY_BYTES, seal, unseal
from tongban.kernel.texts import Text

# Argon2id at OWASP's first recommendation (19 MiB, two passes): a sign-in costs tens of milliseconds
# and an install that makes fifty accounts costs seconds.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, hash_len=32, salt_len=16)
# Checked in place of a hash for logins that do not exist, so that their answer costs the same work.
NOBODYS_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$pw0Wba+WDAZCfcyg9o3TaXh0rFnGu/+tAtq47HgtTzE"
)
NOBODYS_SECRET = "A" * 32

STEP_SECONDS = 30  # RFC 6238
DRIFT_STEPS = 1  # a telephone's clock may be half a minute off either way
SECRET_BYTES = 20
SEED_BYTES = 32


@dataclass(frozen=True, slots=True)
class SecondFactorKey:
    """The key that seals one-time secrets at rest; it lies in a file of its own, never in the store."""

    key: bytes

    def seal(self, login: str, secret: str, chance: Chance) -> str:
        """Encrypt a secret for one login: moved to another login's row it does not open."""
        sealed = seal(self.key, secret.encode("ascii"), login.encode(), chance)
        return base64.b64encode(sealed).decode("ascii")

    def open(self, login: str, sealed: str) -> str:
        """Decrypt a login's secret; raises ValueError when the key or the row is not the right one."""
        written = base64.b64decode(sealed, validate=True)
        try:
            secret = unseal(self.key, written, login.encode())
        except ValueError as trouble:
            raise ValueError(f"the one-time secret of {login} was sealed with another key") from trouble
        return secret.decode("ascii")


def second_factor_file(keys: Path) -> Path:
    """Give the file of the key that seals second factors at rest, in the folder of a node's keys."""
    return keys / "second-factor"


def second_factor_key(path: Path) -> SecondFactorKey:
    """Read the key from its file of 64 hexadecimal digits, or 32 where it is one of SM4."""
    key = bytes.fromhex(path.read_text("ascii").strip())
    if len(key) not in KEY_BYTES:
        raise ValueError(f"{path.name} holds {len(key)} bytes; a second-factor key has 32, or 16 for SM4")
    return SecondFactorKey(key)


def make_second_factor_key(path: Path, chance: Chance, *, length_bytes: int = AES_BYTES) -> SecondFactorKey:
    """Give the key of a file, making the file (readable by its owner alone) where there is none.

    `length_bytes` is that of a key made now, and says for which cipher.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(chance.bytes(length_bytes).hex(), "ascii")
    return second_factor_key(path)


def hash_password(password: str, chance: Chance) -> str:
    """Give the Argon2id hash of a password under fresh salt."""
    return HASHER.hash(password, salt=chance.bytes(16))


def password_matches(hashed: str, password: str) -> bool:
    """Say whether a password is the one that was hashed."""
    try:
        return HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(hashed: str) -> bool:
    """Say whether a hash was made with weaker settings than today's."""
    return HASHER.check_needs_rehash(hashed)


def check_secret(secret: str) -> None:
    """Refuse a one-time secret that is not at least twenty bytes of base 32 (RFC 4226 asks 16)."""
    try:
        decoded = base64.b32decode(secret)
    except (binascii.Error, ValueError):
        decoded = b""
    if len(decoded) < SECRET_BYTES:
        raise InvalidValue(
            "staff.totp_secret",
            what=Text(zh="动态口令密钥不符合要求。", en="This one-time secret will not do."),
            todo=Text(zh="请使用至少20字节的Base32密钥。", en="Use base 32 of at least twenty bytes."),
        )


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """Give the time step whose code was given, the latest first, or None; every step costs the same."""
    this_step = int(now.timestamp()) // STEP_SECONDS
    one_time = pyotp.TOTP(secret, interval=STEP_SECONDS)
    matching = None
    for step in range(this_step - DRIFT_STEPS, this_step + DRIFT_STEPS + 1):
        if hmac.compare_digest(one_time.generate_otp(step).encode(), code.strip().encode()):
            matching = step
    return matching


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a staff member signs in with, in clear: handed over once, or derived for a demonstration."""

    login: str
    password: str
    totp_secret: str

    def code(self, now: datetime) -> str:
        """Give the one-time code of this moment, as the staff member's telephone shows it."""
        return pyotp.TOTP(self.totp_secret, interval=STEP_SECONDS).generate_otp(
            int(now.timestamp()) // STEP_SECONDS
        )

    def uri(self, issuer: str) -> str:
        """Give the otpauth address that an authenticator app reads."""
        return pyotp.TOTP(self.totp_secret, interval=STEP_SECONDS).provisioning_uri(
            name=self.login, issuer_name=issuer
        )


def demonstration_accounts(seed: bytes, logins: Iterable[str]) -> tuple[Credentials, ...]:
    """Derive the passwords and secrets of demonstration staff from one install's own seed.

    The same seed gives the same accounts, so that nothing of them is kept anywhere; every install
    has another seed, so that no password of the demonstration opens anybody else's.
    """
    if len(seed) < 16:
        raise ValueError("the seed of demonstration accounts has at least 16 bytes")
    return tuple(_derived(seed, login) for login in logins)


def fresh_credentials(login: str, chance: Chance) -> Credentials:
    """Make credentials that nobody has had before and that can be made by nobody again."""
    return _derived(chance.bytes(SEED_BYTES), login)


def _derived(seed: bytes, login: str) -> Credentials:
    words = hmac.digest(seed, f"password of {login}".encode(), "sha256")
    secret = hmac.digest(seed, f"one-time secret of {login}".encode(), "sha256")
    letters = base64.b32encode(words).decode("ascii").lower()
    password = "-".join(letters[start : start + 4] for start in range(0, 16, 4))
    return Credentials(login, password, base64.b32encode(secret[:SECRET_BYTES]).decode("ascii"))
