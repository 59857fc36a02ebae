"""The pool of threads: environment, limits, forks, exits, and equal bits."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

from sunhwan import _core

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such thing")
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has control groups")


def run(code: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def activated(size: int = 300_000) -> bytes:
    x = np.random.default_rng(0).normal(size=size).astype(np.float32)
    y = np.empty_like(x)
    _core.activate(_core.ACTIVATIONS["tanh"], x, y)
    return y.tobytes()


def test_number_is_set_and_checked(threads):
    threads(3)
    assert _core.num_threads() == 3
    for wrong in (0, -2):
        with pytest.raises(ValueError, match=f"must be a positive integer, got {wrong}"):
            threads(wrong)
    with pytest.raises(TypeError):
        threads("two")
    assert _core.num_threads() == 3


def test_same_bits_on_any_number(threads):
    results = set()
    for count in (1, 2, 3, 8):
        threads(count)
        results.add(activated())
    assert len(results) == 1


PRINT_NUMBER = "from sunhwan import _core; print(_core.num_threads())"


def test_environment_sets_the_number():
    assert run(PRINT_NUMBER, SUNHWAN_NUM_THREADS="5").stdout.strip() == "5"


@pytest.mark.parametrize("wrong", ["0", "-1", "many", "2.5", "3 "])
def test_wrong_environment_is_an_import_error(wrong):
    result = run(PRINT_NUMBER, SUNHWAN_NUM_THREADS=wrong)
    expected = f"SUNHWAN_NUM_THREADS must be a positive integer, got '{wrong}'"
    assert f"ImportError: {expected}" in result.stderr


@linux
def test_affinity_limits_the_default():
    code = f"import os; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]); {PRINT_NUMBER}"
    assert run(code, SUNHWAN_NUM_THREADS="").stdout.strip() == "1"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


class TestControlGroups:
    """Hierarchies of both versions, laid out in a folder."""

    def quota(self, folder):
        return _core.control_group_quota(str(folder / "membership"), str(folder / "root"))

    def test_version_two(self, tmp_path):
        write(tmp_path / "membership", "0::/user/app\n")
        write(tmp_path / "root/user/app/cpu.max", "max 100000\n")
        assert self.quota(tmp_path) == 0
        write(tmp_path / "root/user/cpu.max", "350000 100000\n")
        assert self.quota(tmp_path) == 3.5
        write(tmp_path / "root/user/app/cpu.max", "150000 100000\n")
        assert self.quota(tmp_path) == 1.5
        write(tmp_path / "root/cpu.max", "50000 100000\n")
        assert self.quota(tmp_path) == 0.5

    def test_version_one(self, tmp_path):
        write(tmp_path / "membership", "5:memory:/app\n4:cpu,cpuacct:/app\n3:cpuset:/other\n")
        write(tmp_path / "root/cpu/app/cpu.cfs_quota_us", "-1\n")
        write(tmp_path / "root/cpu/app/cpu.cfs_period_us", "100000\n")
        assert self.quota(tmp_path) == 0
        write(tmp_path / "root/cpu/cpu.cfs_quota_us", "200000\n")
        write(tmp_path / "root/cpu/cpu.cfs_period_us", "100000\n")
        assert self.quota(tmp_path) == 2

    def test_group_mounted_as_root(self, tmp_path):
        # In a container the path names the host's hierarchy, and the mount shows the group itself.
        write(tmp_path / "membership", "0::/docker/0123abcd\n")
        write(tmp_path / "root/cpu.max", "200000 100000\n")
        assert self.quota(tmp_path) == 2

    def test_nothing_there(self, tmp_path):
        assert self.quota(tmp_path) == 0
        write(tmp_path / "membership", "nonsense\n::\n0::\n")
        assert self.quota(tmp_path) == 0


USE_POOL = """
import numpy as np
from sunhwan import _core
_core.set_num_threads(4)
x = np.ones(300_000, np.float32)
def use():
    y = np.zeros_like(x)
    _core.activate(1, x, y)
    assert np.all(y == np.tanh(np.float32(1))) or np.allclose(y, np.tanh(1.0))
use()
"""


@posix
def test_a_fork_starts_anew():
    code = (
        USE_POOL
        + """
import os, threading
busy = threading.Thread(target=lambda: [use() for _ in range(200)])
busy.start()
for _ in range(20):
    child = os.fork()
    if child == 0:
        for _ in range(5):
            use()
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
busy.join()
use()
print("done")
"""
    )
    result = run(code)
    assert result.stdout.strip() == "done", result.stderr


def test_exit_with_a_kernel_running():
    code = (
        USE_POOL
        + """
import threading
def forever():
    while True:
        use()
for _ in range(3):
    threading.Thread(target=forever, daemon=True).start()
print("done")
"""
    )
    for _ in range(5):
        result = run(code)
        assert result.returncode == 0, result.stderr
        assert result.stdout.strip() == "done"


def test_calls_from_several_python_threads(threads):
    threads(4)
    expected = activated()
    wrong = []

    def use():
        for _ in range(30):
            if activated() != expected:
                wrong.append(True)

    callers = [threading.Thread(target=use) for _ in range(5)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert not wrong


@posix
def test_idle_threads_sleep():
    code = (
        USE_POOL
        + """
import time
for _ in range(100):
    use()
time.sleep(0.05)
before = time.process_time()
time.sleep(0.5)
print(time.process_time() - before)
"""
    )
    assert float(run(code).stdout) < 0.05
