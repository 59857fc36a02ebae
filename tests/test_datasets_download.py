"""Downloading, from a server on this machine that is good, slow to recover, broken or hostile."""

import hashlib
import os
import re
import socket
import threading
import time

import pytest
from download_case import CONTENT, Server

from sunhwan.datasets import DownloadError, _download, _progress_line
from sunhwan.datasets._files import DataFile


@pytest.fixture
def server(monkeypatch, tmp_path):
    monkeypatch.setattr(_download, "_PAUSE", 0.0)
    monkeypatch.setenv("SUNHWAN_CACHE", str(tmp_path))
    monkeypatch.delenv("SUNHWAN_DATA", raising=False)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    running = Server()
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


def data_file(server, algorithm="sha256", content=CONTENT):
    home = f"http://127.0.0.1:{server.server_address[1]}/"
    digest = hashlib.new(algorithm, content).hexdigest()
    return DataFile("set", "file.npz", algorithm, digest, home)


def left_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("algorithm", ["sha256", "md5"])
def test_a_good_file_is_kept_and_used_again(server, tmp_path, algorithm):
    file = data_file(server, algorithm)
    path = file.fetch("file.npz")
    assert path == tmp_path / "datasets" / "file.npz"
    assert path.read_bytes() == CONTENT
    assert file.fetch("file.npz") == path
    assert server.requests == [None]
    assert left_in(tmp_path) == ["file.npz"]


@pytest.mark.parametrize(
    "plan",
    [
        ["truncated"],
        ["truncated", "truncated", "truncated"],
        ["503", "429"],
        ["silent"],
        ["truncated", "503", "silent"],
        ["truncated", "whole"],
        ["truncated", "416"],
        ["truncated", "other part"],
        ["unsized"],
    ],
)
def test_what_passes_is_overcome(server, tmp_path, plan):
    server.plan = list(plan)
    assert data_file(server).fetch("file.npz").read_bytes() == CONTENT
    assert left_in(tmp_path) == ["file.npz"]


def test_a_broken_transfer_goes_on_where_it_ended(server):
    server.plan = ["truncated", "truncated"]
    data_file(server).fetch("file.npz")
    half = len(CONTENT) // 2
    half_of_rest = (len(CONTENT) - half) // 2
    assert server.requests == [None, f"bytes={half}-", f"bytes={half + half_of_rest}-"]


def test_a_later_call_goes_on_where_an_earlier_one_gave_up(server, tmp_path):
    server.plan = ["truncated"] * _download._ATTEMPTS
    file = data_file(server)
    with pytest.raises(DownloadError, match=r"the transfer broke off after .* of 300,001 bytes"):
        file.fetch("file.npz")
    assert left_in(tmp_path) == ["file.npz.part"]
    have = (tmp_path / "datasets" / "file.npz.part").stat().st_size
    assert 0 < have < len(CONTENT)
    assert file.fetch("file.npz").read_bytes() == CONTENT
    assert server.requests[-1] == f"bytes={have}-"
    assert left_in(tmp_path) == ["file.npz"]


def test_a_part_of_another_version_is_given_up(server, tmp_path):
    part = tmp_path / "datasets" / "file.npz.part"
    part.parent.mkdir()
    part.write_bytes(b"x" * 1000)
    assert data_file(server).fetch("file.npz").read_bytes() == CONTENT
    assert server.requests == ["bytes=1000-", None]


def test_a_wrong_file_is_refused_and_not_kept(server, tmp_path):
    server.plan = ["wrong"]
    file = data_file(server)
    with pytest.raises(DownloadError, match="300,001 bytes that came have another checksum"):
        file.fetch("file.npz")
    assert left_in(tmp_path) == []
    assert file.fetch("file.npz").read_bytes() == CONTENT


def test_more_bytes_than_told_or_than_the_limit_are_refused(server, tmp_path, monkeypatch):
    monkeypatch.setattr(_download, "_LIMIT", 200_000)
    for plan in (["good"], ["unsized"]):
        server.plan = plan
        with pytest.raises(DownloadError, match=r"more than .* bytes came"):
            data_file(server).fetch("file.npz")
        assert left_in(tmp_path) == ["file.npz.part"]
        (tmp_path / "datasets" / "file.npz.part").unlink()


def test_a_damaged_file_in_the_cache_is_replaced(server, tmp_path):
    file = data_file(server)
    path = file.fetch("file.npz")
    path.write_bytes(CONTENT[:1000])
    assert file.fetch("file.npz").read_bytes() == CONTENT
    path.write_bytes(b"short")
    server.plan = ["404"]
    with pytest.raises(DownloadError, match="where another file is now"):
        file.fetch("file.npz")


