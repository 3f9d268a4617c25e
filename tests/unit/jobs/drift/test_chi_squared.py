import pytest
from scipy.special import chdtrc, chdtri

from jobs.drift.chi_squared import chi_squared_quantile, survival

DEGREES = [1, 2, 3, 4, 5, 9, 10, 11, 49, 50, 51, 1000]


@pytest.mark.parametrize("degrees", DEGREES)
@pytest.mark.parametrize("significance", [0.5, 0.05, 1e-3, 1e-4 / 3, 1e-9])
def test_quantiles_are_those_of_scipy(degrees, significance):
    quantile = chi_squared_quantile(degrees, significance)
    assert quantile == pytest.approx(chdtri(degrees, significance), rel=1e-9)


@pytest.mark.parametrize("degrees", DEGREES)
@pytest.mark.parametrize("value", [0.0, 0.1, 1.0, 12.5, 80.0])
def test_probabilities_are_those_of_scipy(degrees, value):
    assert survival(value, degrees) == pytest.approx(chdtrc(degrees, value), rel=1e-12, abs=1e-300)


def test_a_table_s_value():
    assert chi_squared_quantile(10, 0.05) == pytest.approx(18.307, abs=5e-4)
