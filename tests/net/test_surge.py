"""Whether what has come is the beginning of more; and that the hub then takes it together."""

from hypothesis import given
from hypothesis import strategies as st

from chatserver.chat import events, requests
from chatserver.chat.hub import Hub, Wish
from chatserver.chat.names import LOBBY
from chatserver.chat.registry import RoomRegistry
from chatserver.chat.surge import Surge
from chatserver.config import Limits
from tests.chat.test_hub import Guest, House, come


def after(*counts: int) -> Surge:
    surge = Surge()
    for count in counts:
        surge.note(count)
    return surge


def test_a_few_are_the_beginning_where_many_came_together_before() -> None:
    surge = after(64)
    assert surge.expects_more(16)
    assert surge.expects_more(47)
    assert not surge.expects_more(48)
    assert not surge.expects_more(400)


def test_nobody_waits_where_one_at_a_time_came_before() -> None:
    assert not Surge().expects_more(1)
    assert not after(1, 1, 1).expects_more(1)


def test_what_was_usual_fades() -> None:
    assert after(64, 16).expects_more(16)
    assert after(64, *[16] * 4).expects_more(16)
    assert not after(64, *[16] * 6).expects_more(16)


def test_after_a_silence_nobody_waits() -> None:
    surge = after(64)
    surge.end()
    assert not surge.expects_more(1)


def test_where_each_line_is_for_others_nobody_waits() -> None:
    surge = after(64)
    surge.told(64, 32)
    surge.told(1, 1)
    assert surge.expects_more(16)
    surge.told(64, 33)
    assert not surge.expects_more(16)


@given(st.lists(st.integers(0, 400), min_size=1))
def test_as_many_as_ever_came_are_never_too_few(counts: list[int]) -> None:
    assert not after(*counts).expects_more(max(counts))


class Crowd:
    """People in the lobby of a hub that is served by hand; while it waits, more may come."""

    def __init__(self, people: int, *, apart: bool = False) -> None:
        """`apart`: each in a room of their own."""
        self.house = House()
        self.meanwhile: list[int] = []  # how many speak in each wait
        self.waits = 0
        self.hub = Hub(RoomRegistry(Limits()), pause=self._pause)
        self.rooms: dict[Guest, str] = {}
        for number in range(people):
            guest, wishes = come(f"p{number}", self.house)
            room = f"#own{number}" if apart else LOBBY
            self.rooms[guest] = room
            self.hub.submit([wishes[0], (guest, requests.Join(room))])
        self.serve()
        self.be_silent()

    def _pause(self, _: float) -> None:
        self.waits += 1
        if self.meanwhile:
            self.say(self.meanwhile.pop(0))

    def say(self, count: int) -> None:
        speakers = list(self.rooms.items())[:count]
        wishes: list[Wish] = [(guest, requests.Say(room, "hello")) for guest, room in speakers]
        self.hub.submit(wishes)

    def be_silent(self) -> None:
        """Let nothing come for a while: the bell of what is done may ring once more."""
        assert self.serve() == 0
        assert self.serve() == 0

    def serve(self) -> int:
        """Let the hub take what is in line; return how many lines it has posted together."""
        self.house.posts.clear()
        self.hub._serve()
        return len(self.house.events(events.Said))


def test_the_rest_of_a_surge_is_taken_with_its_beginning() -> None:
    crowd = Crowd(people=16)
    crowd.say(16)
    assert (crowd.serve(), crowd.waits) == (16, 0)
    crowd.meanwhile = [0, 4, 6]
    crowd.say(4)
    assert (crowd.serve(), crowd.waits) == (14, 3)


def test_what_does_not_come_is_waited_for_a_few_times_only() -> None:
    crowd = Crowd(people=16)
    crowd.say(16)
    crowd.serve()
    crowd.say(2)
    assert (crowd.serve(), crowd.waits) == (2, 4)


def test_who_talk_in_rooms_of_their_own_do_not_wait_for_each_other() -> None:
    crowd = Crowd(people=16, apart=True)
    crowd.say(16)
    crowd.serve()
    crowd.say(4)
    assert (crowd.serve(), crowd.waits) == (4, 0)


def test_one_line_at_a_time_never_waits() -> None:
    crowd = Crowd(people=2)
    for _ in range(20):
        crowd.say(1)
        assert crowd.serve() == 1
    assert crowd.waits == 0


def test_who_speaks_after_a_silence_never_waits() -> None:
    crowd = Crowd(people=16)
    crowd.say(16)
    crowd.serve()
    crowd.be_silent()
    crowd.say(1)
    assert (crowd.serve(), crowd.waits) == (1, 0)


def test_a_stop_behind_a_beginning_ends_the_hub() -> None:
    crowd = Crowd(people=16)
    crowd.say(16)
    crowd.serve()
    crowd.say(1)
    crowd.hub.stop()
    crowd.house.posts.clear()
    assert not crowd.hub._serve()
    assert len(crowd.house.events(events.Said)) == 1
