"""Encoded: events as bytes for many, and who of those gets something else."""

from collections.abc import Container, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class _Everyone(Container[str]):
    """Contains every key."""

    def __contains__(self, _: object) -> bool:
        return True


EVERYONE: Final[Container[str]] = _Everyone()


class Encoded(NamedTuple):
    """Bytes for all who share a dialect.

    `aside` are the keys of those who have to make their own, `own` has them ready for others.
    """

    data: bytes
    aside: Container[str] = ()
    own: Mapping[str, bytes] = MappingProxyType({})
