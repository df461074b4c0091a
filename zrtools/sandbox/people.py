"""Whose number is whose: the people who get simulated messages, each told from its number and back.

Written twice, on whole columns for the traffic and on one number for the calls; a test holds both together.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Ints = np.ndarray[Any, np.dtype[np.int64]]
    Floats = np.ndarray[Any, np.dtype[np.float64]]
    Flags = np.ndarray[Any, np.dtype[np.bool_]]

__all__ = ["CARRIER_IDS", "CARRIER_NAMES", "CARRIER_SHARES", "CATEGORY_CODES", "FATES", "People"]

CARRIER_IDS = ("101", "103", "105", "106")
CARRIER_NAMES = ("AU", "NTT Docomo", "Softbank", "楽天モバイル")
CARRIER_SHARES = (0.284, 0.372, 0.224, 0.112, 0.008)
"""au, docomo, SoftBank, Rakuten Mobile, and those of whom no carrier is known."""

CATEGORY_CODES = ("721", "732", "821", "823", "824", "833", "834")
FATES: dict[str, str] = {f"0{category}": category for category in CATEGORY_CODES}
"""Last four digits of a number -> the category with which a message sent to it through the API fails."""

_MASK = (1 << 64) - 1
_STEP, _ONE, _TWO = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_SPREAD = 38_119_721
_FIRST = 10_000_000
"""Japan gives out no number with a 0 after 090, 080, 070 or 060."""
_NUMBERS = 9 * _FIRST
_GATHER = pow(_SPREAD, -1, _NUMBERS)
_BOUNDS = tuple(sum(CARRIER_SHARES[: n + 1]) for n in range(4))
_STALE = (0.016, 0.014, 0.018, 0.024, 0.2)
"""Of all numbers of a carrier, how many are out of service sooner or later."""
_PREFIXES = (90, 80, 70, 60)
_PREFIX_BOUNDS = (0.4, 0.75, 0.97)
_DAYS_OUT, _DAYS_BACK = 560, 500


def _unit(value: int, salt: int) -> float:
    """Turn a whole number into an evenly spread one from 0 to 1, always the same (splitmix64)."""
    z = (value + salt * _STEP) & _MASK
    z = ((z ^ (z >> 30)) * _ONE) & _MASK
    z = ((z ^ (z >> 27)) * _TWO) & _MASK
    return float((z ^ (z >> 31)) >> 11) / float(1 << 53)


def _units(values: Ints, salt: int) -> Floats:
    import numpy as np

    z = values.astype(np.uint64) + np.uint64((salt * _STEP) & _MASK)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(_ONE)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(_TWO)
    z ^= z >> np.uint64(31)
    return (z >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def _position(bounds: tuple[float, ...], chance: float) -> int:
    return sum(chance > bound for bound in bounds)


class People:
    """`count` people who get messages; beyond them stand numbers that belong to nobody any more."""

    def __init__(self, *, root: int, today: date, messages_per_day: int) -> None:
        # odd, so that steps of a power of two meet every person before they meet one again
        self.count = max(2_000, messages_per_day * 14) | 1
        self._shift = root % 99_999_989
        self._today = today

    # whole columns

    def phones(self, person: Ints) -> Ints:
        """Give each person a number of its own: 81, the prefix, eight digits of which the first is no 0."""
        import numpy as np

        prefix = np.array(_PREFIXES)[np.searchsorted(_PREFIX_BOUNDS, _units(person, 15))]
        return 810_000_000_000 + prefix * 10 * _FIRST + _FIRST + (person * _SPREAD + self._shift) % _NUMBERS

    def carriers(self, person: Ints) -> Ints:
        """Say on which carrier each is, 4 for none that is known."""
        import numpy as np

        return np.searchsorted(_BOUNDS, _units(person, 14)).astype(np.int64)

    def out_of_service(self, person: Ints, day: date) -> Flags:
        """Say who cannot be reached under his number on a day: from some day on, a few of them for a while only."""
        import numpy as np

        doomed = _units(person, 11) < np.array(_STALE)[self.carriers(person)]
        age = (day - self._today).days
        since = _units(person, 12) * _DAYS_OUT - _DAYS_BACK
        returned = (_units(person, 13) < 0.12) & (age > since + 45)
        return (doomed & (age >= since) & ~returned) | (person >= self.count)

    # one number

    def person_of(self, number: str) -> int | None:
        """Find whose number it is, None when it is nobody's here; `number` is in its +81 form."""
        if len(number) != 13:
            return None
        place = int(number[5:]) - _FIRST
        if place < 0:
            return None
        person = (place - self._shift) * _GATHER % _NUMBERS
        known = person < 2 * self.count
        return (
            person
            if known and _PREFIXES[_position(_PREFIX_BOUNDS, _unit(person, 15))] == int(number[3:5])
            else None
        )

    def carrier_of(self, number: str) -> int:
        """Say on which carrier a number is, never unknown."""
        person = self.person_of(number)
        carrier = 4 if person is None else _position(_BOUNDS, _unit(person, 14))
        if carrier == 4:
            carrier = _position(_BOUNDS[:3], _unit(int(number[1:]), 91) * _BOUNDS[3])
        return carrier

    def gone_since(self, number: str, day: date) -> int | None:
        """Say when a number went out of service, in days from today, if it is so on that day; None if it is not."""
        person = self.person_of(number)
        if person is None:
            return None
        since = _unit(person, 12) * _DAYS_OUT - _DAYS_BACK
        if person >= self.count:
            return int(since) - _DAYS_OUT + _DAYS_BACK
        age = (day - self._today).days
        doomed = _unit(person, 11) < _STALE[_position(_BOUNDS, _unit(person, 14))]
        returned = _unit(person, 13) < 0.12 and age > since + 45
        return int(since) if doomed and age >= since and not returned else None

    def fate_of(self, number: str, day: date) -> str | None:
        """Say how a message sent to a number through the API ends: a failure category, or None for delivered.

        The last four digits decide where `FATES` names them, then whether the number is out of service; of all
        others one in twenty-five fails, always alike.
        """
        if category := FATES.get(number[-4:]):
            return category
        if self.gone_since(number, day) is not None:
            return "732"
        chance = _unit(int(number[1:]), 92) * 25
        return CATEGORY_CODES[int(chance * len(CATEGORY_CODES))] if chance < 1 else None
