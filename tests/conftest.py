"""What tests share."""

import pytest

from sunhwan import _core


@pytest.fixture
def threads():
    """Sets the number of threads; it is as before when the test ends."""
    before = _core.num_threads()
    yield _core.set_num_threads
    _core.set_num_threads(before)
