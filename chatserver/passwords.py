"""Passwords: kept as scrypt hashes (RFC 7914) in the text form that other programs use too.

A hash stands as `$scrypt$ln=14,r=8,p=5$SALT$KEY`: log2 of scrypt's cost N, its block size r and
parallelization p, then salt and derived key in base64 without padding. What does not look like a
hash is the password itself. Deriving a key takes long on purpose: keep it off a worker's thread.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

SHORTEST = 8  # bytes
LONGEST = 512  # bytes; a longer one is refused before it costs anything

_HASH = re.compile(
    r"\$scrypt\$ln=([0-9]{1,2}),r=([0-9]{1,2}),p=([0-9]{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)"
)
_ANY_HASH = re.compile(r"\$[A-Za-z0-9-]+\$")  # also those of bcrypt, Argon2 and crypt(3)
_SALT_BYTES = 16
_KEY_BYTES = 32
_MOST_MEMORY = 128 * 1024**2  # bytes that one check may take


@dataclass(frozen=True, slots=True, repr=False)
class _Scrypt:
    """A hash, taken apart."""

    ln: int
    r: int
    p: int
    salt: bytes
    key: bytes

    def derive(self, password: bytes) -> bytes:
        return hashlib.scrypt(
            password,
            salt=self.salt,
            n=1 << self.ln,
            r=self.r,
            p=self.p,
            maxmem=2 * _MOST_MEMORY,
            dklen=len(self.key),
        )

    def __str__(self) -> str:
        return f"$scrypt$ln={self.ln},r={self.r},p={self.p}${_text(self.salt)}${_text(self.key)}"


def hash_password(text: str) -> str:
    """Return what is kept of a password.

    Cost and memory (16 MiB) are one of the choices of OWASP's Password Storage Cheat Sheet, the
    one of which two at a time fit into what the server may take for log-ins.

    Raises:
        ValueError: it has less than 8 or more than 512 bytes in UTF-8.
    """
    password = _bytes(text)
    if not SHORTEST <= len(password) <= LONGEST:
        raise ValueError(f"A password has {SHORTEST} to {LONGEST} bytes.")
    fresh = _fresh()
    return str(_Scrypt(fresh.ln, fresh.r, fresh.p, fresh.salt, fresh.derive(password)))


def is_hash(stored: str) -> bool:
    """Whether it is a hash, not a password as it is."""
    return _read(stored) is not None


def is_usable(stored: str) -> bool:
    """Whether it can be checked against: a hash made as above, or a password of allowed length."""
    if _ANY_HASH.match(stored):
        return is_hash(stored)
    return SHORTEST <= len(_bytes(stored)) <= LONGEST


def matches(stored: str, given: str) -> bool:
    """Whether what is given is the password, in a time that does not tell how much of it is right.

    Nothing matches an empty `stored`, and nothing that is longer than 512 bytes matches.
    """
    password = _bytes(given)
    if not stored or len(password) > LONGEST:
        return False
    kept = _read(stored)
    if kept is not None:
        return hmac.compare_digest(kept.derive(password), kept.key)
    return hmac.compare_digest(_digest(_bytes(stored)), _digest(password))


def is_one_of(people: Mapping[str, str], name: str, given: str) -> bool:
    """Whether somebody is who they say: `people` are names and what is stored of their passwords.

    An unknown name and a password kept as it is cost the time of a hash, so that the time it
    takes does not tell which names there are.
    """
    stored = people.get(name, "")
    if not is_hash(stored):
        matches(_NOBODY, given)
    return matches(stored, given)


def _fresh() -> _Scrypt:
    """Today's parameters with a salt of its own; the key is random and belongs to no password."""
    salt, key = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_KEY_BYTES)
    return _Scrypt(ln=14, r=8, p=5, salt=salt, key=key)


def _read(stored: str) -> _Scrypt | None:
    """The parts of a hash; None where it is none, or would cost more than a check may."""
    found = _HASH.fullmatch(stored)
    if found is None:
        return None
    ln, r, p = (int(number) for number in found.groups()[:3])
    try:
        salt, key = (_unpadded(text) for text in found.groups()[3:])
    except binascii.Error:
        return None
    sane = 8 <= ln <= 20 and r >= 1 and 1 <= p <= 16 and 128 * r << ln <= _MOST_MEMORY
    if not sane or not 8 <= len(salt) <= 64 or not 16 <= len(key) <= 64:
        return None
    return _Scrypt(ln, r, p, salt, key)


def _bytes(text: str) -> bytes:
    """UTF-8; half a surrogate pair, which is none, is no fault of a check."""
    return text.encode("utf-8", "surrogatepass")


def _digest(password: bytes) -> bytes:
    """Of the same length for all, since a comparison would tell the length."""
    return hashlib.sha256(password).digest()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")


def _unpadded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


_NOBODY = str(_fresh())
