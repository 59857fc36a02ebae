import os
import subprocess
import sys

import pytest

from sunhwan import _core


def import_under(isa: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", "from sunhwan import _core; print(_core.isa())"],
        env={**os.environ, "SUNHWAN_ISA": isa},
        capture_output=True,
        text=True,
        check=False,
    )


def test_environment_forces_the_instruction_set():
    forced = os.environ.get("SUNHWAN_ISA")
    if forced:
        assert _core.isa() == forced
    else:
        assert _core.isa() in {"baseline", "avx2", "avx512", "neon"}


def test_slowest_instruction_set_runs_everywhere():
    slowest = "neon" if _core.isa() == "neon" else "baseline"
    assert import_under(slowest).stdout.strip() == slowest


@pytest.mark.parametrize("name", ["mmx", "AVX2", "avx512 "])
def test_unknown_name_is_an_import_error(name):
    result = import_under(name)
    assert result.returncode == 1
    assert "ImportError: SUNHWAN_ISA must be one of" in result.stderr
    assert f"got '{name}'" in result.stderr
