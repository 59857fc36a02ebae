"""`sunhwan compare`: train the models of a task, and say how they did."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from sunhwan import _core
from sunhwan.cli.data import Data
from sunhwan.cli.display import NAME_WIDTH, Display, make_console
from sunhwan.cli.interrupts import Interrupts
from sunhwan.cli.options import Options
from sunhwan.cli.results import Results
from sunhwan.cli.table import print_lengths, print_models
from sunhwan.cli.tasks import SUMMARIES, find_task
from sunhwan.cli.training import Choice, train

INTERRUPTED = 130  # what shells say of a program that Ctrl-C ended


def compare(options: Options, folder: Path) -> int:
    """Do what `options` say, and put the files into `folder`; returns the exit code."""
    if options.threads is not None:
        _core.set_num_threads(options.threads)
    console = make_console()
    task = find_task(options.name)
    results = Results(options.name, task, {**asdict(options), "output": str(folder)})
    interrupted = False
    console.print(f"[bold]{options.name}[/]: {SUMMARIES[options.name]}")
    try:
        for length in options.lengths or (None,):
            _compare_models(console, options, results, length, folder)
        results.complete = True
    except KeyboardInterrupt:
        interrupted = True
    _finish(console, options, results, folder)
    if interrupted:
        kept = "what was finished is kept" if results.trained else "nothing was finished"
        console.print(f"interrupted; {kept}", style="yellow")
    return INTERRUPTED if interrupted else 0


def _compare_models(
    console: Console, options: Options, results: Results, length: int | None, folder: Path
) -> None:
    task = results.task
    if length is None:
        data = task.load(options.seed)
    else:
        assert task.load_length is not None
        data = task.load_length(options.seed, length)
    data = data.first(options.rows)
    results.add_data(length, data)
    if len(results.data) == 1:
        _introduce(console, data)
    choice = Choice(options.seed, options.epochs, options.batch_size)
    for name in options.models:
        title = name if length is None else f"{name}, {length}"
        display = Display(console, title)
        interrupts = Interrupts()
        try:
            with interrupts:
                callbacks = [display, interrupts]
                trained = train(name, task, data, choice, callbacks, folder, length)
        except KeyboardInterrupt:
            display.close()
            console.print(f"{title:{NAME_WIDTH}} stopped in {display.where()}, not kept")
            raise
        finally:
            display.close()
        results.trained.append(trained)
        results.write(folder / "results.json")
        test = task.score.show(trained.scores["test"])
        console.print(
            f"{title:{NAME_WIDTH}} {_count(trained.epochs, 'epoch')} in {trained.seconds:.1f} s, "
            f"{task.score.name} {test} on the test"
        )


def _introduce(console: Console, data: Data) -> None:
    rows = ", ".join(f"{len(part.y):,} {name}" for name, part in data.parts.items())
    console.print(f"{rows} rows; {_core.isa()}, {_count(_core.num_threads(), 'thread')}")


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _finish(console: Console, options: Options, results: Results, folder: Path) -> None:
    if not results.trained:
        return
    results.write(folder / "results.json")
    if options.lengths:
        print_lengths(console, results)
    else:
        print_models(console, results)
    if options.pictures:
        from sunhwan.cli.pictures import write_pictures

        results.pictures = write_pictures(results, folder)
        results.write(folder / "results.json")
    files = [*(one.file for one in results.trained), *results.pictures, "results.json"]
    console.print(f"in {folder}: {', '.join(files)}")
