from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election import law
from election.faults import WrongInput


@given(st.booleans(), st.integers(1, 9), st.integers(1, 9), st.integers(0, 10_000))
def test_needed_is_the_smallest_that_meets(strict, num, den, of):
    if num > den or (strict and num == den):
        return
    rule = law.threshold(f"{'>' if strict else '>='} {num}/{den}")
    needed = rule.needed(of)
    assert rule.met(needed, of)
    assert needed == 0 or not rule.met(needed - 1, of)


@given(st.integers(1, 5000))
def test_exactly_half_is_never_more_than_half(n):
    assert not law.threshold("> 1/2").met(n, 2 * n)
    assert law.threshold(">= 1/2").met(n, 2 * n)


def test_comparison_is_written_in_whole_numbers():
    assert law.threshold("> 1/2").comparison(55, 58) == "2*55 > 58"
    assert law.threshold(">= 4/5").comparison(40, 50) == "5*40 >= 4*50"
    assert str(law.threshold(" ≥ 2/3 ")) == ">= 2/3"


@pytest.mark.parametrize("text", ["1/2", "> 0/2", "> 1/0", "> 3/2", "> 1/1", "> half", "", "> 0.5"])
def test_what_is_no_threshold(text):
    with pytest.raises(WrongInput, match=r".+"):
        law.threshold(text)


@pytest.mark.parametrize("text", ["> 1/5", "2/1", "1/0", "20%"])
def test_what_is_no_share(text):
    with pytest.raises(WrongInput, match="share"):
        law.share(text)
