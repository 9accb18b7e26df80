"""Signatures: by its first bytes, who is that? People, or a program, and which one."""

import re
from dataclasses import dataclass

# Long enough for every signature, and for a TLS record header.
_ENOUGH_BYTES = 16

_TLS_HANDSHAKE = 0x16  # RFC 8446 section 5.1: the content type of a ClientHello's record
_METHODS = rb"GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|PRI"
# Bytes that no keyboard, editor or shell sends on its own. BEL to CR and ESC it may be; telnet's
# commands are taken out first, and so is the NUL that telnet sends behind CR (RFC 854).
_PARAMETERS = rb"\xff\xfa(?:[^\xff]|\xff[^\xf0])*(?:\xff\xf0|\xff?\Z)"  # the end may be yet to come
_TELNET = re.compile(_PARAMETERS + rb"|\xff[\xfb-\xfe].|\xff.|\r\x00", re.DOTALL)
_JUNK = re.compile(rb"[\x00-\x06\x0e-\x14\x16\x18\x1a\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class Foreign:
    """Somebody who has the wrong number: what to say in their manner, and what to log."""

    what: str
    reply: bytes


_HTTP_BODY = b"This is a chat server, not a web server. Connect with telnet or nc.\r\n"
_HTTP_REPLY = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_HTTP_BODY), _HTTP_BODY)
)

# RFC 2812 section 3.1: a client introduces itself with PASS, NICK and USER; IRCv3 begins with CAP.
# One that only asks whether somebody is there sends a PING, or leaves at once with QUIT. No name of
# a person has a space in it. Empty lines before it are ignored (modern IRC, "Compatibility with
# incorrect software"), tags and a source may stand before it.
_IRC = re.compile(
    rb"[\r\n ]*(?:@[^\0\r\n ]+ +)?(?::[^\0\r\n ]+ +)?"
    rb"(?:(?:CAP|NICK|USER|PASS|PING) |QUIT :)",
    re.IGNORECASE,
)
# Each pattern is matched against the start of what has come; the first that fits is it.
_TABLE: tuple[tuple[re.Pattern[bytes], Foreign], ...] = (
    (re.compile(rb"(?:%s) [^\r\n]* HTTP/" % _METHODS), Foreign("HTTP", _HTTP_REPLY)),
    (re.compile(rb"(?:%s) /" % _METHODS), Foreign("HTTP", _HTTP_REPLY)),
    (
        re.compile(rb"SSH-"),
        Foreign("SSH", b"SSH is not spoken here; this is a chat server. Connect with telnet.\r\n"),
    ),
    # Where IRC is spoken, `is_irc` is asked first.
    (_IRC, Foreign("IRC", b"ERROR :IRC is not spoken here; connect with telnet or nc\r\n")),
)
_TLS = Foreign("TLS", b"")
_BINARY = Foreign("binary data", b"")
_WORDS = (
    *(b"CAP ", b"NICK ", b"USER ", b"PASS ", b"PING ", b"QUIT :", b"SSH-"),
    *(method + b" " for method in _METHODS.split(b"|")),
)


def foreigner(data: bytes) -> Foreign | None:
    """Return who this is, if it is nobody to chat with here. `data`: what came first, or a line."""
    if data[:1] == bytes((_TLS_HANDSHAKE,)):
        return _TLS
    for pattern, foreign in _TABLE:
        if pattern.match(data):
            return foreign
    if _JUNK.search(_TELNET.sub(b"", data)):
        return _BINARY
    return None


def is_irc(data: bytes) -> bool:
    """Whether an IRC client speaks. `data`: what came first, or a line."""
    return bool(_IRC.match(data))


def undecided(data: bytes) -> bool:
    """Whether more bytes may still make a program of it: no line is complete, but a word fits."""
    if b"\n" in data or len(data) >= _ENOUGH_BYTES:
        return False
    upper = data.upper()
    return any(word.startswith(upper) or upper.startswith(word) for word in _WORDS)
