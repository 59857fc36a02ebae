"""What tests share."""

import pytest
from hypothesis import settings

from sunhwan import _core

# How long an example takes says nothing on a machine that does other work too.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture
def threads():
    """Sets the number of threads; it is as before when the test ends."""
    before = _core.num_threads()
    yield _core.set_num_threads
    _core.set_num_threads(before)


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """A browser, the same one for all tests."""
    from board_browser import started

    driver = started(tmp_path_factory.mktemp("profile"))
    yield driver
    driver.quit()


@pytest.fixture(params=["native", "python"])
def loop(request, monkeypatch):
    """Decoding by the native loop, and by the one in Python."""
    from sunhwan.decode.decoder import Decoder

    closed = Decoder._closed
    if request.param == "python":
        monkeypatch.setattr(Decoder, "_closed", lambda *_: False)
        monkeypatch.setattr(Decoder, "_warn", lambda _: None)
    else:  # and it must be native indeed
        monkeypatch.setattr(
            Decoder, "_closed", lambda *given: closed(*given) or pytest.fail("not recorded")
        )
    return request.param
