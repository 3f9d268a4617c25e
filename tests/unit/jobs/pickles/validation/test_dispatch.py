"""Names by which scikit-learn chooses what to call; and that we know all places where it does."""

import ast
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import sklearn
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import RFE
from sklearn.linear_model import LassoLars, LogisticRegression, Ridge
from sklearn.svm import SVC

from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation.dispatch import NAMES, validate_names, validate_shadows

ROOT = Path(sklearn.__file__).parent
REVIEWED = Path(__file__).with_name("dispatches.txt")


@pytest.mark.parametrize(
    "attributes",
    [
        {"stack_method_": ["predict_proba", "predict"], "stack_method": "auto"},
        {"chain_method_": "decision_function", "chain_method": ["predict_proba", "predict"]},
        {"response_method": "auto", "_response_method": ("predict_proba", "decision_function")},
        {"importance_getter": "named_steps.model.coef_", "estimator_params": ("max_depth",)},
        {"_sklearn_output_config": {"transform": "pandas"}, "_skl_callbacks": []},
        {"_fit_method": "kd_tree", "out_activation_": "softmax", "method": "anything"},
    ],
)
def test_names_that_scikit_learn_sets_are_valid(attributes):
    validate_names(SimpleNamespace(**attributes))


@pytest.mark.parametrize(
    "attributes",
    [
        {"stack_method_": ["fit"]},
        {"stack_method_": "fit"},
        {"stack_method_": [["predict"]]},
        {"stack_method": "transform"},
        {"chain_method_": "fit"},
        {"chain_method_": ["predict"]},
        {"response_method": "set_params"},
        {"_response_method": ("predict", "fit")},
        {"predict_method": "tofile"},
        {"importance_getter": "fit.__globals__"},
        {"importance_getter": "_private"},
        {"importance_getter": np.log1p},
        {"estimator_params": ("__class__",)},
        {"_sklearn_output_config": {"transform": "os"}},
        {"_sklearn_output_config": {"fit": "pandas"}},
        {"_skl_callbacks": [Ridge()]},
        {"_fit_method": "fit"},
        {"out_activation_": "other"},
    ],
)
def test_other_names_are_refused(attributes):
    name = next(iter(attributes))
    with pytest.raises(UnsafePickleError, match=f"whose {name} is .*, which no honest model has"):
        validate_names(SimpleNamespace(**attributes))


def test_a_calibration_has_a_method_that_exists():
    kind = type("_CalibratedClassifier", (SimpleNamespace,), {})
    validate_names(kind(method="isotonic"))
    with pytest.raises(UnsafePickleError, match="whose method is 'fit', which no honest model has"):
        validate_names(kind(method="fit"))


def given(estimator, **attributes):
    vars(estimator).update(attributes)
    return estimator


def test_attributes_that_are_an_object_s_own_are_valid():
    fitted = RandomForestClassifier(1).fit([[0.0], [1.0]], [0, 1])
    for part in (fitted, LassoLars(positive=True), given(Ridge(), notes=1), np.ma.array([1])):
        validate_shadows(part, is_custom=False)


@pytest.mark.parametrize(
    ("part", "flaw"),
    [
        (given(SVC(), predict=np.log1p), "replaces the method predict of a SVC"),
        (given(SVC(), _impl="epsilon_svr"), "replaces the constant _impl of a SVC"),
        (given(RFE(Ridge()), _parameter_constraints={}), "the constant _parameter_constraints"),
        (given(LogisticRegression(), __doc__=""), "replaces the constant __doc__"),
    ],
)
def test_an_attribute_that_replaces_one_of_the_class_is_refused(part, flaw):
    with pytest.raises(UnsafePickleError, match=flaw):
        validate_shadows(part, is_custom=False)


def test_a_class_of_the_operator_may_replace_its_constants_only():
    validate_shadows(given(SVC(), _impl="epsilon_svr"), is_custom=True)
    with pytest.raises(UnsafePickleError, match="replaces the method predict of a SVC"):
        validate_shadows(given(SVC(), predict=np.log1p), is_custom=True)


# What no fitted model runs.
_FOLDERS = {"tests", "externals", "datasets", "inspection", "_plot", "_repr_html", "experimental"}
_FOLDERS |= {"_test_common", "_build_utils", "callback"}
_FILES = {"_array_api.py", "_metadata_requests.py", "_mocking.py", "_param_validation.py"}
_FILES |= {"_plotting.py", "_pprint.py", "_show_versions.py", "_testing.py", "conftest.py"}
_FILES |= {"deprecation.py", "discovery.py", "estimator_checks.py"}
_LOOKUPS = {"attrgetter", "getattr", "import_module", "methodcaller"}
_RESPONSES = {"_check_response_method", "_get_response_values", "_get_response_values_binary"}
_RESPONSES |= {"_get_response", "cross_val_predict"}


def dispatches():
    """Each place where the installed scikit-learn looks up what to call by a computed name."""
    for path in sorted(ROOT.rglob("*.py")):
        relative = path.relative_to(ROOT)
        if not (_FOLDERS & set(relative.parts) or relative.name in _FILES):
            for function, found in _found(ast.parse(path.read_text()), ""):
                yield f"{relative.as_posix()} {function} {found}"


def _found(node, function):
    for child in ast.iter_child_nodes(node):
        inner = function
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            inner = f"{function}.{child.name}".lstrip(".")
        if isinstance(child, ast.Call):
            yield from ((inner, text) for text in _of_call(child))
        elif isinstance(child, ast.Subscript) and _is_table(child):
            yield inner, ast.unparse(child)
        yield from _found(child, inner)


def _of_call(call):
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name in _LOOKUPS:
        looked_up = call.args[1:2] if name == "getattr" else call.args[:1]
    elif name in _RESPONSES:
        named = [each.value for each in call.keywords if each.arg in {"response_method", "method"}]
        looked_up = named or call.args[-1:]
    else:
        return
    if any(not _is_constant(each) for each in looked_up):
        yield f"{name}({', '.join(map(ast.unparse, looked_up))})"


def _is_constant(node):
    constants = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    return all(isinstance(each, ast.Constant) for each in constants)


def _is_table(node):
    """A dictionary of functions by an attribute: ACTIVATIONS[self.activation]."""
    match node:
        case ast.Subscript(value=ast.Dict(), slice=ast.Attribute()):
            return True
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Attribute()):
            return name.isupper() and len(name) > 1
        case ast.Subscript(value=ast.Attribute(attr=name), slice=ast.Attribute(attr=key)):
            return name.startswith("_") and not key.endswith("_")
    return False


def reviewed():
    lines = [line for line in REVIEWED.read_text().splitlines() if line and line[0] != "#"]
    return dict(line.split("  # ") for line in lines)


def test_every_dispatch_of_the_installed_scikit_learn_is_reviewed():
    found = set(dispatches())
    assert found - reviewed().keys() == set(), "review them, check what they read, and list them"
    assert reviewed().keys() - found == set(), "they are gone: remove them"


def test_every_attribute_that_the_review_names_is_checked():
    named = {
        reason.removeprefix("by value: ") for reason in reviewed().values() if "by va" in reason
    }
    assert named <= NAMES.keys()
