"""The steps of scales: 1, 2, 5, 10, 20, 50 and so on, and the powers of ten below."""

from __future__ import annotations

import math

_SAME = 1e-12
"""A number above a step by no more of itself is that step, computed."""


def round_step(value: float) -> float:
    """Return the least of the steps that is not below a number; that of nothing is 1."""
    if value <= 0:
        return 1.0
    power = math.floor(math.log10(value))
    for number in (1, 2, 5, 10):
        # Below 1 a quotient of whole numbers, which is the number nearest to 0.2, not 2 times 0.1.
        step = float(number * 10**power) if power >= 0 else number / 10**-power
        if step >= value * (1 - _SAME):
            return step
    return 10.0 ** (power + 1)


def whole_step(value: float) -> int:
    """Return the least of the steps from 1 on that is not below a number."""
    return int(round_step(max(1.0, value)))
