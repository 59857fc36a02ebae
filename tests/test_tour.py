"""The tour's two notebooks: they run whole, agree in their code, and keep nothing of a machine."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
NAMES = ("tour.ipynb", "tour.ko.ipynb")
MOST_BYTES = 1_000_000
SECONDS = 600  # a limit for a machine that is busy; the tour takes less than a minute

pytestmark = pytest.mark.skipif(not (DOCS / NAMES[0]).exists(), reason="docs/ is not here")


def cells_of(name, kind):
    cells = json.loads((DOCS / name).read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == kind]


def source(cell):
    text = cell["source"]
    return text if isinstance(text, str) else "".join(text)


def test_both_have_the_same_code_between_as_many_texts():
    english, korean = ([source(cell) for cell in cells_of(name, "code")] for name in NAMES)
    assert english == korean
    texts = [[source(cell) for cell in cells_of(name, "markdown")] for name in NAMES]
    assert len(texts[0]) == len(texts[1])
    for one, other in zip(*texts, strict=True):
        assert one.count("#") == other.count("#")
        assert re.findall(r"\$\$.*?\$\$", one) == re.findall(r"\$\$.*?\$\$", other)
        assert re.search("[가-힣]", other)


@pytest.mark.parametrize("name", NAMES)
def test_outputs_are_there_small_and_of_no_machine(name):
    path = DOCS / name
    assert path.stat().st_size < MOST_BYTES
    for cell in cells_of(name, "code"):
        assert cell["execution_count"], source(cell)
        for output in cell["outputs"]:
            assert output["output_type"] != "error"
            assert output.get("name") != "stderr", output["text"]
            data = {k: v for k, v in output.get("data", {}).items() if k != "image/png"}
            shown = json.dumps([output.get("text"), data])
            assert not re.search(r"/(tmp|home|root|work|Users)/|[A-Z]:\\\\|ipykernel", shown)


def test_links_lead_somewhere():
    for name in NAMES:
        for cell in cells_of(name, "markdown"):
            for link in re.findall(r"\]\(([^)#]+)", source(cell)):
                assert (DOCS / link).exists(), link


def as_program(cells):
    """The cells as one program, which shows what a notebook would show."""
    parts = [
        "def _show(value):",
        "    print(repr(value))",
        "    getattr(value, '_repr_html_', str)()",
    ]
    for cell in cells:
        tree = ast.parse(source(cell))
        last = tree.body[-1]
        if isinstance(last, ast.Expr):
            call = ast.Call(ast.Name("_show", ast.Load()), [last.value], [])
            tree.body[-1] = ast.copy_location(ast.Expr(call), last)
        parts.append(ast.unparse(ast.fix_missing_locations(tree)))
    return "\n".join(parts)


def test_the_code_of_both_runs_whole_without_data_or_network(tmp_path):
    pytest.importorskip("matplotlib", reason="needs the extra 'plot'")
    (tmp_path / "tour.py").write_text(as_program(cells_of(NAMES[0], "code")), encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if key != "SUNHWAN_DATA"}
    environment |= {"MPLBACKEND": "Agg", "PYTHONUTF8": "1", "SUNHWAN_CACHE": str(tmp_path / "none")}
    done = subprocess.run(
        [sys.executable, "tour.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "of 60 sentences that it has never seen" in done.stdout
    error = dict(re.findall(r"(SimpleRNN|LSTM|zero) +error ([\d.]+)", done.stdout))
    assert float(error["LSTM"]) < float(error["zero"]) / 10
    assert float(error["SimpleRNN"]) > float(error["zero"]) / 2
    assert {path.name for path in (tmp_path / "runs").iterdir()} >= {"by heart", "with the cures"}
