"""What reaches the board's page: the doctor's words, pictures, searches, deep models."""

import json

import numpy as np
import pytest
from board_browser import DATA, NEEDS, complaints, look, until
from board_case import recorded

import sunhwan as sh
from sunhwan import explain, layers
from sunhwan.callbacks import Board

pytestmark = NEEDS
ALL = "return [...document.querySelectorAll('#runs input')].map((one) => one.checked)"


@pytest.fixture
def shown(tmp_path):
    from sunhwan.board import Shown

    board = Shown(tmp_path, browser=False, port=0)
    yield board
    board.close()


def test_what_the_doctor_finds_is_on_the_page(browser, shown, tmp_path):
    x = 1000 + np.random.default_rng(0).normal(size=(64, 4, 2)).astype(np.float32)
    model = sh.Sequential([layers.LSTM(3, name="lstm"), layers.Dense(1)])
    model.compile("sgd", "mse")
    board = Board(tmp_path, name="raw")
    with pytest.warns(sh.doctor.InputsNotNormalized) as told:
        model.fit(x, x[:, 0, 0], verbose=0, doctor="thorough", callbacks=[board])
    (finding,) = [one.message for one in told if one.category is sh.doctor.InputsNotNormalized]
    figures = finding.figures
    for language, words in (("en-US", finding.english), ("ko-KR,ko", finding.korean)):
        look(browser, shown.address, language=language)
        page = "return document.getElementById('message-list').innerText"
        said = words.format(**figures)
        until(browser, page, wanted=lambda text, said=said: said in text)
    style = "return document.querySelector('#message-list li').className"
    assert browser.execute_script(style) == "warning"
    assert complaints(browser) == []


def test_pictures_come_to_the_page_while_it_is_open(browser, shown, tmp_path):
    pytest.importorskip("matplotlib", reason="needs the extra 'plot'").use("Agg")
    x = np.random.default_rng(0).normal(size=(8, 5, 2)).astype(np.float32)
    model = sh.Sequential([layers.LSTM(3), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.build((None, 5, 2))
    before = explain.memory(model, x).plot()
    board = Board(tmp_path, name="run")
    model.fit(x, np.ones(8), verbose=0, callbacks=[board])
    look(browser, shown.address)
    assert not browser.find_element("id", "pictures").is_displayed()
    board.picture("memory before", before)
    board.picture("memory, after 기억", explain.memory(model, x).plot())
    sizes = """return [...document.querySelectorAll('#pictures img')].filter(
      (one) => one.complete && one.naturalWidth > 200).map((one) => one.alt)"""
    until(browser, sizes, wanted=lambda found: found == ["memory before", "memory, after 기억"])
    assert browser.find_element("id", "pictures").is_displayed()
    assert complaints(browser) == []


def test_trials_of_a_search_are_laid_over_each_other(browser, shown, tmp_path):
    pytest.importorskip("optuna", reason="needs the extra 'search'")

    def build(rate):
        model = sh.Sequential([layers.SimpleRNN(2, name="rnn"), layers.Dense(1, name="dense")])
        model.compile(sh.optimizers.SGD(rate), "mse")
        return model

    x = np.random.default_rng(0).normal(size=(48, 4, 1)).astype(np.float32)
    how = {"budget": 9, "epochs": 2, "verbose": 0, "board": tmp_path}
    sh.search(build, x, x.sum(1), {"rate": (1e-3, 1e-1, "log")}, **how)
    look(browser, shown.address)
    until(browser, ALL, wanted=lambda boxes: boxes == [True] + 8 * [False])
    button = browser.find_element("id", "all")
    assert button.text == "Show 9"
    button.click()
    until(browser, ALL, wanted=lambda boxes: boxes == 9 * [True])
    loss = until(browser, DATA, "Loss by iteration", wanted=lambda data: len(data) == 27)
    names = {f"search-{number:04d}: smoothed" for number in range(9)}
    assert names <= {one["name"] for one in loss}
    epochs = until(browser, DATA, "By epoch", wanted=lambda data: len(data) == 18)
    assert all(len(one["y"]) == 2 for one in epochs)
    ratios = until(browser, DATA, "Update / parameter", wanted=lambda data: len(data) == 18)
    assert [one["name"] for one in ratios] == 9 * ["rnn", "dense"]
    browser.find_element("id", "filter").send_keys("0003")
    until(browser, ALL, wanted=lambda boxes: boxes == [True])
    assert complaints(browser) == []


def test_sixty_layers_with_korean_names(browser, shown, tmp_path):
    names = [f"순환층 {number}" for number in range(1, 60)]
    parts = [layers.SimpleRNN(2, return_sequences=True, name=name) for name in names]
    model = sh.Sequential([*parts, layers.Dense(1, name="출력")])
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(8, 3, 2)).astype(np.float32)
    board = Board(tmp_path, name="깊은 모델", every=1)
    model.fit(x, x[:, :, :1], 4, epochs=3, verbose=0, callbacks=[board])
    look(browser, shown.address)
    until(browser, "return document.querySelectorAll('#graph button').length === 60")
    ratios = until(browser, DATA, "Update / parameter", wanted=lambda data: len(data) == 60)
    assert [one["name"] for one in ratios] == [*names, "출력"]
    colors = """return new Set([...document.querySelectorAll('figure')].find((figure) =>
      figure.querySelector('figcaption').textContent.startsWith('Update')).querySelector(
      '.plot').data.map((one) => one.line.color)).size"""
    assert browser.execute_script(colors) > 55
    browser.find_element("css selector", "#graph button[data-layer='순환층 59']").click()
    title = "return document.getElementById('layer-title').textContent"
    until(browser, title, wanted=lambda text: text == "순환층 59")
    until(browser, DATA, "Histogram", wanted=lambda data: data and sum(data[0]["y"]) == 4)
    assert complaints(browser) == []


def test_a_record_of_a_newer_version_is_named(browser, shown, tmp_path):
    recorded(tmp_path, "mine")
    (tmp_path / "theirs").mkdir()
    head = {"format": 2, "created": "2999-01-01", "model": [1]}
    (tmp_path / "theirs" / "run.json").write_text(json.dumps(head))
    look(browser, shown.address, charts=0)
    runs = "return document.getElementById('runs').innerText"
    found = until(browser, runs, wanted=lambda text: "mine" in text)
    assert "theirs\nrecorded by a newer version" in found
    assert complaints(browser) == []
