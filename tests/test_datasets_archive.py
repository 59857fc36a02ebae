"""Reading .npz files as data: what NumPy writes comes back, and nothing in a file is run."""

import io
import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from sunhwan.datasets._archive import read_npz


def lists(*rows):
    array = np.empty(len(rows), dtype=object)
    for place, row in enumerate(rows):
        array[place] = row
    return array


def object_header(shape):
    stream = io.BytesIO()
    header = {"descr": "|O", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(stream, header)
    return stream.getvalue()


def npz_of_members(path, **members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return path


def npz_of_pickle(path, payload, shape=(1,)):
    return npz_of_members(path, x=object_header(shape) + payload)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize(
    "array",
    [
        np.arange(7, dtype=np.int64),
        np.arange(24, dtype=np.uint8).reshape(2, 3, 4),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(5, dtype=">i4"),
        np.array(3.5, dtype=np.float32),
        np.zeros((0, 3)),
        np.array([True, False]),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_numbers_come_back(tmp_path, save, array):
    save(tmp_path / "a.npz", x=array, other=np.zeros(2))
    found = read_npz(tmp_path / "a.npz", ("x",))
    assert list(found) == ["x"]
    assert found["x"].dtype == array.dtype
    np.testing.assert_array_equal(found["x"], array)
    assert found["x"].shape == array.shape


def test_lists_and_arrays_of_numbers_come_back(tmp_path):
    rows = lists([1, 2**40, -3], [], np.array([4, 5], dtype=np.int32), [2**63 - 1])
    np.savez(tmp_path / "a.npz", x=rows)
    found = read_npz(tmp_path / "a.npz", ("x",))["x"]
    assert found.dtype == object
    assert found[0] == [1, 2**40, -3]
    assert found[1] == []
    np.testing.assert_array_equal(found[2], [4, 5])
    assert found[2].dtype == np.int32
    assert found[3] == [2**63 - 1]


@pytest.mark.parametrize("protocol", [3, 4])
@pytest.mark.parametrize("module", [b"numpy.core.multiarray", b"numpy._core.multiarray"])
def test_both_names_of_numpy_s_core_are_known(tmp_path, protocol, module):
    # Protocol 3 names modules in plain text, which makes an older NumPy's file easy to imitate.
    payload = pickle.dumps(lists([1, 2], [3]), protocol=protocol)
    if protocol == 3:
        payload = payload.replace(b"numpy._core.multiarray", module)
        payload = payload.replace(b"numpy.core.multiarray", module)
    found = read_npz(npz_of_pickle(tmp_path / "a.npz", payload, (2,)), ("x",))["x"]
    assert found.tolist() == [[1, 2], [3]]


class Bomb:
    def __init__(self, *call):
        self.call = call

    def __reduce__(self):
        return self.call[0], self.call[1:]


@pytest.mark.parametrize(
    "call",
    [
        (os.system, "touch bombed"),
        (eval, "open('bombed', 'w')"),
        (exec, "open('bombed', 'w')"),
        (open, "bombed", "w"),
        (getattr, "text", "upper"),
        (np.save, "bombed", np.zeros(1)),
        (np.load, "bombed"),
        (np.fromfile, "bombed"),
        (os.mkdir, "bombed"),
        (bytearray, 10),
        (dict,),
        (pickle.loads, pickle.dumps(1)),
    ],
    ids=lambda call: call[0].__name__,
)
@pytest.mark.parametrize("place", ["whole", "row", "word"])
def test_a_pickle_that_calls_something_is_refused(tmp_path, monkeypatch, call, place):
    monkeypatch.chdir(tmp_path)
    bomb = Bomb(*call)
    nested = {"whole": bomb, "row": lists([1], bomb), "word": lists([1, bomb])}[place]
    path = npz_of_pickle(tmp_path / "a.npz", pickle.dumps(nested, protocol=4), (2,))
    with pytest.raises(ValueError, match="only lists and NumPy arrays are admitted"):
        read_npz(path, ("x",))
    assert sorted(os.listdir(tmp_path)) == ["a.npz"]


def build(class_pickle, state):
    """GLOBAL, state, BUILD, STOP: give an admitted name a state of its own."""
    return class_pickle + pickle.dumps(state, protocol=2)[2:-1] + b"b."


@pytest.mark.parametrize(
    "payload",
    [
        pickle.dumps([[1, 2]]),
        pickle.dumps({"x": [1]}),
        pickle.dumps("text"),
        pickle.dumps(lists("text")),
        pickle.dumps(lists({"a": 1})),
        pickle.dumps(lists((1, 2))),
        pickle.dumps(lists(None)),
        pickle.dumps(lists(np.array(["text"]))),
        pickle.dumps(lists(np.zeros(2, dtype="datetime64[s]"))),
        pickle.dumps(lists(np.zeros(2, dtype=[("a", "i4")]))),
        pickle.dumps(np.zeros((1, 1), dtype=object)),
        pickle.dumps(lists([1]))[:-5],
        b"",
        b"cnumpy\nndarray\n.",
        b"cnumpy\ndtype\n.",
        b"cnumpy\nndarray\n)R.",
        b"cnumpy\ndtype\n(S'V9'\ntR.",
        b"cnumpy._core.multiarray\n_reconstruct\n(cnumpy\ndtype\n(I0\ntS'b'\ntR.",
        build(b"cnumpy._core.multiarray\n_reconstruct\n", {"__call__": 1}),
        build(b"cnumpy._core.multiarray\n_reconstruct\n", (None, {"__class__": 1})),
        build(b"cnumpy\nndarray\n", {"resolve": 1}),
        build(b"cnumpy\ndtype\n", (None, {"resolve": 1})),
        build(b"cnumpy\nndarray\n)R", ("a", "b")),
        build(b"cnumpy\nndarray\n)R", (1, (2**60,), None, False, [])),
        b"\x80\x04]\x94h\x00a.",  # a list that holds itself
    ],
)
def test_anything_but_an_array_of_lists_is_refused(tmp_path, payload):
    path = npz_of_pickle(tmp_path / "a.npz", payload)
    with pytest.raises(ValueError, match="could not be read"):
        read_npz(path, ("x",))


def test_refusals_leave_the_reader_as_it_was(tmp_path):
    test_anything_but_an_array_of_lists_is_refused(
        tmp_path, build(b"cnumpy\nndarray\n", {"resolve": 1})
    )
    test_lists_and_arrays_of_numbers_come_back(tmp_path)


FUZZ = """
import io, pickle, resource, sys
import numpy as np
from sunhwan.datasets._archive import read_npz
from tests_archive import lists, npz_of_members, object_header

# A changed byte can ask for tens of gigabytes, which must end in an error, not in the machine's.
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
whole = object_header((2,)) + pickle.dumps(lists([1, 300], [5]), protocol=4)
random = np.random.default_rng(0)
outcomes = {"read": 0, "refused": 0}
for _ in range(3000):
    payload = bytearray(whole)
    for _ in range(random.integers(1, 5)):
        payload[random.integers(len(payload))] = random.integers(256)
    try:
        found = read_npz(npz_of_members(io.BytesIO(), x=bytes(payload)), ("x",))["x"]
        assert isinstance(found, np.ndarray)
        outcomes["read"] += 1
    except ValueError:
        outcomes["refused"] += 1
print(outcomes["read"], outcomes["refused"])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="memory can be limited on POSIX only")
@pytest.mark.skipif(
    "asan" in os.environ.get("LD_PRELOAD", ""), reason="the address sanitizer needs its memory"
)
def test_a_file_with_changed_bytes_never_does_more_than_raise(tmp_path):
    (tmp_path / "tests_archive.py").write_bytes(Path(__file__).read_bytes())
    paths = os.pathsep.join([str(tmp_path), *sys.path])
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FUZZ],
        env={**os.environ, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    read, refused = map(int, run.stdout.split())
    assert read > 10  # changes of the numbers themselves
    assert refused > 1000


@pytest.mark.parametrize("cut", [0, 1, 30, 200, -30, -1])
def test_truncated_archives_are_refused(tmp_path, cut):
    path = tmp_path / "a.npz"
    np.savez(path, x=np.arange(1000), y=lists([1], [2]))
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ValueError, match=r"a\.npz must be an \.npz file, but it is damaged"):
        read_npz(path, ("x",))


def test_headers_that_promise_more_than_there_is_are_refused(tmp_path):
    stream = io.BytesIO()
    header = {"descr": "<f8", "fortran_order": False, "shape": (2**40,)}
    np.lib.format.write_array_header_1_0(stream, header)
    path = npz_of_members(tmp_path / "a.npz", x=stream.getvalue() + bytes(80))
    with pytest.raises(ValueError, match=r"must have 8,796,093,022,208 bytes, got 80"):
        read_npz(path, ("x",))
    payload = pickle.dumps(lists([1], [2]), protocol=4)
    path = npz_of_pickle(tmp_path / "b.npz", payload, (3,))
    with pytest.raises(ValueError, match=r"must have the shape \(3,\), got \(2,\)"):
        read_npz(path, ("x",))


def test_members_beyond_the_limit_are_not_unpacked(tmp_path, monkeypatch):
    np.savez_compressed(tmp_path / "a.npz", x=np.zeros(10_000))
    monkeypatch.setattr("sunhwan.datasets._archive._LIMIT", 1000)
    with pytest.raises(ValueError, match=r"x\.npy must have at most 1,000 bytes, got 80,128"):
        read_npz(tmp_path / "a.npz", ("x",))


def test_the_first_layout_that_is_whole_is_read_and_a_missing_one_is_named(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros(1), y=np.zeros(2))
    assert list(read_npz(tmp_path / "a.npz", ("x", "z"), ("y",))) == ["y"]
    with pytest.raises(ValueError, match="it must hold x, z, or w; it holds x, y"):
        read_npz(tmp_path / "a.npz", ("x", "z"), ("w",))


def test_strings_and_other_dtypes_are_refused(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.array(["달"]))
    with pytest.raises(ValueError, match="must hold numbers or lists, got dtype <U1"):
        read_npz(tmp_path / "a.npz", ("x",))
