"""Files from a server on this machine: kept, checked, unpacked."""

import functools
import hashlib
import http.server
import io
import tarfile
import threading
import zipfile
from pathlib import Path
from typing import ClassVar

import pytest

from sunhwan.datasets import DownloadError, _download
from sunhwan.utils import get_file
from sunhwan.utils.unpack import unpack

CONTENT = b"First Citizen: before we proceed any further, hear me speak."


class Quiet(http.server.SimpleHTTPRequestHandler):
    asked: ClassVar[list[str]] = []

    def do_GET(self):
        self.asked.append(self.path)
        super().do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setattr(_download, "_PAUSE", 0.0)
    monkeypatch.setenv("SUNHWAN_CACHE", str(tmp_path / "cache"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    served = tmp_path / "served"
    served.mkdir()
    (served / "text.txt").write_bytes(CONTENT)
    with tarfile.open(served / "texts.tar.gz", "w:gz") as archive:
        archive.add(served / "text.txt", "deep/text.txt")
    with zipfile.ZipFile(served / "texts.zip", "w") as archive:
        archive.writestr("deep/text.txt", CONTENT)
    with tarfile.open(served / "evil.tar", "w") as archive:
        info = tarfile.TarInfo("../../evil.txt")
        info.size = len(CONTENT)
        archive.addfile(info, io.BytesIO(CONTENT))
    Quiet.asked = []
    handler = functools.partial(Quiet, directory=str(served))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_is_downloaded_once(home, tmp_path):
    path = get_file("shakespeare.txt", f"{home}/text.txt")
    assert Path(path) == tmp_path / "cache" / "datasets" / "shakespeare.txt"
    assert Path(path).read_bytes() == CONTENT
    assert get_file("shakespeare.txt", origin=f"{home}/text.txt") == path
    assert Quiet.asked == ["/text.txt"]
    get_file("shakespeare.txt", f"{home}/text.txt", force_download=True)
    assert len(Quiet.asked) == 2
    other = get_file(origin=f"{home}/text.txt", cache_dir=tmp_path / "own", cache_subdir="sub")
    assert Path(other) == tmp_path / "own" / "sub" / "text.txt"


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_checksums(home, algorithm):
    digest = hashlib.new(algorithm, CONTENT).hexdigest()
    path = Path(get_file("a.txt", f"{home}/text.txt", file_hash=digest.upper()))
    path.write_bytes(b"damaged")
    get_file("a.txt", f"{home}/text.txt", file_hash=digest, hash_algorithm=algorithm)
    assert path.read_bytes() == CONTENT
    with pytest.raises(DownloadError, match="another checksum than expected"):
        get_file("b.txt", f"{home}/text.txt", md5_hash="0" * 32)
    with pytest.raises(ValueError, match="file_hash must be a checksum of md5"):
        get_file("b.txt", f"{home}/text.txt", file_hash="12")


@pytest.fixture(params=["this Python", "a Python without filters"])
def python(request, monkeypatch):
    if request.param != "this Python":
        monkeypatch.delattr(tarfile, "data_filter", raising=False)


@pytest.mark.usefixtures("python")
@pytest.mark.parametrize("name", ["texts.tar.gz", "texts.zip"])
def test_archives_are_unpacked_as_keras_names_them(home, tmp_path, name):
    folder = tmp_path / "cache" / "datasets"
    path = get_file(name, f"{home}/{name}", untar=True)
    assert Path(path) == folder / "texts_extracted"
    assert (Path(path) / "deep" / "text.txt").read_bytes() == CONTENT
    assert get_file(name, f"{home}/{name}", extract=True) == path
    assert Quiet.asked == [f"/{name}"]
    assert Path(get_file("texts", f"{home}/{name}", extract=True)) == folder / "texts"
    with pytest.raises(ValueError, match="there is a file of that name"):
        get_file(origin=f"{home}/{name}", extract=True)
    path = get_file(origin=f"{home}/{name}", extract=True, cache_subdir="other")
    assert Path(path) == tmp_path / "cache" / "other" / name
    assert (Path(path) / "deep" / "text.txt").is_file()


@pytest.mark.usefixtures("python")
@pytest.mark.parametrize("name", ["../../evil.txt", "deep/../../evil.txt", "link", "hard", "fifo"])
def test_nothing_is_put_elsewhere(tmp_path, name):
    kinds = {"link": tarfile.SYMTYPE, "hard": tarfile.LNKTYPE, "fifo": tarfile.FIFOTYPE}
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        for each in ("deep/first.txt", name, "link/evil.txt"):
            info = tarfile.TarInfo(each)
            info.type = kinds.get(each, tarfile.REGTYPE)
            info.linkname = str(tmp_path) if info.type == tarfile.SYMTYPE else "../../../etc/passwd"
            info.size = len(CONTENT) if info.isfile() else 0
            archive.addfile(info, io.BytesIO(CONTENT))
    with pytest.raises(ValueError, match=r"evil\.tar cannot be unpacked: '?"):
        unpack(tmp_path / "evil.tar", tmp_path / "in" / "out", "auto")
    assert not list(tmp_path.rglob("evil.txt"))
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.usefixtures("python")
def test_what_cannot_be_unpacked(home, tmp_path):
    with pytest.raises(ValueError, match="must be a tar or zip archive"):
        get_file("text.txt", f"{home}/text.txt", extract=True)
    with pytest.raises(ValueError, match="must be a zip archive"):
        get_file("texts.tar", f"{home}/texts.tar.gz", extract=True, archive_format="zip")
    with pytest.raises(ValueError, match="cannot be unpacked"):
        get_file("evil.tar", f"{home}/evil.tar", extract=True)
    assert not list(tmp_path.rglob("evil.txt"))
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("a.txt",), "origin must be an address .* got None"),
        (("a.txt", "file:///etc/passwd"), "origin must be an address"),
        (("../a.txt", "http://127.0.0.1/a"), "fname must be the name of a file"),
        ((None, "http://127.0.0.1/"), "fname must be the name of a file, .* got ''"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        get_file(*arguments)
    with pytest.raises(ValueError, match="archive_format must be"):
        get_file("a", "http://127.0.0.1/a", archive_format="rar")
