"""Run the tour's notebooks anew and keep what comes out: `python docs/run_tour.py`.

Needs `nbclient` and `ipykernel` (the extra `dev`). Each notebook runs in its own language, in an
empty folder; nothing of the machine is kept.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

LANGUAGES = {"tour.ipynb": "en", "tour.ko.ipynb": "ko"}
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def run(path: Path, language: str) -> None:
    """Execute a notebook and write it back with its outputs alone."""
    notebook: Any = nbformat.read(path, as_version=4)
    os.environ["SUNHWAN_LANGUAGE"] = language
    with tempfile.TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute()
    notebook.metadata = METADATA
    for number, cell in enumerate(notebook.cells):
        cell.id, cell.metadata = f"cell-{number:02}", {}
        for output in cell.get("outputs", ()):
            if "metadata" in output:
                output.metadata = {}
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    for name, language in LANGUAGES.items():
        run(Path(__file__).with_name(name), language)
        print(name)
