import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler, TargetEncoder

from runtimes.model_process.cached_encoder import (
    CachedEncoder,
    combination_codes,
    with_cached_encoders,
)

GENERATOR = np.random.default_rng(5)
ROWS = 500
FRAME = pd.DataFrame(
    {
        "x": GENERATOR.normal(size=ROWS),
        "sex": pd.Series(GENERATOR.choice(["f", "m", None], ROWS), dtype="str"),
        "deck": GENERATOR.choice([1.0, 2.0, np.nan], ROWS),
        "crew": GENERATOR.choice(np.array([True, False, None], dtype=object), ROWS),
    }
)
FATES = GENERATOR.integers(0, 2, ROWS)
ENCODERS = {
    "one hot": OneHotEncoder(),
    "one hot, dense": OneHotEncoder(sparse_output=False, dtype=np.float32),
    "one hot, infrequent": OneHotEncoder(min_frequency=100, handle_unknown="infrequent_if_exist"),
    "ordinal": OrdinalEncoder(encoded_missing_value=-1),
    "target": TargetEncoder(target_type="binary"),
    "imputed": make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()),
}


@pytest.mark.parametrize("columns", [["sex"], ["deck"], ["sex", "deck"]], ids=str)
@pytest.mark.parametrize("threshold", [0, 1], ids=["dense", "sparse"])
@pytest.mark.parametrize("encoder", ENCODERS.values(), ids=ENCODERS)
def test_the_result_is_the_same_bit_for_bit(encoder, threshold, columns):
    plain = make_column_transformer(
        (encoder, columns), (StandardScaler(), ["x"]), sparse_threshold=threshold
    ).fit(FRAME, FATES)
    expected, found = plain.transform(FRAME), with_cached_encoders(plain).transform(FRAME)
    assert type(found) is type(expected)
    assert found.dtype == expected.dtype
    if hasattr(expected, "toarray"):
        assert (found != expected).nnz == 0
    else:
        assert found.tobytes("A") == expected.tobytes("A")
        assert found.strides == expected.strides


@pytest.mark.parametrize("encoder", ENCODERS.values(), ids=ENCODERS)
def test_cached_rows_of_earlier_batches_keep_the_same_bits(encoder):
    columns = ["sex", "deck"]
    plain = make_column_transformer((encoder, columns), sparse_threshold=0).fit(FRAME, FATES)
    cached = with_cached_encoders(plain)
    for start in range(0, ROWS, 100):  # NaN, which is not equal to itself, among them
        rows = FRAME.iloc[start : start + 100]
        expected, found = plain.transform(rows), cached.transform(rows)
        assert found.dtype == expected.dtype
        assert found.tobytes("A") == expected.tobytes("A")
        assert found.strides == expected.strides


class Counting(OneHotEncoder):
    """Counts its calls."""

    def transform(self, frame):
        self.calls = getattr(self, "calls", 0) + 1
        return super().transform(frame)


def caching(frame):
    return CachedEncoder(Counting(sparse_output=False).fit(frame), dense=True)


def test_a_batch_of_cached_rows_does_not_call_the_encoder():
    encoder = caching(FRAME[["sex", "deck"]])
    for start in range(0, ROWS, 100):
        encoder.transform(FRAME[["sex", "deck"]].iloc[start : start + 100])
    assert encoder.encoder.calls == 1


def test_the_cache_is_bounded(monkeypatch):
    monkeypatch.setattr("runtimes.model_process.cached_encoder._MAX_CACHED_ROWS", 8)
    frame = pd.DataFrame({"ticket": [f"t{n % 60}" for n in range(3_000)]})
    encoder = caching(frame)
    for start in range(0, len(frame), 6):  # each distinct row once, in batches that are cached
        rows = frame.iloc[np.repeat(np.arange(start, start + 6), 3)]
        assert np.array_equal(encoder.transform(rows), encoder.encoder.transform(rows))
        assert len(encoder._cache) <= 8 + 6
    rows = frame.iloc[:1_000]
    assert np.array_equal(encoder.transform(rows), encoder.encoder.transform(rows))
    assert len(encoder._cache) <= 8 + 6


def test_booleans_with_nulls_are_categories():
    plain = make_column_transformer((OneHotEncoder(), ["crew"])).fit(FRAME)
    found = with_cached_encoders(plain).transform(FRAME)
    assert np.array_equal(found, plain.transform(FRAME))


def test_a_frame_comes_out_as_a_frame():
    encoder = OneHotEncoder(sparse_output=False)
    plain = make_column_transformer((encoder, ["sex"]), (StandardScaler(), ["x"]))
    plain.set_output(transform="pandas").fit(FRAME)
    rows = FRAME.iloc[100:300]
    pd.testing.assert_frame_equal(
        with_cached_encoders(plain).transform(rows), plain.transform(rows)
    )


def test_an_array_bypasses_the_cache():
    matrix = FRAME[["deck", "x"]].fillna(0).to_numpy()
    plain = make_column_transformer((OneHotEncoder(), [0]), remainder="passthrough").fit(matrix)
    assert np.array_equal(with_cached_encoders(plain).transform(matrix), plain.transform(matrix))


def test_the_given_transformer_is_left_as_it_was():
    plain = make_column_transformer((OneHotEncoder(), ["sex"])).fit(FRAME)
    before = plain.transformers_
    assert with_cached_encoders(plain) is not plain
    assert plain.transformers_ is before


@pytest.mark.parametrize("kind", [OneHotEncoder, ColumnTransformer], ids=lambda kind: kind.__name__)
def test_a_subclass_of_a_known_type_is_left_unchanged(kind):
    class Own(OneHotEncoder):
        """It may depend on other rows."""

    transformers = [("own", Own(), ["sex"])]
    plain = ColumnTransformer(transformers).fit(FRAME)
    transformer = plain if kind is ColumnTransformer else Own().fit(FRAME[["sex"]])
    cached = with_cached_encoders(transformer)
    steps = cached.transformers_ if kind is ColumnTransformer else [("", cached, [])]
    assert type(steps[0][1]) is Own


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from([0.0, -0.0, 1.5, None])),
        min_size=1,
        max_size=40,
    )
)
def test_codes_are_equal_where_rows_are(rows):
    frame = pd.DataFrame(
        {
            "s": pd.Series([s for s, _ in rows], dtype="str"),
            "n": pd.Series([n for _, n in rows], dtype="float64"),
        }
    )
    if (codes := combination_codes(frame)) is None:
        return
    assert codes.max() < len(rows)
    for code, row in zip(codes, rows, strict=True):
        equal = [other == row for other in rows]
        assert (codes == code).tolist() == equal


def test_nearly_distinct_rows_have_no_codes():
    frame = pd.DataFrame({"a": [f"{n}" for n in range(50)], "b": ["x", "y"] * 25})
    assert combination_codes(frame) is None
