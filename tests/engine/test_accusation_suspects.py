"""Lists of suspects."""

import numpy as np
import pytest

from wenxing.accusation import Suspects
from wenxing.errors import SuspectsError


def listed(suspects: Suspects) -> list[int]:
    return [int(number) for portion in suspects.portions(3) for number in portion]


def test_a_count_means_everybody_from_one() -> None:
    assert listed(Suspects.of(5)) == [1, 2, 3, 4, 5]
    assert len(Suspects.of(2**32 - 1)) == 2**32 - 1


def test_numbers_are_taken_once_each_in_order() -> None:
    for numbers in (
        [7, 3, 7, 3, 9],
        (9, 7, 3),
        {3, 7, 9},
        np.array([9, 3, 7, 7], np.uint32),
        iter([3, 7, 9]),
    ):
        suspects = Suspects.of(numbers)
        assert listed(suspects) == [3, 7, 9]
        assert len(suspects) == 3


def test_a_range_stays_a_range_and_a_stepped_one_is_listed() -> None:
    assert listed(Suspects.of(range(4, 9))) == [4, 5, 6, 7, 8]
    assert listed(Suspects.of(range(1, 10, 4))) == [1, 5, 9]
    assert len(Suspects.of(range(2, 2**32))) == 2**32 - 2


def test_portions_of_consecutive_numbers_are_ranges() -> None:
    portions = list(Suspects.of([5, 6, 7, 9, 20, 21]).portions(3))
    assert portions[0] == range(5, 8)
    assert isinstance(portions[1], np.ndarray)


def test_a_file_lists_one_number_a_line() -> None:
    assert listed(Suspects.parse("\ufeff12\r\n\r\n 3 \n4294967295\n12\n")) == [3, 12, 4294967295]


def test_a_file_of_one_line_means_that_one_recipient() -> None:
    assert listed(Suspects.parse("1000\n")) == [1000]


@pytest.mark.parametrize(
    "wrong", [0, -4, 2**32, [], [0], [1, -1], [2**32], [1.5], ["1"], [True], range(3), range(1, 1)]
)
def test_what_names_nobody_or_no_recipient_is_refused(wrong: object) -> None:
    Suspects.of([1])
    with pytest.raises(SuspectsError):
        Suspects.of(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong", ["5\nsix\n", "5\n-1", "5\n0", "5\n4294967296", "5\n1 2", "5\n1.0", "5\n４", "5\n" + "9" * 5000]
)
def test_a_line_that_is_no_number_is_refused_by_its_place(wrong: str) -> None:
    Suspects.parse("5\n6")
    with pytest.raises(SuspectsError, match="Line 2"):
        Suspects.parse(wrong)


@pytest.mark.parametrize("nobody", ["", "\n\n", "\ufeff", "  \n"])
def test_an_empty_file_is_refused(nobody: str) -> None:
    with pytest.raises(SuspectsError, match="nobody"):
        Suspects.parse(nobody)
