"""Record the fixtures: `cd tests && python -m golden.record [theme ...]`; see README.md."""

import importlib
import os
import sys
from importlib.metadata import version

from golden.fixture import Recording

THEMES = {
    "recurrent": "record_recurrent.record_recurrent",
    "bidirectional": "record_recurrent.record_bidirectional",
    "stacks": "record_recurrent.record_stacks",
    "convolution": "record_around.record_convolution",
    "images": "record_images.record_images",
    "moved_steps": "record_images.record_moved_steps",
    "transposed": "record_around.record_transposed",
    "pooling": "record_around.record_pooling",
    "dense": "record_around.record_dense",
    "normalizing": "record_around.record_normalizing",
    "losses": "record_losses.record_losses",
    "metrics": "record_metrics.record_metrics",
    "schedules": "record_optimizers.record_schedules",
    "activations": "record_values.record_activations",
    "penalties": "record_values.record_penalties",
    "initializers": "record_values.record_initializers",
    "padding": "record_values.record_padding",
    "graphs": "record_graphs.record_graphs",
    "history": "record_history.record_history",
    "torch_layers": "record_torch.record_torch_layers",
    "torch_optimizers": "record_torch.record_torch_optimizers",
    "torch_explained": "record_explained.record_explained",
    "optimizers": "record_optimizers.record_optimizers",
    "training_small": "record_training.record_small",
    "training_real": "record_training.record_real",
}


def main(wanted: list[str]) -> None:
    """Record the themes named, or all; `training_real` reads the folder SUNHWAN_DATA."""
    unknown = set(wanted) - set(THEMES)
    if unknown:
        raise SystemExit(f"no such theme: {', '.join(unknown)}; there are {', '.join(THEMES)}")
    os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    for theme in wanted or THEMES:
        if theme == "training_real" and "SUNHWAN_DATA" not in os.environ:
            print("training_real: left out, SUNHWAN_DATA is not set")
            continue
        module, function = THEMES[theme].split(".")
        recording = Recording(theme)
        getattr(importlib.import_module(f"golden.{module}"), function)(recording)
        packages = ["torch"] if theme.startswith("torch") else ["keras", "tensorflow-cpu"]
        size = recording.save({name: version(name) for name in [*packages, "numpy"]})
        print(f"{theme}: {len(recording.cases)} cases, {size / 1024:.0f} KiB", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
