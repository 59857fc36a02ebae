"""Keras 2's tokenizer: its numbers, its matrices, its JSON."""

import json

import numpy as np
import pytest

from sunhwan.preprocessing.text import (
    Tokenizer,
    hashing_trick,
    one_hot,
    text_to_word_sequence,
    tokenizer_from_json,
)

TEXTS = ["The cat sat on the mat.", "The dog -- the DOG! -- ate it;", "고양이 매트"]


def fitted(**how):
    tokenizer = Tokenizer(**how)
    tokenizer.fit_on_texts(TEXTS)
    return tokenizer


def test_words_are_numbered_by_how_often_they_come_then_by_when():
    tokenizer = fitted()
    words = ["the", "dog", "cat", "sat", "on", "mat", "ate", "it", "고양이", "매트"]
    assert tokenizer.word_index == {word: number for number, word in enumerate(words, 1)}
    assert tokenizer.index_word[2] == "dog"
    assert tokenizer.word_counts["the"] == 4
    assert (tokenizer.word_docs["the"], tokenizer.index_docs[1]) == (2, 2)
    assert tokenizer.document_count == 3
    assert tokenizer.texts_to_sequences(["The bird sat", ""]) == [[1, 4], []]
    assert tokenizer.sequences_to_texts([[1, 3, 99], np.array([2])]) == ["the cat", "dog"]


def test_few_words_and_unknown_ones():
    few = fitted(num_words=3)
    assert few.texts_to_sequences(["the cat and the dog"]) == [[1, 1, 2]]
    assert len(few.word_index) == 10
    told = fitted(num_words=3, oov_token="<OOV>")
    assert told.word_index["<OOV>"] == 1
    assert told.texts_to_sequences(["the cat and the dog"]) == [[2, 1, 1, 2, 1]]
    assert told.sequences_to_texts([[2, 5]]) == ["the <OOV>"]
    more = fitted()
    more.fit_on_texts(["bird bird bird bird bird"])
    assert more.word_index["bird"] == 1


def test_letters_lists_and_other_splits():
    letters = Tokenizer(char_level=True)
    letters.fit_on_texts("Abba")  # each letter a text, as in Keras
    assert (letters.word_index, letters.document_count) == ({"a": 1, "b": 2}, 4)
    assert letters.sequences_to_texts(letters.texts_to_sequences(["abb"])) == ["a b b"]
    lists = Tokenizer()
    lists.fit_on_texts([["New York", "A"], ["a"]])
    assert lists.word_index == {"a": 1, "new york": 2}
    assert text_to_word_sequence("a,B|c", filters=",", split="|", lower=False) == ["a", "B", "c"]
    own = Tokenizer(analyzer=lambda text: text.split("-"))
    own.fit_on_texts(["x-y-x"])
    assert own.word_index == {"x": 1, "y": 2}


def test_matrices():
    tokenizer = fitted(num_words=4)
    sequences = [[1, 1, 2], [3, 9], []]
    counts = np.array([[0, 2, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]])
    np.testing.assert_array_equal(tokenizer.sequences_to_matrix(sequences, "count"), counts)
    np.testing.assert_array_equal(tokenizer.sequences_to_matrix(sequences), counts > 0)
    shares = counts / [[3], [2], [1]]
    np.testing.assert_allclose(tokenizer.sequences_to_matrix(sequences, "freq"), shares)
    rare = np.log(1 + 3 / (1 + np.array([0, 2, 1, 1])))
    weighed = np.where(counts > 0, 1 + np.log(np.maximum(counts, 1)), 0) * rare
    np.testing.assert_allclose(tokenizer.sequences_to_matrix(sequences, "tfidf"), weighed)
    assert fitted().texts_to_matrix(["the cat"]).shape == (1, 11)
    numbers = Tokenizer(num_words=4)
    numbers.fit_on_sequences(sequences)
    assert (numbers.document_count, numbers.index_docs[1]) == (3, 1)


def test_json():
    tokenizer = fitted(num_words=5, oov_token="?")
    again = tokenizer_from_json(tokenizer.to_json())
    assert again.texts_to_sequences(TEXTS) == tokenizer.texts_to_sequences(TEXTS)
    assert again.get_config() == tokenizer.get_config()
    form = json.loads(tokenizer.to_json(indent=1))
    assert form["class_name"] == "Tokenizer"
    assert isinstance(form["config"]["word_index"], str)
    with pytest.raises(ValueError, match="json_string must be what"):
        tokenizer_from_json("{}")


def test_hashes():
    assert hashing_trick("the cat the", 50, "md5")[::2] == [43, 43]
    numbers = one_hot("a b c a", 7)
    assert numbers[0] == numbers[3]
    assert all(1 <= number < 7 for number in numbers)
    with pytest.raises(ValueError, match="n must be an integer of 2 or more, got 1"):
        one_hot("a", 1)
    with pytest.raises(ValueError, match="hash_function must be"):
        hashing_trick("a", 9, "sha")


@pytest.mark.parametrize(
    ("cause", "message"),
    [
        (lambda: Tokenizer(num_words=0), "num_words must be a positive integer, got 0"),
        (lambda: Tokenizer().fit_on_texts([1]), "texts must hold texts or lists of words, got 1"),
        (lambda: Tokenizer().sequences_to_matrix([[1]]), "num_words must be given"),
        (lambda: fitted().sequences_to_matrix([[1]], "counts"), "mode must be 'binary'"),
        (lambda: Tokenizer(9).sequences_to_matrix([[1]], "tfidf"), "call fit_on_texts before"),
    ],
)
def test_wrong_arguments(cause, message):
    with pytest.raises(ValueError, match=message):
        cause()
