"""What is sealed opens under its own key, for what it is bound to, and after no change; in both ciphers."""

import subprocess
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kernel.ids import SystemChance
from tongban.kernel.seals import AES_BYTES, NONCE_BYTES, SM4_BYTES, TAG_BYTES, seal, unseal

CHANCE = SystemChance()
KEYS = {AES_BYTES: bytes(range(32)), SM4_BYTES: bytes(range(16))}
lengths = st.sampled_from([AES_BYTES, SM4_BYTES])


@dataclass(frozen=True)
class Given:
    """A nonce that stands in a standard's example, in place of chance."""

    nonce: bytes

    def bytes(self, count: int) -> bytes:
        assert count == len(self.nonce)
        return self.nonce


# RFC 8998, appendix A.1: SM4-GCM.
KEY = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
NONCE = bytes.fromhex("00001234567800000000ABCD")
BOUND = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
PLAIN = b"".join(bytes([each]) * 8 for each in b"\xaa\xbb\xcc\xdd\xee\xff\xee\xaa")
SEALED = bytes.fromhex(
    "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
    "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
    "83DE3541E4C2B58177E065A9BF7B62EC"
)


def test_sm4_seals_as_the_rfcs_example() -> None:
    assert seal(KEY, PLAIN, BOUND, Given(NONCE)) == NONCE + SEALED
    assert unseal(KEY, NONCE + SEALED, BOUND) == PLAIN


def test_the_command_of_openssl_reads_what_sm4_wrote() -> None:
    # Its command has no GCM; below the tag, GCM is a counter that begins at 2 behind the nonce.
    sealed = seal(KEYS[SM4_BYTES], b"opening" * 40, b"leaf", CHANCE)
    counter = sealed[:NONCE_BYTES] + b"\0\0\0\2"
    asked = ["openssl", "enc", "-d", "-sm4-ctr", "-K", KEYS[SM4_BYTES].hex(), "-iv", counter.hex()]
    read = subprocess.run(asked, input=sealed[NONCE_BYTES:-TAG_BYTES], capture_output=True, check=True)
    assert read.stdout == b"opening" * 40


@given(lengths, st.binary(max_size=200), st.binary(max_size=60))
def test_what_is_sealed_opens(length: int, data: bytes, bound: bytes) -> None:
    sealed = seal(KEYS[length], data, bound, CHANCE)
    assert unseal(KEYS[length], sealed, bound) == data
    assert seal(KEYS[length], data, bound, CHANCE) != sealed
    with pytest.raises(ValueError, match="not sealed under this key"):
        unseal(KEYS[length], sealed, bound + b".")
    with pytest.raises(ValueError, match="not sealed under this key"):
        unseal(bytes(length), sealed, bound)
    with pytest.raises(ValueError, match="not sealed under this key"):
        unseal(KEYS[AES_BYTES + SM4_BYTES - length], sealed, bound)


@given(lengths, st.floats(0, 1, exclude_max=True), st.integers(0, 7))
def test_no_flipped_bit_and_no_cut_opens(length: int, place: float, bit: int) -> None:
    sealed = seal(KEYS[length], b"an opening", b"leaf", CHANCE)
    at = int(place * len(sealed))
    spoilt = bytearray(sealed)
    spoilt[at] ^= 1 << bit
    for wrong in (bytes(spoilt), sealed[:at]):
        with pytest.raises(ValueError, match=r"not sealed|too short"):
            unseal(KEYS[length], wrong, b"leaf")


@pytest.mark.parametrize("key", [b"", bytes(15), bytes(24), bytes(33)])
def test_a_key_of_another_length_seals_and_opens_nothing(key: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes, or of 16"):
        seal(key, b"", b"", CHANCE)
    with pytest.raises(ValueError, match="32 bytes, or of 16"):
        unseal(key, bytes(40), b"")
