"""Outbox: one's own lines that the server has not confirmed yet, oldest first."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto

from msgspec import Struct

from client.buffers import Buffer
from client.messages import Kind


class Stage(Enum):
    """How far a line has come."""

    WAITING = auto()  # never sent
    SENT = auto()
    UNCERTAIN = auto()  # sent, and the connection was lost: the past of the room will tell


class Parcel(Struct, eq=False):
    """One message on its way.

    Attributes:
        label: its name between client and server (labeled-response).
        key: of its entry in the buffer.
        nick: what one was called when it was sent.
    """

    label: str
    buffer: Buffer
    key: int
    kind: Kind
    text: str
    reply_to: str = ""
    nick: str = ""
    stage: Stage = Stage.WAITING


class Outbox:
    """Parcels by their labels, in the order they were written."""

    __slots__ = ("_parcels",)

    def __init__(self) -> None:
        self._parcels: dict[str, Parcel] = {}

    def __len__(self) -> int:
        return len(self._parcels)

    def __iter__(self) -> Iterator[Parcel]:
        return iter(tuple(self._parcels.values()))

    def add(self, parcel: Parcel) -> None:
        """Take a parcel in."""
        self._parcels[parcel.label] = parcel

    def get(self, label: str) -> Parcel | None:
        """Return the parcel of a label."""
        return self._parcels.get(label)

    def drop(self, parcel: Parcel) -> None:
        """Forget a parcel: it is confirmed, refused or discarded."""
        self._parcels.pop(parcel.label, None)

    def of(self, buffer: Buffer, *stages: Stage) -> list[Parcel]:
        """Return the parcels for a buffer that are at one of these stages."""
        return [p for p in self if p.buffer is buffer and p.stage in stages]

    def sent(self) -> Iterator[Parcel]:
        """Yield what is on its way at the moment."""
        return (parcel for parcel in self if parcel.stage is Stage.SENT)

    def interrupt(self) -> None:
        """The connection is lost: nobody knows what has arrived."""
        for parcel in self.sent():
            parcel.stage = Stage.UNCERTAIN
