"""Whom a leak is compared with. Fixed before the leak is read, or the bound means nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wenxing.errors import SuspectsError

HIGHEST = 2**32 - 1


@dataclass(frozen=True, eq=False)
class Suspects:
    """Different recipient numbers in ascending order, at least one.

    Make it with `of` or `parse`, which check.

    Attributes:
        numbers: a range of step 1, or an int64 array.
    """

    numbers: range | NDArray[np.int64]

    @classmethod
    def of(cls, whom: int | Iterable[int]) -> "Suspects":
        """Everybody from 1 to a count, or the numbers given; duplicates count once.

        Raises:
            SuspectsError: nobody, or a number outside 1 … 2**32 − 1.
        """
        if isinstance(whom, int | np.integer):
            if not 1 <= whom <= HIGHEST:
                raise SuspectsError(f"The number of suspects must be within 1 … {HIGHEST}, not {whom}.")
            return cls(range(1, int(whom) + 1))
        if isinstance(whom, range) and whom.step == 1 and whom and whom[0] >= 1 and whom[-1] <= HIGHEST:
            return cls(whom)
        return cls._explicit([_valid(number) for number in whom])

    @classmethod
    def parse(cls, text: str) -> "Suspects":
        """The numbers in `text`, one a line. Blank lines do not count; duplicates count once.

        A text of one line means that one recipient, never a count.

        Raises:
            SuspectsError: a line that is no recipient number (the message gives the line), or nobody.
        """
        numbers = []
        for at, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
            digits = line.strip()
            if not digits:
                continue
            if not (digits.isascii() and digits.isdigit() and 1 <= int(digits[:20]) <= HIGHEST):
                raise SuspectsError(f"Line {at} of the suspects is not a number within 1 … {HIGHEST}.")
            numbers.append(int(digits))
        return cls._explicit(numbers)

    @classmethod
    def _explicit(cls, numbers: list[int]) -> "Suspects":
        if not numbers:
            raise SuspectsError("There is nobody among the suspects: give at least one recipient number.")
        return cls(np.unique(np.array(numbers, np.int64)))

    def __len__(self) -> int:
        return len(self.numbers)

    def __repr__(self) -> str:
        return f"Suspects({len(self)})"

    def portions(self, size: int) -> Iterator[range | NDArray[np.int64]]:
        """The numbers in ascending portions of at most `size`; consecutive ones as a range."""
        for start in range(0, len(self), size):
            portion = self.numbers[start : start + size]
            if not isinstance(portion, range) and portion[-1] - portion[0] == len(portion) - 1:
                portion = range(int(portion[0]), int(portion[-1]) + 1)
            yield portion


def _valid(number: object) -> int:
    if isinstance(number, bool) or not isinstance(number, int | np.integer):
        raise SuspectsError("A suspect is a recipient number, a whole one.")
    if not 1 <= number <= HIGHEST:
        raise SuspectsError(f"Suspect {number} is outside 1 … {HIGHEST}.")
    return int(number)