def test_a_refusal_is_not_asked_again(server):
    server.plan = ["404"]
    with pytest.raises(DownloadError, match="the server answered 404 Not Found"):
        data_file(server).fetch("file.npz")
    assert server.requests == [None]


def test_a_server_that_keeps_failing_is_given_up(server):
    server.plan = ["503"] * 10
    with pytest.raises(DownloadError, match="503 Service Unavailable, 4 times"):
        data_file(server).fetch("file.npz")
    assert len(server.requests) == 4


def test_offline_the_error_says_which_file_to_put_where(tmp_path, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("SUNHWAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("SUNHWAN_DATA", str(tmp_path / "data"))
    file = DataFile("set", "file.npz", "sha256", "0" * 64, f"http://127.0.0.1:{port}/")
    with pytest.raises(DownloadError) as caught:
        file.fetch("file.npz")
    message = str(caught.value)
    for part in (
        f"could not download file.npz from http://127.0.0.1:{port}/file.npz",
        f"put the file file.npz (SHA256 {'0' * 64})",
        str(tmp_path / "cache" / "datasets" / "file.npz"),
        "set/file.npz in a folder that the environment variable SUNHWAN_DATA names",
        f"not found: {tmp_path / 'data' / 'set' / 'file.npz'} and {tmp_path / 'data' / 'file.npz'}",
    ):
        assert part in message
    assert left_in(tmp_path) == []


def test_only_web_addresses_are_fetched(tmp_path):
    (tmp_path / "secret").write_text("x")
    with pytest.raises(DownloadError, match="the address must be of http or https"):
        _download.download(f"file://{tmp_path}/secret", tmp_path / "copy", lambda _: True)
    assert left_in(tmp_path) == ["secret"]


def test_a_folder_that_cannot_be_made_is_named(server, tmp_path, monkeypatch):
    (tmp_path / "taken").write_text("a file, not a folder")
    monkeypatch.setenv("SUNHWAN_CACHE", str(tmp_path / "taken"))
    with pytest.raises(DownloadError, match="SUNHWAN_CACHE names another folder"):
        data_file(server).fetch("file.npz")


def test_an_interrupt_keeps_the_part_for_the_next_call(server, tmp_path, monkeypatch):
    def interrupt(self, done):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(_progress_line.ProgressLine, "show", interrupt)
        with pytest.raises(KeyboardInterrupt):
            data_file(server).fetch("file.npz")
    assert left_in(tmp_path) == ["file.npz.part"]
    assert data_file(server).fetch("file.npz").read_bytes() == CONTENT
    assert server.requests[-1].startswith("bytes=")


def test_two_downloads_at_once_do_not_meet(server, tmp_path):
    file = data_file(server)
    failures = []

    def fetch():
        try:
            assert file.fetch("file.npz").read_bytes() == CONTENT
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=fetch) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert left_in(tmp_path) == ["file.npz"]


def test_parts_of_killed_processes_are_removed_after_a_day(server, tmp_path):
    folder = tmp_path / "datasets"
    folder.mkdir()
    for name, age in (("file.npz.0a.part", 90_000), ("file.npz.0b.part", 60)):
        (folder / name).write_bytes(b"x")
        then = time.time() - age
        os.utime(folder / name, (then, then))
    data_file(server).fetch("file.npz")
    assert left_in(tmp_path) == ["file.npz", "file.npz.0b.part"]


def test_copies_of_the_user_come_first_and_are_taken_as_they_are(server, tmp_path, monkeypatch):
    file = data_file(server)
    own = tmp_path / "data"
    (own / "set").mkdir(parents=True)
    monkeypatch.setenv("SUNHWAN_DATA", str(own))
    (own / "file.npz").write_bytes(b"flat")
    assert file.fetch("file.npz") == own / "file.npz"
    (own / "set" / "file.npz").write_bytes(b"deep")
    assert file.fetch("file.npz") == own / "set" / "file.npz"
    elsewhere = tmp_path / "mine.npz"
    elsewhere.write_bytes(b"mine")
    assert file.fetch(str(elsewhere)) == elsewhere
    assert server.requests == []
    assert file.fetch("other.npz") == tmp_path / "datasets" / "other.npz"
    assert file.fetch(tmp_path / "new" / "there.npz").read_bytes() == CONTENT
    assert (tmp_path / "new" / "there.npz").is_file()


def test_progress_is_one_line_without_a_terminal(server, capsys):
    data_file(server).fetch("file.npz")
    assert capsys.readouterr().err == "Downloading file.npz (0.3 MB)\n"


def test_progress_on_a_terminal_ends_at_the_whole(server, capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    data_file(server).fetch("file.npz")
    lines = capsys.readouterr().err.split("\r")
    assert re.match(r"Downloading file\.npz: 0\.3 of 0\.3 MB \(100%\), [\d.]+ MB/s +\n$", lines[-1])
