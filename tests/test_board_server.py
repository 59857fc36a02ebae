"""What the board's server answers, and to whom it answers nothing."""

import http.client
import json
import re
import shutil
import time
from urllib.parse import urlsplit

import pytest
from board_case import MISSING, ask, recorded

from sunhwan.board.control import ask_to_stop, take_asked
from sunhwan.callbacks import Board

pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason=f"the board needs {MISSING}"),
    pytest.mark.filterwarnings("ignore::sunhwan.doctor.TrainingWarning"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("runs")
    recorded(place)
    shutil.copytree(place / "first", place.parent / "elsewhere")
    (place / "link").symlink_to(place.parent / "elsewhere")
    (place / "secret.txt").write_text("secret")
    (place.parent / "run.json").write_text('{"secret": 1}')
    return place


@pytest.fixture(scope="module")
def address(folder):
    from sunhwan.board import Shown

    shown = Shown(folder, browser=False, port=0)
    yield shown.address
    shown.close()


@pytest.fixture
def origin(address):
    return "http://" + urlsplit(address).netloc


def test_the_page_and_all_that_it_names(address):
    status, headers, body = ask(address)
    assert status == 200
    assert headers["content-type"].startswith("text/html")
    names = re.findall(r'(?:src|href)="([^"#:]+)"', body.decode())
    assert len(names) == 3
    seen = set()
    while names:
        name = names.pop()
        status, _, body = ask(address, name)
        assert status == 200, name
        seen.add(name)
        if name.endswith(".js") and "plotly" not in name:
            inner = re.findall(r'from "\./([^"]+)"', body.decode())
            found = {f"static/{other}" for other in inner}
            names += sorted(found - seen - set(names))
    assert {"static/words.js", "static/plotly.min.js", "static/histogram.js"} <= seen


def test_nothing_is_fetched_from_elsewhere(address):
    for name in ("", "static/board.js", "static/board.css", "static/charts.js"):
        body = ask(address, name)[2].decode().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"(https?:)?//[a-z]+\.[a-z]", body)


def test_the_runs_and_their_histograms(address):
    status, _, body = ask(address, "runs")
    (facts,) = json.loads(body)
    assert (status, facts["name"], facts["state"]) == (200, "first", "finished")
    assert "process" not in facts
    status, _, body = ask(address, "histograms?run=first&parameter=lstm/recurrent_kernel")
    assert sum(json.loads(body)[0]["update"][2]) == 6 * 24
    assert json.loads(ask(address, "histograms?run=first&parameter=nobody")[2]) == []


def test_events_bring_the_runs_and_the_lines(address):
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    connection.request("GET", f"{parts.path}events?run=first&run=nobody")
    answer = connection.getresponse()
    kinds = {}
    while len(kinds) < 5:
        line = answer.readline().decode()
        if line.startswith("event: "):
            event = line.split()[1]
            part = json.loads(answer.readline().decode().removeprefix("data: "))
            kinds["runs" if event == "runs" else part["kind"]] = part
    connection.close()
    assert kinds["runs"][0]["name"] == "first"
    assert sum(line["n"] for line in kinds["steps"]["lines"]) == 18
    assert kinds["messages"]["lines"][0]["words"]["ko"].startswith("한국어")


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("", {"host": "evil.example:6116"}),  # a name that was pointed to 127.0.0.1
        ("", {"host": ""}),
        ("", {"origin": "http://evil.example"}),
        ("", {"origin": "null"}),
        ("runs", {"origin": "http://localhost:1"}),
        ("runs", {"sec_fetch_site": "cross-site"}),
        ("runs", {"sec_fetch_site": "same-site"}),
        ("events?run=first", {"sec_fetch_site": "cross-site"}),
        ("", {"sec_fetch_site": "cross-site", "sec_fetch_dest": "iframe"}),
        ("static/board.js", {"sec_fetch_site": "cross-site", "sec_fetch_dest": "script"}),
    ],
)
def test_foreign_pages_get_nothing(address, path, headers):
    status, _, body = ask(address, path, **headers)
    assert (status, body) == (403, b"forbidden\n")


def test_a_link_elsewhere_may_open_the_page(address):
    assert ask(address, sec_fetch_site="cross-site", sec_fetch_dest="document")[0] == 200


