"""pad_sequences and to_categorical against Keras."""

import numpy as np
import pytest
from golden.fixture import load

from sunhwan.preprocessing.sequence import pad_sequences
from sunhwan.utils import to_categorical


@pytest.mark.parametrize("case", load("padding"), ids=lambda case: case.name)
def test_result(case):
    about, expected = case.about, case.arrays["result"]
    if about["call"] == "pad_sequences":
        result = pad_sequences(about["rows"], **about["arguments"])
        assert result.dtype == expected.dtype
    else:
        result = to_categorical(about["labels"], about["classes"])
    np.testing.assert_array_equal(result, expected)
