"""Who is there, by their first bytes (FAULTS rows 7 and 9)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatserver.signatures import foreigner, undecided

HELLO = bytes.fromhex("16030100c5010000c10303")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (HELLO, "TLS"),
        (b"\x16", "TLS"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP"),
        (b"GET /\r\n", "HTTP"),
        (b"POST /x HTTP/1.1\r\n\r\nNICK bob\r\nUSER x\r\nPRIVMSG #a :hi\r\n", "HTTP"),
        (b"OPTIONS * HTTP/1.0\r\n", "HTTP"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP"),
        (b"CONNECT example.org:443 HTTP/1.1\r\n", "HTTP"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "SSH"),
        (b"NICK bob\r\nUSER b 0 * :b\r\n", "IRC"),
        (b"nick bob\r\n", "IRC"),
        (b"CAP LS 302\r\n", "IRC"),
        (b"PASS x\r\n", "IRC"),
        (b"\x00\x00\x00\x2d", "binary data"),
        (b"\x7fELF\x02\x01\x01", "binary data"),
        (b"ada\x1f\n", "binary data"),
        (bytes(range(256)), "binary data"),
    ],
)
def test_foreigners(data: bytes, what: str) -> None:
    foreign = foreigner(data)
    assert foreign is not None
    assert foreign.what == what


@pytest.mark.parametrize(
    "data",
    [
        b"ada\n",
        b"ada\r\0",
        b"nick\n",
        b"user\r\n",
        b"get\n",
        b"Get up\n",
        b"sshd\n",
        b"PASSer\n",
        b"GETTING / HTTP/1.1",
        "日本\n".encode(),
        b"caf\xe9\n",
        b"\xff\xfd\x01\xff\xfb\x1f\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0",  # telnet speaks first
        b"\xff\xfb\x00\xff\xfd\x00ada\r\x00",
        b"\x1b[A\t\b",  # keys
        b"\x15\x17\n",
    ],
)
def test_people(data: bytes) -> None:
    assert foreigner(data) is None


@pytest.mark.parametrize(
    ("data", "still"),
    [
        (b"G", True),
        (b"GET ", True),
        (b"ni", True),
        (b"NICK b", True),
        (b"NICK b\n", False),
        (b"SSH", True),
        (b"x", False),
        (b"nice", False),
        (b"GET " + b"x" * 12, False),
        (b"\xff", False),
    ],
)
def test_undecided(data: bytes, still: bool) -> None:
    assert undecided(data) is still


@settings(deadline=None)
@given(st.binary(max_size=64), st.integers(0, 64))
def test_who_has_sent_enough_is_decided(data: bytes, cut: int) -> None:
    assert not undecided(data + b"x" * 16)
    if b"\n" in data:
        assert not undecided(data)
    foreigner(data[:cut])  # of any bytes it makes something


def test_the_http_answer_is_one() -> None:
    foreign = foreigner(b"GET / HTTP/1.1\r\n")
    assert foreign is not None
    head, _, body = foreign.reply.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert f"Content-Length: {len(body)}".encode() in head
