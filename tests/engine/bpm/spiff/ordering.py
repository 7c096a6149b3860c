"""Orders on a case of the tests, and the sentence with which one is refused."""

import pytest

from engine.bpm.spiff import run
from engine.bpm.spiff.modify import Instruction
from engine.errors import Invalid


def order(case, *lines):
    """Carry out an order, as (do, element, further facts)."""
    made = [Instruction(do, element, **facts) for do, element, facts in (line if len(line) == 3 else (*line, {}) for line in lines)]
    return case.now_is(run.modify(case.model, case.at.state, made, case.now, case.world))


def refused(case, *lines):
    """The sentence with which an order is refused; the instance has not moved."""
    before = case.at
    with pytest.raises(Invalid) as found:
        order(case, *lines)
    assert case.at is before and found.value.en != found.value.message
    return found.value.message
