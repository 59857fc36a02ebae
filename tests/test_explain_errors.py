"""What `sunhwan.explain` says of what it cannot explain, and of what it found."""

import numpy as np
import pytest
from explain_case import series, texts_model, two_inputs

import sunhwan as sh
from sunhwan import explain, layers


def test_what_cannot_be_explained_is_said():
    dense = sh.Sequential([layers.Flatten(), layers.Dense(1)])
    lstm = texts_model()
    for function in (explain.memory, explain.gates, explain.states):
        with pytest.raises(
            ValueError, match=r"needs a model with a recurrent layer .* got 'sequent"
        ):
            function(dense, series(1))
        with pytest.raises(TypeError, match="needs a Sequential or a Model, got 3"):
            function(3, series(1))
        with pytest.raises(ValueError, match=r"layer must be one of \['lstm'\], got 'lstn'"):
            function(lstm, np.array([[1, 2]]), layer="lstn")
    for function in (explain.gates, explain.states, explain.attribution, explain.attention):
        with pytest.raises(ValueError, match=r"one row at a time, got 2: pass one of them, x\[i\]"):
            function(lstm, np.array([[1, 2], [3, 4]]))
    with pytest.raises(ValueError, match="must hold ids from 0 to 11"):
        explain.gates(lstm, np.array([1, 12]))
    with pytest.raises(
        ValueError, match="words must be as many as the row's steps, 3, or 2 without"
    ):
        explain.gates(lstm, np.array([0, 1, 2]), words=["a"])
    with pytest.raises(TypeError, match="words must be a list of the row's words"):
        explain.gates(lstm, np.array([0, 1, 2]), words="ab")
    with pytest.raises(ValueError, match="unit must be below 3, the numbers of the output, got 3"):
        explain.attribution(lstm, np.array([1, 2]), unit=3)
    for output in ("other", ["dense"]):
        with pytest.raises(ValueError, match="output must be one of"):
            explain.memory(lstm, np.array([[1, 2]]), output=output)
    with pytest.raises(ValueError, match="baseline must be finite for input 'input', got nan"):
        explain.attribution(lstm, np.array([1, 2]), baseline=np.nan)
    with pytest.raises(ValueError, match="baseline must be a number or an array of shape"):
        explain.attribution(lstm, np.array([1, 2]), baseline=np.zeros(3))
    for step in ("a", True, 1.5):
        with pytest.raises(ValueError, match="step must be an integer, -1 for the last, got"):
            explain.attribution(lstm, np.array([1, 2]), step=step)
    for nothing in (np.array([], int), [], np.zeros(3, int)):
        for function in (explain.gates, explain.attribution):
            with pytest.raises(ValueError, match="at least one step that is not masked, got none"):
                function(lstm, nothing)
    with pytest.raises(ValueError, match="memory needs at least one row, got none"):
        explain.memory(lstm, np.zeros((0, 3), int))
    with pytest.raises(ValueError, match="models must hold at least one model, got none"):
        explain.memory([], np.array([[1, 2]]))
    with pytest.raises(TypeError, match="before must be what memory gave, got 3"):
        explain.memory(lstm, np.array([[1, 2]]), before=3)
    with pytest.raises(ValueError, match="needs a model with an Attention"):
        explain.attention(lstm, np.array([1, 2]))
    with pytest.raises(ValueError, match=r"layer must be one of \['heads', 'add'\], got 'x'"):
        explain.attention(two_inputs(), [np.array([1]), np.array([2])], layer="x")


def test_what_is_found_is_shown_in_a_line():
    found = explain.attribution(texts_model(), np.array([0, 5, 3]), words={5: "five"})
    assert repr(found).startswith(f"<Attribution of {found.prediction:.3f}: five ")
    assert "\n" not in repr(explain.states(texts_model(), np.array([5, 3])))
    assert repr(explain.attention(two_inputs(), [np.array([1, 2]), np.array([3])])) == (
        "<Attention: heads (2, 1, 2), add (1, 1, 2)>"
    )


def test_a_layer_that_runs_anew_at_each_step_is_said():
    inner = layers.TimeDistributed(layers.LSTM(3, name="words"), name="each")
    x = np.ones((2, 4, 5, 2))
    for function, rows in ((explain.memory, x), (explain.gates, x[0]), (explain.states, x[0])):
        alone = sh.Sequential([inner, layers.Flatten(), layers.Dense(1)])
        alone.build(x.shape)
        with pytest.raises(ValueError, match="'words' runs anew at each step of TimeDistributed"):
            function(alone, rows)
    model = sh.Sequential([inner, layers.GRU(3, name="above"), layers.Dense(1)])
    model.build(x.shape)
    assert list(explain.gates(model, x[0]).values) == ["above"]
    for name in ("words", "each"):
        with pytest.raises(ValueError, match="'words' runs anew at each step of TimeDistributed"):
            explain.gates(model, x[0], layer=name)
