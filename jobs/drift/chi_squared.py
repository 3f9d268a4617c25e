"""The χ² distribution, for a whole number of degrees of freedom. Pure.

The product itself needs no more of statistics than this; SciPy would be 140 MB in the job image.
"""

from math import erfc, exp, gamma, sqrt

_MOST_HALVINGS = 200


def chi_squared_quantile(degrees: int, significance: float) -> float:
    """The value that is exceeded with the probability `significance`, to about 14 digits.

    Args:
        degrees: of freedom, 1 to 1,000.
        significance: above 0 and below 1.
    """
    low, high = 0.0, float(degrees)
    while survival(high, degrees) > significance:
        low, high = high, 2 * high
    for _ in range(_MOST_HALVINGS):
        middle = (low + high) / 2
        if middle in {low, high}:
            break
        if survival(middle, degrees) > significance:
            low = middle
        else:
            high = middle
    return high


def survival(value: float, degrees: int) -> float:
    """The probability that a χ² variable exceeds a value.

    The upper incomplete gamma function of a half or whole number is a finite sum: DLMF 8.4.8 for
    even degrees of freedom; 8.4.6 with the recurrence 8.8.2 for odd ones.
    """
    half, odd = value / 2, degrees % 2 / 2
    term = exp(-half) * half**odd / gamma(1 + odd)
    total = erfc(sqrt(half)) if odd else 0.0
    for number in range(degrees // 2):
        total += term
        term *= half / (number + 1 + odd)
    return total
