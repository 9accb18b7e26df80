"""REHASH: other limits hold, and who is connected is told of them (modern IRC, REHASH and 005)."""

from chatserver.chat import requests
from chatserver.chat.answers import Refused
from chatserver.chat.deliveries import Lookup
from chatserver.chat.errors import NotReloaded
from chatserver.chat.recorder import Librarian
from chatserver.limits import Limits, Rate
from tests.irc.house import FREE, Client, IrcHouse
from tests.telnet.house import Guest


class Settings:
    """Reads settings at once: other limits, or a fault in them. Other questions it passes on."""

    def __init__(self, house: IrcHouse, found: Limits | NotReloaded) -> None:
        self.house = house
        self.found = found
        self.librarian = house._hub._librarian

    def look_up(self, lookup: Lookup) -> None:
        request = lookup.request
        if not isinstance(request, requests.Reload):
            assert self.librarian
            self.librarian.look_up(lookup)
            return
        assert isinstance(lookup.peer, Client)
        if isinstance(self.found, Limits):
            waiting = ("limits.clients", "port")
            self.house.submit(lookup.peer, requests.Govern(self.found, request, waiting))
        else:
            self.house.post([(lookup.peer, Refused(request, self.found))])


def rehash(found: Limits | NotReloaded, *caps: str) -> tuple[IrcHouse, Client]:
    house = IrcHouse()
    ada = house.client("ada", *caps, joins="#den")
    ada.lines("OPER root swordfish")
    librarian: Librarian = Settings(house, found)
    house._hub._librarian = librarian
    return house, ada


def test_other_limits_hold_and_what_waits_is_said() -> None:
    house, ada = rehash(Limits(rate=None, rooms_per_user=1, whowas=1))
    house.client("one").lines("QUIT")
    house.client("two").lines("QUIT")
    assert ada.lines("REHASH") == [
        ":chat.test 382 ada settings :Rehashing",
        ":chat.test NOTICE ada :limits.clients takes effect after a restart.",
        ":chat.test NOTICE ada :port takes effect after a restart.",
        ":chat.test 005 ada CHANLIMIT=#:1 :are supported by this server",
    ]
    assert ada.numerics("JOIN #two") == ["405"]
    assert ada.numerics("WHOWAS one") == ["406", "369"]
    assert ada.numerics("WHOWAS two") == ["314", "312", "369"]
    house.client("three").lines("QUIT")
    assert ada.numerics("WHOWAS two") == ["406", "369"]


def test_what_is_wrong_with_the_settings_is_told_and_changes_nothing() -> None:
    house, ada = rehash(NotReloaded("limits.nick is 0; it must be 1 to 64."))
    before = house.registry.roster.limits
    assert ada.lines("REHASH") == [
        ":chat.test 400 ada REHASH :limits.nick is 0; it must be 1 to 64."
    ]
    assert house.registry.roster.limits is before


def test_everybody_is_told_what_has_changed_of_the_features() -> None:
    house, ada = rehash(Limits(rate=None, nick=20, topic=100, multiline_lines=5))
    bob, tel, new = house.client("bob"), house.person("tel"), house.stranger()
    house.read_all()
    ada.lines("REHASH")
    assert bob.lines() == [
        ":chat.test 005 bob NICKLEN=20 TOPICLEN=100 :are supported by this server"
    ]
    assert tel.read() == b""
    assert new.lines() == []


def test_features_that_change_are_a_batch_to_who_knows_it() -> None:
    house, ada = rehash(Limits(rate=None, nick=20))
    bob = house.client("bob", "batch", "draft/extended-isupport")
    eva = house.client("eva", "draft/extended-isupport")
    ada.lines("REHASH")
    start, told, end = bob.lines()
    reference = start.split()[2][1:]
    assert start == f":chat.test BATCH +{reference} :draft/isupport"
    assert told == (
        f"@batch={reference} :chat.test 005 bob NICKLEN=20 :are supported by this server"
    )
    assert end == f":chat.test BATCH -{reference}"
    assert eva.lines() == [":chat.test 005 eva NICKLEN=20 :are supported by this server"]


def test_a_capability_with_another_value_is_new() -> None:
    house, ada = rehash(Limits(rate=None, multiline_bytes=4096))
    bob, old = house.client("bob", "batch"), house.client("old")
    ada.lines("REHASH")
    assert bob.lines() == [":chat.test CAP bob NEW :draft/multiline=max-bytes=4096,max-lines=100"]
    assert old.lines() == []


def test_nothing_is_told_where_nothing_has_changed() -> None:
    house, ada = rehash(FREE)
    bob = house.client("bob", "batch")
    assert ada.numerics("REHASH") == ["382", "NOTICE", "NOTICE"]
    assert bob.lines() == []


def test_what_has_changed_is_no_part_of_the_answer_with_a_label() -> None:
    _, ada = rehash(Limits(rate=None, nick=20), "batch", "labeled-response")
    told = ada.messages("@label=x REHASH")
    end = next(number for number, one in enumerate(told) if one.params[0].startswith("-"))
    inside, outside = told[: end + 1], [*told[end + 1 :]]
    assert "005" not in [one.command for one in inside]
    assert [one.command for one in outside] == ["005"]
    assert "batch" not in outside[0].tags


def test_another_rate_holds_for_who_is_connected() -> None:
    house = IrcHouse(Limits(rate=Rate(lines_burst=2, lines_per_second=0.01)))
    ada = house.client("ada")
    assert ada.numerics(*["PING x"] * 10) == ["PONG"] * 2
    govern(house, ada, Limits(rate=Rate(lines_burst=5, lines_per_second=1)))
    assert ada.numerics() == ["PONG"] * 5
    house.wait(1)
    assert ada.numerics() == ["PONG"]
    govern(house, ada, Limits(rate=None))
    assert ada.numerics() == ["PONG"] * 2
    assert ada.numerics(*["PING x"] * 30) == ["PONG"] * 30
    govern(house, ada, Limits(rate=Rate(lines_burst=3)))
    assert ada.numerics(*["PING x"] * 30) == ["PONG"] * 3


def test_another_rate_holds_for_people_too() -> None:
    house = IrcHouse(Limits(rate=Rate(lines_burst=2, lines_per_second=0.01)))
    tel = house.person("tel")
    house.wait(1000)
    tel.send("/me 1\r\n/me 2\r\n/me 3\r\n/me 4\r\n")
    assert b"me 3" not in tel.read()
    govern(house, tel, Limits(rate=None))
    assert b"* tel 4" in tel.read()


def govern(house: IrcHouse, guest: Guest, limits: Limits) -> None:
    """Let other limits hold, as the worker says that has been told."""
    house.house.config = house.configure(limits)
    guest.session.govern(house.now)
    house.settle(guest)
