"""Files that are no pickles are named, and what to do with them."""

import io
import pickle
import zipfile

import joblib
import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from jobs.models.file_formats import not_a_pickle

MODEL = LinearRegression().fit([[0.0], [1.0]], [0, 1])


def zipped(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "content")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "kind", "advice"),
    [
        (b'{"learner": {}}', "JSON of XGBoost", "xgboost.XGBRegressor(); model.load_model(path)"),
        (b'{"features_info": {}}', "JSON of CatBoost", "load_model(path, format='json')"),
        (b'\xef\xbb\xbf {"a": 1}', "JSON, and", "dump the fitted model"),
        (b"{L\x00\x00", "an XGBoost model file (UBJSON)", "model.load_model(path)"),
        (b"binf\x00", "an XGBoost model file", "model.load_model(path)"),
        (b"CBM1\x00", "a CatBoost model file", "catboost.CatBoostRegressor(); model.load_model(p"),
        (b"tree\nversion=v4", "a LightGBM model file", "lightgbm.Booster(model_file=path)"),
        (zipped("archive/data.pkl"), "a zip archive of PyTorch", "wrap the model in a class"),
        (zipped("config.json", "model.weights.h5"), "a zip archive of Keras", "wrap the model"),
        (zipped("schema.json"), "a file of skops", "skops.io.load"),
        (zipped("a.npy"), "a zip archive of NumPy's arrays", "dump the fitted model"),
        (zipped("m/model.pkl"), "a zip archive, and", "upload the model.pkl that is in it"),
        (b"\x89HDF\r\n", "HDF5, e.g. of Keras", "wrap the model in a class of your own"),
        (b"version https://git-lfs.github.com/spec/v1", "a pointer of Git LFS", "git lfs pull"),
        (b"\n<!DOCTYPE HTML><html>", "an HTML page", "download the model again"),
        (b"<html lang='en'>", "an HTML page", "download the model again"),
        (b"<?xml version='1.0'?><PMML>", "XML, e.g. PMML", "wrap the model in a class"),
        (b"\x90\x01" + bytes(6) + b'{"weight":{}}', "a safetensors file", "wrap the model"),
        (b"\x1c\0\0\0TFL3", "a TensorFlow Lite model", "wrap the model in a class"),
        (b"\x08\x07\x12\x07skl2onnx", "ONNX", "wrap the model in a class of your own"),
        (b"model.pkl".ljust(257, b"\0") + b"ustar\x0000", "a tar archive", "upload the model.pkl"),
    ],
    ids=lambda each: str(each)[:30],
)
def test_a_file_of_another_format_is_named(content, kind, advice):
    found = not_a_pickle(content)
    assert found.startswith(f"the file is {kind}")
    assert "and no pickle of a model: " in found
    assert advice in found


def joblib_file(compress):
    buffer = io.BytesIO()
    joblib.dump(MODEL, buffer, compress=compress)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x\x9c",
        b"(dp0\n.",
        *(pickle.dumps(MODEL, protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)),
        *(pickle.dumps(each) for each in (0, "{", [1], (1, 2), {"a": 1}, np.ones(9))),
        *(joblib_file(each) for each in (0, 3, "gzip", "bz2", "xz", "lzma")),
    ],
    ids=lambda each: str(each)[:20],
)
def test_what_may_be_a_pickle_is_not_judged_by_its_first_bytes(content):
    assert not_a_pickle(content) is None
