"""Words for what a room is set to, and what was done to it: telnet's and the client's."""

from typing import Final

# What somebody did to a {room}, by the letter and whether it was set.
_DONE: Final = {
    ("o", True): "made {value} an operator of {room}",
    ("o", False): "took the rank of operator of {room} from {value}",
    ("v", True): "gave {value} a voice in {room}",
    ("v", False): "took the voice in {room} from {value}",
    ("b", True): "banned {value} from {room}",
    ("b", False): "lifted the ban of {value} from {room}",
    ("e", True): "excepted {value} from the bans of {room}",
    ("e", False): "took {value} off the exceptions to the bans of {room}",
    ("I", True): "invited {value} to {room} for good",
    ("I", False): "took {value} off those who are invited to {room} for good",
    ("k", True): "locked {room} with a key",
    ("k", False): "unlocked {room}",
    ("l", True): "limited {room} to {value} people",
    ("l", False): "took the limit of people from {room}",
    ("i", True): "closed {room} to all who are not invited",
    ("i", False): "opened {room} to all",
    ("m", True): "left speech in {room} to those with a voice",
    ("m", False): "let all speak in {room}",
    ("n", True): "closed {room} to words from outside",
    ("n", False): "opened {room} to words from outside",
    ("s", True): "made {room} secret",
    ("s", False): "made {room} known to all",
    ("t", True): "left the topic of {room} to its operators",
    ("t", False): "let all set the topic of {room}",
    ("C", True): "switched CTCP off in {room}",
    ("C", False): "switched CTCP on in {room}",
}
# What a room is, by the letters that are set.
_IS: Final = {
    "i": "only who is invited may come",
    "m": "only those with a voice may speak",
    "n": "only members may speak",
    "s": "only members know of it",
    "t": "only operators may set the topic",
    "C": "CTCP is off",
}


def done(room: str, letter: str, value: str, *, on: bool) -> str:
    """Return what somebody did to a room: `banned *!*@host from #den`."""
    words = _DONE.get((letter, on))
    if words is None or ("{value}" in words and not value):
        return f"set {'+' if on else '-'}{letter} {value}".rstrip() + f" on {room}"
    return words.format(room=room, value=value)


def fact(letter: str, value: str = "") -> str:
    """Return what a room is where a letter is set: `only members may speak`."""
    match letter:
        case "k":
            return f"the key is {value}" if value else "a key is needed"
        case "l":
            return f"there is room for {value} people"
    return _IS.get(letter, f"+{letter} {value}".rstrip() + " is set")
