"""Writes a model as its author would: model.pkl, metadata.json, and the author's own answers."""

import bz2
import gzip
import json
import pickle
import platform
from importlib import metadata

import cloudpickle
import dill
import joblib
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from . import tables

GOLDEN_ROWS = 100
_LIBRARIES = ("scikit-learn", "numpy", "scipy", "pandas", "joblib", "lightgbm", "catboost")
_TYPES = {"b": "BOOLEAN", "i": "INTEGER", "f": "FLOAT", "M": "DATETIME"}
_ARROW = {
    "BOOLEAN": pa.bool_(),
    "DATETIME": pa.timestamp("us"),
    "FLOAT": pa.float64(),
    "INTEGER": pa.int64(),
    "STRING": pa.string(),
}
_BINARY = 2


def _with_pickle(protocol, opened=open):
    def dump(model, path):
        with opened(str(path), "wb") as file:
            pickle.dump(model, file, protocol)

    return dump


def _with_joblib(compress):
    return lambda model, path: joblib.dump(model, str(path), compress=compress)


def _with(library, **options):
    def dump(model, path):
        with path.open("wb") as file:
            library.dump(model, file, **options)

    return dump


# The first ones take turns; the last two copy functions, and are asked for by name.
DUMPS = {
    "joblib": _with_joblib(0),
    "joblib, compress=3": _with_joblib(3),
    "pickle, protocol 4": _with_pickle(4),
    "gzip of a pickle": _with_pickle(4, gzip.open),
    "pickle, protocol 2": _with_pickle(2),
    "joblib, lzma": _with_joblib(("lzma", 3)),
    "pickle, protocol 5": _with_pickle(5),
    "joblib, gzip": _with_joblib(("gzip", 3)),
    "pickle, protocol 3": _with_pickle(3),
    "bz2 of a pickle": _with_pickle(4, bz2.open),
    "dill": _with(dill, recurse=True),  # or what a function refers to is left behind
    "cloudpickle": _with(cloudpickle),
}
_TURNS = len(DUMPS) - 2


def write(kind, number, folder):
    """Fit a kind of model and write its three files into a folder of its name.

    Args:
        kind: what to fit.
        number: of the kind in the list, which chooses how it is dumped.
        folder: holds a folder for each model.
    """
    own = folder / kind.name
    own.mkdir(parents=True)
    table = kind.table()
    train, asked = tables.training(table), tables.asked(table)
    model = kind.fit(kind.rows(train), None if kind.targets[0] not in table else kind.truth(train))
    dump = DUMPS[kind.dump or list(DUMPS)[number % _TURNS]]
    dump(model, own / "model.pkl")
    (own / "metadata.json").write_text(json.dumps(described(kind, model, train)), "utf-8")
    pq.write_table(answered(kind, model, asked), str(own / "answers.parquet"))


def answers(kind, model, frame):
    """The author's own answers: for each output its predictions, and its probabilities or None.

    Of two classes the probability is that of the second one, of more that of the predicted one.
    """
    rows = kind.rows(frame)
    if kind.ask:
        values = np.asarray(kind.ask(model, rows))
        return [(each, None) for each in _columns(values)]
    outputs = _columns(np.asarray(model.predict(rows)))
    if not hasattr(model, "predict_proba") or not hasattr(model, "classes_"):
        return [(each, None) for each in outputs]
    matrices = model.predict_proba(rows)
    if not isinstance(model.classes_, list):
        return [(outputs[0], _reported(outputs[0], np.asarray(matrices), model.classes_))]
    if isinstance(matrices, np.ndarray):
        # A chain answers with floats, whatever its labels are.
        labels = [
            values.astype(np.asarray(known).dtype) for values, known in zip(outputs, model.classes_)
        ]
        return list(zip(labels, matrices.T))
    return [
        (values, _reported(values, matrix, classes))
        for values, matrix, classes in zip(outputs, matrices, model.classes_)
    ]


def _columns(values):
    return list(values.T) if values.ndim == _BINARY else [values]


def _reported(values, matrix, classes):
    if len(classes) == _BINARY:
        return matrix[:, 1]
    places = {each: place for place, each in enumerate(np.asarray(classes).tolist())}
    return np.array([row[places[value]] for row, value in zip(matrix, values.tolist())])


def described(kind, model, train):
    """The content of metadata.json, with golden rows as publishing writes them."""
    places = np.unique(np.linspace(0, len(train) - 1, GOLDEN_ROWS).astype(int))
    golden = train.iloc[places].copy()  # column by column, as BigQuery's client makes a frame
    outputs = answers(kind, model, golden)
    content = {
        "types": {name: _type(golden[name]) for name in kind.features},
        "rows": {name: _values(golden[name]).to_pylist() for name in kind.features},
        "predictions": [pa.array(values).to_pylist() for values, _ in outputs],
    }
    for name, kind_of_column in content["types"].items():
        if kind_of_column == "DATETIME":
            content["rows"][name] = [each.isoformat() for each in content["rows"][name]]
    if all(probabilities is not None for _, probabilities in outputs):
        content["probabilities"] = [list(map(float, each)) for _, each in outputs]
    targets = {"target": kind.outputs[0]}
    if len(kind.outputs) > 1:
        targets = {"targets": kind.outputs}
    return {
        **targets,
        "features": kind.features,
        "golden_rows": content,
        "library_versions": _versions(),
    }


def _versions():
    versions = {name: metadata.version(name) for name in _LIBRARIES}
    return {"python": platform.python_version(), **versions}


def answered(kind, model, asked):
    """The asked rows and the answers as a table; its columns are the features, then the answers."""
    columns = {name: _values(asked[name]) for name in kind.features}
    for number, (values, probabilities) in enumerate(answers(kind, model, asked), start=1):
        columns[f"prediction_{number}"] = pa.array(values)
        if probabilities is not None:
            columns[f"probability_{number}"] = pa.array(probabilities).cast(pa.float64())
    return pa.table(columns)


def _type(column):
    """The type that BigQuery has a column of features in."""
    if column.name == "Visits":
        return "INTEGER"  # with gaps, for which pandas makes floats of them
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        dtype = dtype.categories.dtype
    return _TYPES.get(getattr(dtype, "kind", "O"), "STRING")


def _values(column):
    """A column of features as BigQuery has it."""
    values = column.astype(object) if isinstance(column.dtype, pd.CategoricalDtype) else column
    return pa.array(values, _ARROW[_type(column)], from_pandas=True)
