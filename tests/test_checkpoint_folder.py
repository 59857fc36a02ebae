"""The folder of checkpoints: one process has it, disks are full, other files lie in it."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from backup_case import BATCHES, Interrupt, build, fit, interrupted

from sunhwan import callbacks
from sunhwan.callbacks import folder_lock

KEEPS = """
import sys
from pathlib import Path
from sunhwan.callbacks.folder_lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
lock.take()
print("taken", flush=True)
input()
"""


@pytest.mark.skipif(folder_lock.fcntl is None, reason="the system has no such locks")
def test_another_process_cannot_have_the_folder_until_the_first_is_gone(tmp_path):
    folder = tmp_path / "backup"
    keep, _ = interrupted(folder)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    other = subprocess.Popen([sys.executable, "-c", KEEPS, str(folder)], **pipes)
    assert other.stdout.readline() == b"taken\n"
    with pytest.raises(RuntimeError, match=f"in use by another process .{other.pid}.: wait for"):
        fit(build(), [keep])
    assert len(list(folder.glob("checkpoint-*"))) == 2
    other.send_signal(signal.SIGKILL)
    other.communicate()
    whole, model = build(), build()
    fit(whole)
    fit(model, [keep])
    assert all(map(np.array_equal, whole.get_weights(), model.get_weights()))
    assert not folder.exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_children_of_a_killed_process_do_not_keep_the_folder(tmp_path):
    folder = tmp_path / "backup"
    program = KEEPS.replace("lock.take()", "lock.take(); import os; os.fork()")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([sys.executable, "-c", program, str(folder)], **pipes) as other:
        said = other.stdout.read(2 * len(b"taken\n"))  # of both, in any order
        assert said.count(b"taken") == 2
        other.send_signal(signal.SIGKILL)
        os.waitpid(other.pid, 0)
        other.returncode = -signal.SIGKILL
        lock = folder_lock.FolderLock(folder)
        lock.take()
        lock.release()
        other.stdin.close()


def test_a_full_disk_ends_training_and_leaves_the_checkpoints(tmp_path):
    resource = pytest.importorskip("resource", reason="the system has no limits of files")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    class FillDisk(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if self.model._course.taken == BATCHES + 2:
                resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))

    keep = callbacks.BackupAndRestore(tmp_path / "backup", save_freq=1)
    try:
        with pytest.raises(OSError, match=r"00000007.safetensors could not be written"):
            fit(build(), [keep, FillDisk()])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    names = sorted(path.name for path in (tmp_path / "backup").iterdir())
    assert names == ["checkpoint-00000005.safetensors", "checkpoint-00000006.safetensors"]
    whole, model = build(), build()
    fit(whole)
    fit(model, [keep])
    assert all(map(np.array_equal, whole.get_weights(), model.get_weights()))


def test_files_of_others_stay_where_they_are(tmp_path):
    folder = tmp_path / "backup"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    (folder / "checkpoint-old.safetensors").write_text("mine too")
    keep = callbacks.BackupAndRestore(folder)
    with pytest.raises(KeyboardInterrupt):
        fit(build(), [keep, Interrupt(BATCHES + 1)])
    build().save(folder / "checkpoint-00000009.safetensors")
    whole, model = build(), build()
    fit(whole)
    with pytest.warns(UserWarning, match="00000009.safetensors holds a model, and no place in a"):
        fit(model, [keep])
    assert all(map(np.array_equal, whole.get_weights(), model.get_weights()))
    names = {path.name for path in folder.iterdir()}
    assert names >= {"notes.txt", "checkpoint-old.safetensors"}
    assert "lock" not in names


def test_a_folder_in_which_nothing_was_written_is_removed(tmp_path):
    keep = callbacks.BackupAndRestore(tmp_path / "a" / "backup")
    with pytest.raises(KeyboardInterrupt):
        fit(build(), [keep, Interrupt(1)])
    assert list((tmp_path / "a").iterdir()) == []
