"""Figures on the board: kept in the record, served to the page alone, and nothing else is."""

import json

import numpy as np
import pytest
from board_case import MISSING, ask

import sunhwan as sh
from sunhwan import explain, layers
from sunhwan.board import pictures
from sunhwan.callbacks import Board

pytest.importorskip("matplotlib", reason="needs the extra 'plot'").use("Agg")
served = pytest.mark.skipif(bool(MISSING), reason=f"the board needs {MISSING}")
PNG = b"\x89PNG\r\n"


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    """A trained network whose memory is on the board."""
    model = sh.Sequential([layers.SimpleRNN(3), layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.ones((8, 5, 2), np.float32)
    board = Board(tmp_path_factory.mktemp("runs"), name="first")
    with pytest.raises(RuntimeError, match="none has begun"):
        board.picture("memory", explain.memory(model, x).plot())
    model.fit(x, np.ones(8), verbose=0, callbacks=[board])
    board.picture("memory, after", explain.memory(model, x).plot())
    return board


def test_a_picture_is_kept_and_replaced(board):
    assert pictures.names(board.run) == ["memory, after"]
    before = pictures.stamps(board.run)
    model = sh.Sequential([layers.GRU(3, name="gru")])
    figure = explain.states(model, np.ones((4, 1), np.float32)).plot()
    figure.set_size_inches(40, 3)
    board.picture("memory, after", figure)
    assert pictures.names(board.run) == ["memory, after"]
    assert pictures.stamps(board.run) != before
    drawn = pictures.read(board.run, "memory, after")
    assert drawn.startswith(PNG)
    assert int.from_bytes(drawn[16:20], "big") <= pictures.INCHES * pictures.DOTS
    assert not [path for path in (board.run / "pictures").iterdir() if path.name[0] == "."]


def test_what_is_no_picture_is_refused(board):
    with pytest.raises(TypeError, match="figure must be a matplotlib figure, as plot"):
        board.picture("x", np.zeros(3))
    for name in ("", "../x", "a/b", ".x", 3):
        with pytest.raises(ValueError, match="name must begin with a letter or digit"):
            board.picture(name, explain.states)
    assert pictures.read(board.run, "../run") is None
    assert pictures.names(board.run / "nowhere") == []


def test_a_run_keeps_some_pictures_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "MOST", 1)
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "one.png").write_bytes(PNG)
    model = sh.Sequential([layers.GRU(3, name="gru")])
    figure = explain.states(model, np.ones((4, 1), np.float32)).plot()
    with pytest.raises(ValueError, match="a run keeps 1 pictures at most"):
        pictures.keep(tmp_path, "two", figure)
    pictures.keep(tmp_path, "one", figure)


@served
def test_the_page_gets_pictures_of_runs_and_nothing_else(board, tmp_path):
    from sunhwan.board import Shown

    secret = tmp_path / "secret.png"
    secret.write_bytes(b"secret")
    (board.run / "pictures" / "link.png").symlink_to(secret)
    (board.run / "pictures" / "notes.txt").write_text("secret")
    shown = Shown(board.folder, browser=False, port=0)
    try:
        runs = json.loads(ask(shown.address, "runs")[2])
        assert list(runs[0]["pictures"]) == ["memory, after"]
        status, headers, body = ask(shown.address, "picture?run=first&name=memory%2C%20after")
        assert (status, headers["content-type"]) == (200, "image/png")
        assert body.startswith(PNG)
        for query in (
            "run=first&name=link",
            "run=first&name=notes",
            "run=first&name=..%2Frun",
            "run=first&name=memory%2C%20after%00",
            "run=..&name=memory%2C%20after",
            "run=first",
            "",
        ):
            status, _, body = ask(shown.address, f"picture?{query}")
            assert status == 404, query
            assert b"secret" not in body
        assert ask(shown.address.replace("/?", "/wrong?"), "x")[0] in (403, 404)
    finally:
        shown.close()
