"""The tokens of 005, and how many go on a line."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chatserver.irc.isupport import ChannelModes, Facts, changes, replies, tokens

FACTS = Facts(
    network="Chat",
    casemapping="ascii",
    prefixes={"o": "@", "v": "+"},
    channel_modes=ChannelModes("beI", "k", "l", "Cimnst"),
    list_entries=100,
    modes=6,
    targets={"JOIN": None, "PRIVMSG": 4, "WHOIS": 1},
    channels=20,
    monitored=100,
    history=500,
    away=301,
    channel=50,
    host=63,
    kick=302,
    nick=32,
    realname=128,
    topic=390,
    user=18,
    bot="B",
)


def test_every_fact_is_told() -> None:
    assert set(tokens(FACTS)) == {
        "AWAYLEN=301",
        "BOT=B",
        "CASEMAPPING=ascii",
        "CHANLIMIT=#:20",
        "CHANMODES=beI,k,l,Cimnst",
        "CHANNELLEN=50",
        "CHANTYPES=#",
        "CHATHISTORY=500",
        "ELIST=CMNTU",
        "EXCEPTS=e",
        "HOSTLEN=63",
        "INVEX=I",
        "KICKLEN=302",
        "MAXLIST=b:100,e:100,I:100",
        "MODES=6",
        "MONITOR=100",
        "MSGREFTYPES=msgid,timestamp",
        "NAMELEN=128",
        "NETWORK=Chat",
        "NICKLEN=32",
        "PREFIX=(ov)@+",
        "SAFELIST",
        "STATUSMSG=@+",
        "TARGMAX=JOIN:,PRIVMSG:4,WHOIS:1",
        "TOPICLEN=390",
        "USERLEN=18",
        "UTF8ONLY",
        "WHOX",
    }


def test_a_name_stands_once_and_in_order() -> None:
    names = [token.partition("=")[0] for token in tokens(FACTS)]
    assert names == sorted(set(names))
    assert all(re.fullmatch(r"[A-Z0-9./]{1,20}", name) for name in names)


def test_lists_that_a_channel_has_not_are_not_told() -> None:
    told = tokens(replace(FACTS, channel_modes=ChannelModes("b", "k", "l", "imnst")))
    assert {"MAXLIST=b:100", "CHANMODES=b,k,l,imnst"} <= set(told)
    assert {"EXCEPTS=e", "INVEX=I"}.isdisjoint(told)


def test_what_has_a_meaning_is_escaped_in_a_value() -> None:
    assert r"NETWORK=My\x20net\x3D\x5Cx20" in tokens(replace(FACTS, network=r"My net=\x20"))


def test_replies_have_at_most_13_tokens() -> None:
    lines = [reply.encode() for reply in replies(tuple("ABCDEFGHIJKLMN"), "irc.example", "bob")]
    assert lines == [
        ":irc.example 005 bob A B C D E F G H I J K L M :are supported by this server",
        ":irc.example 005 bob N :are supported by this server",
    ]


def test_no_token_is_no_reply() -> None:
    assert list(replies((), "irc.example", "*")) == []


@given(
    st.lists(st.text("Aé", min_size=1, max_size=150), max_size=40),
    st.text("s", min_size=1, max_size=63),
)
def test_replies_fit_into_a_message_and_lose_nothing(told: list[str], server: str) -> None:
    found = list(replies(tuple(told), server, "n" * 32))
    assert [token for reply in found for token in reply.params[1:-1]] == told
    assert all(len(f"{reply.encode()}\r\n".encode()) <= 512 for reply in found)
    assert all(1 <= len(reply.params) - 2 <= 13 for reply in found)


def test_a_reply_is_filled_to_its_last_byte() -> None:
    bare = ":irc.example 005 bob A :are supported by this server\r\n"
    last = "B" * (512 - len(bare) - len(" "))
    assert len(list(replies(("A", last), "irc.example", "bob"))) == 1
    assert len(list(replies(("A", last + "B"), "irc.example", "bob"))) == 2


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (("A=1", "B"), ("A=1", "B"), ()),
        (("A=1",), ("A=2",), ("A=2",)),
        (("A=1", "B"), ("A=1",), ("-B",)),
        (("A=1",), ("A",), ("A",)),
        (("A",), ("A", "C=1"), ("C=1",)),
    ],
)
def test_changes_are_told(
    before: tuple[str, ...], after: tuple[str, ...], told: tuple[str, ...]
) -> None:
    assert changes(before, after) == told
