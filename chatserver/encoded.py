"""Encoded: events as bytes for many, and who of those gets something else."""

from collections.abc import Mapping, Set
from types import MappingProxyType

from msgspec import Struct


class Encoded(Struct, frozen=True):
    """Bytes for all who share a dialect.

    `aside` are the keys of those who have to make their own, `own` has them ready for others.
    """

    data: bytes
    aside: Set[str] = frozenset()
    own: Mapping[str, bytes] = MappingProxyType({})
