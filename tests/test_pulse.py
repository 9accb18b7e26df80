"""The pulse: who is silent too long is asked once, and given up if there is no sign of life."""

from chatserver.limits import Limits
from chatserver.pulse import Pulse

LIMITS = Limits(ping=120, dead=240)


def test_the_silent_are_asked_and_then_given_up() -> None:
    pulse = Pulse(1000.0)
    assert pulse.due(LIMITS) == 1120
    assert pulse.ask()
    assert pulse.due(LIMITS) == 1240
    assert not pulse.ask()


def test_any_sign_of_life_begins_anew() -> None:
    pulse = Pulse(1000.0)
    assert pulse.ask()
    pulse.beat(1130.0)
    assert pulse.due(LIMITS) == 1250
    assert pulse.ask()
    assert not pulse.ask()
