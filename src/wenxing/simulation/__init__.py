"""Leaks made up from codewords: how often their makers are named, and how long a leak that takes.

For tests, benchmarks, `wenxing simulate` and for deciding about profiles. The error
rate of innocents needs no simulation, it is computed exactly (`codes.nulls`); the
trials check it by counting.

    strategies  how colluders mix their copies
    trials      leaks → accusations → rates
    lengths     how many sites name somebody in 99 of 100 leaks
"""

from wenxing.simulation.lengths import Length, length_needed
from wenxing.simulation.strategies import Strategy, information, worst_choice
from wenxing.simulation.trials import (
    ARITIES,
    Setting,
    Simulation,
    arities_of,
    catch_rate,
    leak_of,
    simulate,
)

__all__ = [
    "ARITIES",
    "Length",
    "Setting",
    "Simulation",
    "Strategy",
    "arities_of",
    "catch_rate",
    "information",
    "leak_of",
    "length_needed",
    "simulate",
    "worst_choice",
]
