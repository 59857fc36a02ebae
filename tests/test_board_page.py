"""The board's page in a real browser."""

import functools
import http.server
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from board_browser import DATA, NEEDS, PATIENCE, complaints, look, until
from board_case import recorded

import sunhwan as sh
from sunhwan.board.control import take_asked
from sunhwan.callbacks import Board

pytestmark = NEEDS


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("runs")
    recorded(place, "first")
    recorded(place, "second", rate=0.1)
    return place


@pytest.fixture(scope="module")
def address(folder):
    from sunhwan.board import Shown

    shown = Shown(folder, browser=False, port=0)
    yield shown.address
    shown.close()


def test_the_page_shows_a_run(browser, address):
    look(browser, address, charts=14)
    until(browser, DATA, "Loss by iteration", wanted=lambda data: len(data) == 3 and data[2]["y"])
    facts = browser.execute_script("return document.getElementById('facts').innerText")
    for text in ("Adam", "binary_crossentropy", "3 / 3"):
        assert text in facts
    epochs = browser.execute_script(DATA, "By epoch")
    assert [(one["name"], len(one["y"])) for one in epochs] == [("training", 3), ("validation", 3)]
    ratios = browser.execute_script(DATA, "Update / parameter")
    assert [one["name"] for one in ratios] == ["embedding", "lstm", "dense"]
    gates = browser.execute_script(DATA, "Gates: mean")
    assert [one["name"] for one in gates] == ["input", "forget", "candidate", "output"]
    reach = browser.execute_script(DATA, "How far back")
    assert [len(one["y"]) for one in reach] == [6]
    histogram = until(browser, DATA, "Histogram")
    assert sum(histogram[0]["y"]) == 8 * 24
    said = browser.execute_script("return document.getElementById('message-list').innerText")
    assert "Said in English." in said
    assert complaints(browser) == []


def test_runs_are_laid_over_each_other(browser, address):
    look(browser, address)
    browser.execute_script("document.querySelector('#runs input[data-run=first]').click()")
    data = until(browser, DATA, "Loss by iteration", wanted=lambda data: len(data) == 6)
    assert {one["name"] for one in data} >= {"first: smoothed", "second: smoothed"}
    ratios = until(browser, DATA, "Update / parameter", wanted=lambda data: len(data) == 6)
    assert [one["name"] for one in ratios] == 2 * ["embedding", "lstm", "dense"]


def test_the_graph_leads_to_the_charts_of_a_layer_with_the_keyboard(browser, address):
    look(browser, address)
    until(browser, "return document.querySelectorAll('#graph button').length === 3")
    graph = browser.execute_script("return document.getElementById('graph').innerText")
    for text in ("Embedding", "(?, 6, 8) · 400", "(?, 6) · 360", "(?, 1) · 7"):
        assert text in graph
    button = browser.find_element("css selector", "#graph button[data-layer=dense]")
    button.send_keys("\n")
    until(browser, "return document.getElementById('layer-title').textContent === 'dense'")
    assert button.get_attribute("aria-pressed") == "true"
    until(browser, DATA, "Histogram", wanted=lambda data: data and sum(data[0]["y"]) == 6)
    assert browser.execute_script(DATA, "Gates: mean") == []


def test_korean_and_dark(browser, address):
    look(browser, address, dark=True, language="ko-KR,ko")
    assert browser.execute_script("return document.documentElement.lang") == "ko"
    page = until(
        browser, "return document.body.innerText", wanted=lambda text: "한국어로 말합니다." in text
    )
    for text in ("학습 기록", "반복에 따른 손실", "층별 갱신 / 파라미터 비율", "끝남"):
        assert text in page
    ground = "return getComputedStyle(document.body).backgroundColor"
    assert browser.execute_script(ground) == "rgb(17, 21, 28)"
    assert complaints(browser) == []


@pytest.mark.parametrize("width", [320, 390, 768])
def test_narrow_pages_do_not_scroll_sideways(browser, address, width):
    look(browser, address, width=width, height=1200)
    until(browser, "return document.querySelectorAll('#graph button').length === 3")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


def test_all_controls_have_names(browser, address):
    look(browser, address)
    nameless = browser.execute_script(
        """return [...document.querySelectorAll('button, input, select, [role=img]')].filter(
        (one) => !(one.textContent.trim() || one.ariaLabel || one.labels?.length))
        .map((one) => one.outerHTML)"""
    )
    assert nameless == []


def test_a_training_is_watched_slowed_and_stopped_from_the_page(browser, tmp_path):
    from sunhwan.board import Shown

    class Slowly(sh.callbacks.Callback):
        def on_batch_end(self, batch, logs=None):
            time.sleep(0.02)

    model = sh.Sequential([sh.layers.Dense(1)])
    model.compile(sh.optimizers.SGD(0.5), "mse")
    board = Board(tmp_path, name="live")
    data = np.ones((32, 2)), np.zeros(32)
    training = threading.Thread(
        target=lambda: model.fit(*data, 8, epochs=100_000, verbose=0, callbacks=[board, Slowly()])
    )
    training.start()
    shown = Shown(tmp_path, browser=False, port=0)
    try:
        look(browser, shown.address)
        seen = "return document.getElementById('facts').innerText.match(/Steps\\n([\\d,]+)/)?.[1]"
        first = until(browser, seen)
        until(browser, seen, wanted=lambda steps: steps != first)
        rate = browser.find_element("id", "rate")
        rate.send_keys("0.25\n")
        until(browser, "return document.getElementById('messages').innerText.includes('0.25')")
        assert model.optimizer.learning_rate == 0.25
        stop = browser.find_element("id", "stop")
        stop.click()
        assert training.is_alive()
        stop.click()
        training.join(PATIENCE)
        assert not training.is_alive()
        state = "return document.querySelector('#runs .state').textContent"
        until(browser, state, wanted=lambda text: text == "stopped")
        assert not browser.find_element("id", "control").is_displayed()
    finally:
        model.stop_training = True
        training.join(PATIENCE)
        shown.close()


def test_a_foreign_page_gets_nothing(browser, address, folder, tmp_path):
    (tmp_path / "index.html").write_text("<!doctype html><title>foreign</title>")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format, *arguments):
            pass

    foreign = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=tmp_path)
    )
    threading.Thread(target=foreign.serve_forever, daemon=True).start()
    try:
        for host in ("127.0.0.1", "localhost"):
            browser.get(f"http://{host}:{foreign.server_port}/")
            got = browser.execute_async_script(ATTACK, address)
            assert got == {
                "runs": "refused", "opaque": 0, "post": "refused", "events": "refused",
                "script": "refused", "frame": "nothing",
            }  # fmt: skip
    finally:
        foreign.shutdown()
        foreign.server_close()
    assert take_asked(folder / "first") == (False, None)


# What a page could try that has learned the token.
ATTACK = (Path(__file__).parent / "board_attack.js").read_text(encoding="utf-8")
