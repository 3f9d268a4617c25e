"""Files that are no pickles: what they are by their first bytes, and what to do. Pure."""

_ANOTHER_LIBRARY = (
    "MLSys scores estimators that joblib or pickle wrote: dump such an estimator, or wrap the "
    "model in a class of your own with predict (docs/add-a-custom-class.md)"
)
_SAFE_HEADER = slice(4, 10)  # the end of its length, and its beginning
_TAR_MAGIC = slice(257, 262)
_TFLITE_MAGIC = slice(4, 8)
_UNPACK = "upload the model.pkl that is in it"
_START, _ZIP_END = 1000, 64_000
_XGBOOST = (
    "model = xgboost.XGBClassifier() or xgboost.XGBRegressor(); model.load_model(path); "
    "joblib.dump(model, 'model.pkl')"
)
_CATBOOST = (
    "model = catboost.CatBoostClassifier() or catboost.CatBoostRegressor(); "
    "model.load_model(path{}); joblib.dump(model, 'model.pkl')"
)
_DOWNLOAD = "it is what a web site answered instead of the file: download the model again, and look"
# What a file is, by how it begins; the first that fits.
_PREFIXES = (
    (b"CBM1", "a CatBoost model file", _CATBOOST.format("")),
    (
        b"tree\n",
        "a LightGBM model file",
        "model = lightgbm.Booster(model_file=path); joblib.dump(model, 'model.pkl')",
    ),
    (b"{L", "an XGBoost model file (UBJSON)", _XGBOOST),
    (b"binf", "an XGBoost model file", _XGBOOST),
    (b"\x89HDF", "HDF5, e.g. of Keras", _ANOTHER_LIBRARY),
    (
        b"version https://git-lfs",
        "a pointer of Git LFS, not the file itself",
        "git lfs pull brings the file, and that is what to upload",
    ),
    (b"ONNX", "ONNX", _ANOTHER_LIBRARY),
    (b"\x93NUMPY", "an array of NumPy", "dump the fitted model"),
    (b"PAR1", "a table of Parquet", "dump the fitted model"),
    (b"%PDF", "a PDF", "dump the fitted model"),
    (b"<?xml", "XML, e.g. PMML", _ANOTHER_LIBRARY),
    (b"7z\xbc\xaf", "a 7z archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
)
_ZIPS = (
    (b"data.pkl", "a zip archive of PyTorch", _ANOTHER_LIBRARY),
    (b"model.weights.h5", "a zip archive of Keras", _ANOTHER_LIBRARY),
    (
        b"schema.json",
        "a file of skops",
        "model = skops.io.load(path, …); joblib.dump(model, 'model.pkl')",
    ),
    (b".npy", "a zip archive of NumPy's arrays", "dump the fitted model"),
)


def not_a_pickle(content: bytes) -> str | None:
    """The finding about a file that begins like another format; None for what may be a pickle."""
    if (found := _format(content)) is None:
        return None
    kind, advice = found
    return f"the file is {kind}, and no pickle of a model: {advice}"


def _format(content: bytes) -> tuple[str, str] | None:
    start = content[:_START].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.lower().startswith((b"<!doctype html", b"<html")):
        return "an HTML page", _DOWNLOAD
    for prefix, kind, advice in _PREFIXES:
        if content.startswith(prefix):
            return kind, advice
    if content.startswith(b"PK\x03\x04"):
        return _zip(content)
    if start.startswith(b"{"):
        return _json(start + content[-_START:])
    return _inner_magic(content)


def _inner_magic(content: bytes) -> tuple[str, str] | None:
    """Formats that have their mark after their beginning."""
    # The first field of ONNX's protocol buffer is a small number, the second one a text or a graph.
    is_onnx = content[:1] == b"\x08" and content[2:3] in {b"\x12", b":", b"B"}
    found = (
        (content[_SAFE_HEADER] == b'\0\0\0\0{"', "a safetensors file", _ANOTHER_LIBRARY),
        (content[_TFLITE_MAGIC] == b"TFL3", "a TensorFlow Lite model", _ANOTHER_LIBRARY),
        (content[_TAR_MAGIC] == b"ustar", "a tar archive", _UNPACK),
        (is_onnx, "ONNX", _ANOTHER_LIBRARY),
    )
    return next(((kind, advice) for fits, kind, advice in found if fits), None)


def _json(ends: bytes) -> tuple[str, str]:
    if b'"learner"' in ends:
        return "JSON of XGBoost", _XGBOOST
    if b"oblivious_trees" in ends or b"features_info" in ends:
        return "JSON of CatBoost", _CATBOOST.format(", format='json'")
    return "JSON", "dump the fitted model with joblib.dump(model, 'model.pkl')"


def _zip(content: bytes) -> tuple[str, str]:
    directory = content[-_ZIP_END:]  # it is at the end of the file
    for name, kind, advice in _ZIPS:
        if name in directory:
            return kind, advice
    return "a zip archive", _UNPACK
