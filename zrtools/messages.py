"""Message bodies: length, characters that can be sent, parts, and templates filled row by row.

Lengths count UTF-16 units, as SMS does: a character outside the basic plane (an emoji, 𠮷) counts two.
"""

from __future__ import annotations

from zrtools.errors import InputError

__all__ = ["LIMIT", "check"]

LIMIT = 660
"""The longest message that the service takes, in characters, full- and half-width alike."""


def check(message: str) -> str:
    """Give back a message that may be sent: text of 1 to 660 characters.

    Raises `InputError` that says how long it is.
    """
    if not isinstance(message, str):
        raise InputError(f"The message must be text, not {type(message).__name__}.")
    try:
        length = len(message.encode("utf-16-le")) // 2
    except UnicodeEncodeError as error:
        raise InputError(
            f"Character {error.start + 1} of the message is half of a character: paste the text again."
        ) from None
    if not length:
        raise InputError("The message is empty: write 1 to 660 characters.")
    if length > LIMIT:
        raise InputError(
            f"The message has {length} characters: shorten it by {length - LIMIT}, {LIMIT} are allowed."
        )
    return message
