"""The pictures of `sunhwan.explain`: what is drawn, without warnings, light, dark and small."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from explain_case import series, texts_model, two_inputs

import sunhwan as sh
from sunhwan import explain, layers

matplotlib = pytest.importorskip("matplotlib", reason="needs the extra 'plot'")
matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")
ROW = np.array([0, 0, 5, 3, 11, 2])
WORDS = ["a $word$", "<b>", "x_1", "the\nend"]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def found():
    model = texts_model()
    floats = sh.Sequential([layers.Bidirectional(layers.SimpleRNN(3)), layers.Dense(1)])
    return {
        "memory": explain.memory([model], ROW[None]),
        "gates of words": explain.gates(model, ROW, words=WORDS),
        "gates of numbers": explain.gates(floats, series()[0]),
        "attribution of words": explain.attribution(model, ROW, words=WORDS),
        "attribution of numbers": explain.attribution(floats, series()[0]),
        "attribution of two inputs": explain.attribution(two_inputs(), [ROW, ROW]),
        "attention": explain.attention(two_inputs(), [ROW, ROW]),
        "states": explain.states(model, ROW, words=WORDS),
    }


def texts_of(figure):
    figure.canvas.draw()

    def shown(artist):
        return isinstance(artist, matplotlib.text.Text) and artist.get_visible()

    return [text.get_text() for text in figure.findobj(shown) if text.get_text()]


@pytest.mark.parametrize("style", ["default", "dark_background"])
def test_all_are_drawn_with_their_words_within_the_figure(found, style):
    for name, each in found.items():
        with plt.style.context(style):
            figure = each.plot()
            figure.canvas.draw()
        texts = {text.get_text() for text in figure.findobj(matplotlib.text.Text)}
        if "of words" in name or name == "states":
            assert {r"a \$word\$", "<b>", "x_1", "the end"} <= texts, name
        box = figure.get_tightbbox()
        width, height = figure.get_size_inches()
        assert min(box.x0, box.y0) > -0.1, name
        assert box.x1 < width + 0.1, name
        assert box.y1 < height + 0.1, name


@pytest.mark.parametrize("name", ["memory", "gates of words", "attribution of words", "attention"])
def test_a_given_figure_keeps_its_size_also_that_of_a_printed_column(found, name):
    size = [3.3, 6.0 if name.startswith("gates") else 2.6]
    figure = plt.figure(figsize=size, layout="constrained")
    assert found[name].plot(figure) is figure
    figure.canvas.draw()
    assert figure.get_size_inches().tolist() == size


def test_memory_draws_what_was_before_and_says_the_half_life():
    kinds = {"LSTM": layers.LSTM(3), "GRU": layers.GRU(3)}
    models = {name: sh.Sequential([layer, layers.Dense(1)]) for name, layer in kinds.items()}
    before = explain.memory(models, series())
    figure = explain.memory(models, series(), before=before).plot()
    lines = {line.get_label(): line for line in figure.axes[0].get_lines()}
    half = before.half_life["LSTM"]
    assert lines[f"LSTM, before: {half:.1f} steps"].get_linestyle() == "--"
    assert (
        lines[f"LSTM: {half:.1f} steps"].get_color()
        == lines[f"LSTM, before: {half:.1f} steps"].get_color()
    )
    np.testing.assert_allclose(lines[f"LSTM: {half:.1f} steps"].get_ydata(), before.median["LSTM"])


def test_part_of_the_steps_of_gates():
    gates = explain.gates(texts_model(), ROW, words=WORDS)
    texts = texts_of(gates.plot(steps=slice(1, 3)))
    assert "<b>" in texts
    assert "the end" not in texts
    with pytest.raises(ValueError, match=r"steps must leave at least one of 4, got slice\(9, None"):
        gates.plot(steps=slice(9, None))
    with pytest.raises(TypeError, match=r"steps must be a slice, such as slice\(0, 20\), got 3"):
        gates.plot(steps=3)


def test_heads_may_have_maps_of_their_own(found):
    titles = [axes.get_title("left") for axes in found["attention"].plot(heads=True).axes]
    assert titles[:3] == ["heads, head 1", "heads, head 2", "add"]
    titles = [axes.get_title("left") for axes in found["attention"].plot().axes]
    assert titles[:2] == ["heads", "add"]


def test_a_long_text_fits_into_a_given_figure():
    found = explain.attribution(texts_model(), np.arange(150) % 11 + 1)
    figure = plt.figure(figsize=(4, 2), layout="constrained")
    found.plot(figure)
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in figure.texts if text.get_visible()]
    assert len(boxes) > 100
    assert min(box.y0 for box in boxes) > -1  # a pixel


def test_states_are_numbered_by_their_steps():
    masked = sh.Sequential([layers.Masking(), layers.GRU(3), layers.Dense(1)])
    x = series()[0]
    x[:5] = 0
    axes = explain.states(masked, x).plot().axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["5", "6", "7", "8"]


def test_many_words_are_thinned_out():
    ids = np.arange(300) % 11 + 1
    figure = explain.gates(texts_model(), ids).plot()
    labels = [text for text in texts_of(figure) if text.isdigit()]
    assert len(labels) < 80


def korean_font():
    from sunhwan.explain import drawing

    return not drawing._families("한국어")[1]


def test_letters_that_no_font_has_are_named():
    from sunhwan.explain import drawing

    letters = "\U0010fffd"  # of private use: no font has it but that of boxes
    with pytest.warns(UserWarning, match=r"no installed font has the letters .*: boxes stand"):
        drawing.font(["film", letters])
    assert drawing.font(["film", "été", "“quoted”"]) == {}


@pytest.mark.skipif(not korean_font(), reason="no installed font has Korean letters")
def test_korean_is_written_everywhere():
    model = texts_model()
    named = sh.Sequential([layers.LSTM(3, name="기억"), layers.Dense(1)])
    words = ["좋은", "“영화”", "였다", "정말…"]
    found = explain.attribution(model, ROW, words=words)
    drawn = [
        explain.memory({"단순": named}, series(), before=explain.memory({"단순": named}, series())),
        explain.gates(model, ROW, words=words),
        explain.states(model, ROW, words=words),
        explain.gates(sh.Sequential([layers.Bidirectional(named.layers[0])]), series()[0]),
        explain.states(named, series()[0]),
        found,
        explain.Attribution([replace(found.parts[0], name="문장")] * 2, 1.0, 0.0, 0, 1, 0.0, 32),
        explain.Attention({"주목": np.eye(4)[None]}, {"주목": words}, {"주목": words}),
    ]
    for each in drawn:
        texts_of(each.plot())  # a letter without a font is a warning, so an error


def test_the_page_escapes_and_colours_words():
    page = explain.attribution(texts_model(), ROW, words=WORDS)._repr_html_()
    assert "<b>" not in page
    assert "&lt;b&gt;" in page
    assert page.count("<span style=") == 4 + 2  # the words, and what the colours mean
    assert "rgba(224, 101, 43" in page
    assert "rgba(47, 127, 214" in page
    flat = sh.Sequential([layers.LSTM(2, kernel_initializer="zeros"), layers.Dense(1)])
    assert "nan" not in explain.attribution(flat, series()[0])._repr_html_()


def test_without_matplotlib_the_numbers_are_there_and_plot_says_what_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    gates = explain.gates(texts_model(), ROW)
    with pytest.raises(ImportError, match=r"pip install 'sunhwan\[plot\]'"):
        gates.plot()
