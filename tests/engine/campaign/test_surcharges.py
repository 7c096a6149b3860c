"""What grows upon a fine that is paid too late, as a rule of numbers (行政处罚法 72)."""

from hypothesis import given
from hypothesis import strategies as st

from engine.campaign.clock_file import Accrual
from engine.campaign.surcharges import grown

FINES = st.integers(0, 10**9)
DAYS = st.integers(0, 4_000)


@given(FINES, DAYS)
def test_it_grows_with_the_days_and_never_above_the_fine(fine: int, days: int) -> None:
    amount, most = grown(fine, Accrual(3, 100), days)
    assert (most, grown(fine, Accrual(3, 100), 0)[0]) == (fine, 0)
    assert amount <= grown(fine, Accrual(3, 100), days + 1)[0] <= fine
    assert amount == (fine if days >= 34 else round(fine * 3 * days / 100, 2)), "full after 34 days"


@given(FINES, DAYS)
def test_a_rule_without_an_end_grows_on(fine: int, days: int) -> None:
    assert grown(fine, Accrual(100, 0), days) == (fine * days, None)
