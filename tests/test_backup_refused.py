"""Checkpoints that a training does not go on from: damaged ones, and those of other trainings."""

import numpy as np
import pytest
from backup_case import BATCHES, Interrupt, build, data, fit, interrupted

import sunhwan as sh
from sunhwan import callbacks, layers


def test_two_checkpoints_are_kept_and_are_files_of_weights(tmp_path):
    _, files = interrupted(tmp_path / "backup")
    numbers = [file.name for file in files]
    assert numbers == ["checkpoint-00000008.safetensors", "checkpoint-00000009.safetensors"]
    model = build(seed=9)
    model.load_weights(files[0])
    assert any(np.any(weight) for weight in model.get_weights())


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty"])
def test_a_damaged_checkpoint_falls_back_to_the_one_before(tmp_path, damage):
    whole = build()
    fit(whole)
    keep, files = interrupted(tmp_path / "backup")
    content = bytearray(files[1].read_bytes())
    if damage == "flipped":
        content[-5] ^= 64
    files[1].write_bytes(content[: {"cut": -9, "flipped": len(content), "empty": 0}[damage]])
    (tmp_path / "backup" / "checkpoint-00000010.safetensorsx.part").write_bytes(b"half")
    model = build()
    with pytest.warns(UserWarning, match="took checkpoint-00000008.safetensors"):
        fit(model, [keep])
    assert all(map(np.array_equal, whole.get_weights(), model.get_weights()))
    assert not (tmp_path / "backup").exists()


def test_no_whole_checkpoint_is_an_error(tmp_path):
    keep, files = interrupted(tmp_path / "backup")
    for file in files:
        file.write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"no checkpoint in .* can be read .*delete the folder"):
        fit(build(), [keep])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"units": 4}, "the layers: LSTM"),
        ({"added": [layers.Dropout(0.5)]}, "the layers: LSTM .*, Dropout"),
        ({"optimizer": "sgd"}, "the optimizer: Adam .* there, SGD"),
        ({"optimizer": sh.optimizers.Adam(0.5)}, "the learning rate: 0.001 there, 0.5 here"),
        ({"loss": "mse"}, "the loss: .*binary_crossentropy.* there, .*mse"),
    ],
)
def test_another_model_is_an_error(tmp_path, change, words):
    keep, _ = interrupted(tmp_path / "backup")
    with pytest.raises(ValueError, match=f"of another training, which differs in {words}"):
        fit(build(**change), [keep])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"given": data(1)}, "the checksum of x"),
        ({"given": [part[:20] for part in data()]}, "the number of rows of x: 29 there, 16 here"),
        ({"batch_size": 7}, "the batch_size: 6 there, 7 here"),
        ({"shuffle": False}, "the shuffle"),
        ({"sample_weight": np.full(37, 0.5)}, "the checksum of x"),
        ({"validation_data": data(1)}, "the number of rows of x"),
    ],
)
def test_other_data_are_an_error(tmp_path, change, words):
    keep, _ = interrupted(tmp_path / "backup")
    with pytest.raises(ValueError, match=words):
        fit(build(), [keep], **change)


def test_the_folder_of_a_later_fit_is_an_error(tmp_path):
    keep = callbacks.BackupAndRestore(tmp_path / "backup")
    model = build()
    fit(model, epochs=1)
    with pytest.raises(KeyboardInterrupt):
        fit(model, [keep, Interrupt(BATCHES + 1)])
    with pytest.raises(ValueError, match="each `fit` of a program needs a folder of its own"):
        fit(build(), [keep])


def test_bad_arguments(tmp_path):
    for wrong in (0, 1.5, True, "batch"):
        with pytest.raises(ValueError, match="save_freq must be 'epoch' or a positive integer"):
            callbacks.BackupAndRestore("folder", wrong)
    with pytest.raises(ValueError, match="backup_dir must be the path of a folder, got ''"):
        callbacks.BackupAndRestore("")
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="backup_dir must be a folder, got the file"):
        fit(build(), [callbacks.BackupAndRestore(tmp_path / "file")])
    two = [callbacks.BackupAndRestore(tmp_path / name) for name in "ab"]
    with pytest.raises(ValueError, match="callbacks must hold one BackupAndRestore, got 2"):
        fit(build(), two)
