"""Passwords: what is kept of them, and what it costs to try one."""

import base64
import hashlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from chatserver import passwords
from chatserver.passwords import LONGEST, hash_password, is_hash, is_one_of, is_usable, matches

# RFC 7914, section 12, « pleaseletmein » with N = 16384, r = 8, p = 1.
KEY = bytes.fromhex(
    "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
    "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
)


def text(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")


def stored(ln: object = 14, r: object = 8, p: object = 1, salt: bytes = b"SodiumChloride") -> str:
    return f"$scrypt$ln={ln},r={r},p={p}${text(salt)}${text(KEY)}"


@pytest.fixture
def derivations(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """What each derivation that takes long costs."""
    seen: list[tuple[int, ...]] = []
    real: Callable[..., bytes] = hashlib.scrypt

    def scrypt(password: bytes, **how: int) -> bytes:
        seen.append((how["n"], how["r"], how["p"], how["dklen"]))
        return real(password, **{**how, "n": 2})

    monkeypatch.setattr(hashlib, "scrypt", scrypt)
    return seen


def test_the_hash_is_scrypts() -> None:
    assert matches(stored(), "pleaseletmein")
    assert not matches(stored(), "pleaseletmeIn")
    assert not matches(stored(salt=b"SodiumChlorid."), "pleaseletmein")


def test_a_hash_fits_its_password_alone_and_is_never_the_same() -> None:
    one, other = hash_password("correct horse"), hash_password("correct horse")
    assert one != other
    assert "correct" not in one
    assert is_hash(one)
    assert is_usable(one)
    assert matches(one, "correct horse")
    assert not matches(one, "correct horse ")
    assert not matches(one, one)  # who has seen the hash does not have the password


@pytest.mark.parametrize("password", ["x" * 8, "x" * 512, "ünïcödé", "$8 bytes"])
def test_a_password_of_allowed_length(password: str, derivations: list[tuple[int, ...]]) -> None:
    assert matches(hash_password(password), password)
    assert is_usable(password)
    assert len(derivations) == 2


@pytest.mark.parametrize("password", ["", "x" * 7, "üüü", "x" * 513, "ü" * 257])
def test_a_password_of_another_length(password: str, derivations: list[tuple[int, ...]]) -> None:
    with pytest.raises(ValueError, match=r"^A password has 8 to 512 bytes\.$"):
        hash_password(password)
    assert not is_usable(password)
    assert derivations == []


def test_row_34_a_long_password_costs_nothing(derivations: list[tuple[int, ...]]) -> None:
    kept = hash_password("x" * LONGEST)
    derivations.clear()
    for given_ in ("x" * (LONGEST + 1), "x" * 1024**2):
        assert not matches(kept, given_)
        assert not matches(given_, given_)
        assert not is_one_of({"ada": kept}, "ada", given_)
        assert not is_one_of({"ada": kept}, "bob", given_)
    assert derivations == []


def test_row_34_two_hashes_at_once_fit_into_what_log_ins_may_take(
    derivations: list[tuple[int, ...]],
) -> None:
    hash_password("x" * 8)
    ((n, r, *_),) = derivations
    assert 2 * 128 * n * r <= 40 * 1024**2  # RFC 7914, section 2: 128 * N * r bytes


def test_a_password_kept_as_it_is() -> None:
    assert matches("open sesame", "open sesame")
    for wrong in ("", "open", "open sesame ", "Open sesame", "\ud800"):
        assert not matches("open sesame", wrong)


def test_nothing_matches_nothing() -> None:
    assert not matches("", "")
    assert not matches("", "anything")


@pytest.mark.parametrize(
    "people",
    [{"ada": passwords._NOBODY}, {"ada": "open sesame"}, {}],
    ids=["a hash", "as it is", "nobody"],
)
def test_row_33_who_is_unknown_costs_what_a_known_one_costs(
    people: dict[str, str], derivations: list[tuple[int, ...]]
) -> None:
    hash_password("open sesame")
    (cost,) = derivations
    for name in ("ada", "bob"):
        derivations.clear()
        assert not is_one_of(people, name, "a guess")
        assert derivations == [cost]


def test_one_of_several_people(derivations: list[tuple[int, ...]]) -> None:
    people = {"ada": hash_password("the engine"), "bob": "open sesame", "eve": ""}
    assert is_one_of(people, "ada", "the engine")
    assert is_one_of(people, "bob", "open sesame")
    for name, guess in (
        ("ada", "open sesame"),
        ("bob", "the engine"),
        ("Ada", "the engine"),
        ("eve", ""),
        ("", ""),
    ):
        assert not is_one_of(people, name, guess), name


@pytest.mark.parametrize(
    "wrong",
    [
        stored(ln=7),
        stored(ln=21),  # 1 GiB
        stored(ln=18),  # 256 MiB
        stored(r=0),
        stored(p=0),
        stored(p=17),
        stored(ln="x"),
        stored(salt=b"short"),
        stored(salt=b"x" * 65),
        stored() + "\n",
        stored() + "=",
        stored()[:-1],  # a length that no base64 has
        stored().rpartition("$")[0] + "$" + text(b"short"),
        stored().rpartition("$")[0],
        "$scrypt$ln=14,r=8,p=1$",
        "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$aGFzaGhhc2g",
        "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
        "$6$salt$hash",
    ],
)
def test_what_looks_like_a_hash_but_cannot_be_checked(wrong: str) -> None:
    assert not is_hash(wrong)
    assert not is_usable(wrong)


@examples(deadline=None)
@given(kept=st.text(), guess=st.text())
def test_no_text_is_a_fault(kept: str, guess: str) -> None:
    assert matches(kept, guess) == (kept == guess != "" and len(kept.encode("utf-8")) <= LONGEST)