@pytest.mark.parametrize("change", ["x", "", "wrong", "%00", "%C3%BC"])
def test_a_wrong_token_gets_nothing(address, change):
    parts = urlsplit(address)
    token = parts.path.strip("/")
    for wrong in {change, token + change + "x", token[:-1], token.swapcase()}:
        where = f"http://{parts.netloc}/{wrong}/runs"
        assert ask(where)[::2] == (403, b"forbidden\n")
    assert ask(f"http://{parts.netloc}/")[0] == 403
    assert ask(f"http://{parts.netloc}/runs")[0] == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_orders_without_an_origin_get_nothing(address, folder, method):
    assert ask(address, "stop", method, {"run": "first"})[0] == 403
    assert not take_asked(folder / "first").stop


OUTSIDE = ["..", ".", "../elsewhere", "link", "/etc", "first/../first", "%2e%2e", "secret.txt"]


@pytest.mark.parametrize("name", [*OUTSIDE, "", "nobody", "a\0b"])
def test_only_runs_in_the_folder_are_known(address, origin, name):
    query = name.replace("\0", "%00")
    status, _, body = ask(address, f"histograms?run={query}&parameter=lstm/kernel")
    assert (status, json.loads(body)) == (404, {"error": "no such run"})
    for path in ("stop", "learning_rate"):
        status, _, body = ask(address, path, "POST", {"run": name, "rate": 0.1}, origin=origin)
        assert (status, json.loads(body)) == (404, {"error": "no such run"})


@pytest.mark.parametrize(
    "path",
    [
        "static/../server.py", "static/..%2fserver.py", "static/%2e%2e/server.py", "../secret.txt",
        "static/server.py", "static//etc/passwd", "first/run.json", "static/", "secret.txt",
        "static/..%5cserver.py",
    ],
)  # fmt: skip
def test_no_file_of_the_system_is_served(address, path):
    assert ask(address, path)[0] in (403, 404)


def test_orders_of_the_page_reach_the_run(address, origin, folder):
    assert ask(address, "stop", "POST", {"run": "first"}, origin=origin)[0] == 200
    order = {"run": "first", "rate": 0.125}
    assert ask(address, "learning_rate", "POST", order, origin=origin)[0] == 200
    assert take_asked(folder / "first") == (True, 0.125)
    assert take_asked(folder / "first") == (False, None)


@pytest.mark.parametrize("rate", [0, -1, "0.1", None, [1], 1e999])
def test_learning_rates_that_are_none(address, origin, folder, rate):
    order = {"run": "first", "rate": rate}
    status, _, body = ask(address, "learning_rate", "POST", order, origin=origin)
    assert status == 400
    assert "learning_rate must be a number above 0" in json.loads(body)["error"]
    assert take_asked(folder / "first").learning_rate is None


@pytest.mark.parametrize("body", [None, [1], "x", {"run": 3}])
def test_orders_that_are_none(address, origin, body):
    assert ask(address, "stop", "POST", body, origin=origin)[0] == 404


def test_answers_protect_the_page(address):
    for path in ("", "runs", "static/board.js", "nothing"):
        headers = ask(address, path)[1]
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-eval" not in policy
        assert "script-src 'self';" in policy
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in headers
        assert "set-cookie" not in headers


def test_the_page_stops_a_training_and_changes_its_rate(tmp_path):
    import numpy as np

    import sunhwan as sh

    class Orders(sh.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            from sunhwan.board.control import ask_for_rate

            if epoch == 0:
                ask_for_rate(board.run, 0.5)
            if epoch == 2:
                ask_to_stop(board.run)
            time.sleep(0.26)  # it looks for orders four times a second

    board = Board(tmp_path, name="run")
    model = sh.Sequential([sh.layers.Dense(1)])
    model.compile("sgd", "mse")
    history = model.fit(
        np.zeros((8, 2)), np.zeros(8), epochs=50, verbose=0, callbacks=[Orders(), board]
    )
    assert len(history.epoch) == 3
    assert model.optimizer.learning_rate == 0.5
    text = (board.run / "messages.jsonl").read_text("utf-8")
    assert "learning rate set to 0.5 from the page" in text
    assert json.loads((board.run / "end.json").read_text())["state"] == "stopped"


def test_a_schedule_keeps_its_learning_rate(tmp_path):
    import numpy as np

    import sunhwan as sh
    from sunhwan.board.control import ask_for_rate

    class Orders(sh.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            ask_for_rate(board.run, 0.5)
            time.sleep(0.26)

    board = Board(tmp_path, name="run")
    model = sh.Sequential([sh.layers.Dense(1)])
    model.compile(sh.optimizers.SGD(sh.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)), "mse")
    model.fit(np.zeros((8, 2)), np.zeros(8), verbose=0, callbacks=[Orders(), board])
    assert "a schedule decides on it" in (board.run / "messages.jsonl").read_text("utf-8")
