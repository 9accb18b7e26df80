"""What is logged of a fault: where it happened and of which kind, but not with which values.

An exception's own text often holds what was being worked on (that of `int("a secret")` does), and
what people say is never logged.
"""

import traceback


def trace(error: BaseException) -> str:
    """Return the stacks of an error and of what caused it, oldest first, without their texts."""
    parts: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        parts.append(f"{''.join(traceback.format_tb(cause.__traceback__))}{type(cause).__name__}")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "\n".join(reversed(parts))


def masked(data: bytes) -> str:
    """Return input without what was said: each letter and digit is an x."""
    return repr(bytes(0x78 if byte >= 0x80 or chr(byte).isalnum() else byte for byte in data))
