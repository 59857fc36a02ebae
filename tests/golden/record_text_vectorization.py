"""Record what Keras's TextVectorization makes of texts that are easy to get wrong.

Run with Keras and TensorFlow installed: python tests/golden/record_text_vectorization.py
"""

import json
import os
from pathlib import Path

LEARN = [
    "The cat  sat\ton the mat.",
    "École À cat! don't",
    "한국어 영화 정말 재미있다, 영화 최고!",
    "a\u3000b\u00a0c d",
    "",
    "x\x1cy z\x85w",
    "UNK [UNK] '' İI _a_-b",
]
READ = ["the CAT\nsat!", "영화 최고, 영화가 최고", "", "École école À à", "unk [UNK] '' x\x1cy"]
ARGUMENTS = [
    {},
    {"standardize": None},
    {"standardize": "lower"},
    {"standardize": "strip_punctuation"},
    {"split": "character"},
    {"split": "character", "standardize": None, "max_tokens": 9},
    {"ngrams": 2},
    {"ngrams": [1, 3]},
    {"ngrams": [2]},
    {"max_tokens": 6},
    {"output_sequence_length": 3},
    *(
        {"output_mode": mode, **more}
        for mode in ("multi_hot", "count", "tf_idf")
        for more in (
            {},
            {"max_tokens": 5},
            {"max_tokens": 40, "pad_to_max_tokens": True},
            {"ngrams": 2, "max_tokens": 12},
        )
    ),
]


def main():
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras
    import numpy as np

    cases = []
    for arguments in ARGUMENTS:
        given = dict(arguments)
        if isinstance(given.get("ngrams"), list):
            given["ngrams"] = tuple(given["ngrams"])
        layer = keras.layers.TextVectorization(**given)
        layer.adapt(LEARN)
        output = np.array(layer(READ))
        case = {
            "arguments": arguments,
            "vocabulary": [str(token) for token in layer.get_vocabulary()],
            "size": layer.vocabulary_size(),
            "dtype": str(output.dtype),
            "output": [[round(value, 6) for value in row] for row in output.tolist()],
        }
        cases.append(case)
    recorded = {"keras": keras.__version__, "learn": LEARN, "read": READ, "cases": cases}
    path = Path(__file__).parent / "fixtures" / "text_vectorization.json"
    path.write_text(json.dumps(recorded, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
