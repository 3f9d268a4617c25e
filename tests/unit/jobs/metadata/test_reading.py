"""metadata.json: valid keys are kept, and each invalid key has a finding."""

import json

import pytest

from jobs.metadata.reading import LIMIT_BYTES, SCHEMA, Metadata, read

PROPERTIES = SCHEMA["properties"]


def kept(text):
    return json.loads(read(text.encode()).text)


def findings(text):
    return read(text.encode()).findings


def test_every_key_has_a_valid_example():
    whole = {key: rule["examples"][0] for key, rule in PROPERTIES.items() if "examples" in rule}
    found = read(json.dumps(whole).encode())
    assert json.loads(found.text) == whole
    assert found.findings == ()


def test_every_key_has_a_description():
    assert all(rule["description"].endswith(".") for rule in PROPERTIES.values())


def test_keys_that_the_schema_does_not_define_are_kept():
    text = '{"team": "growth", "ticket": [1, {"x": null}]}'
    assert kept(text) == json.loads(text)
    assert findings(text) == ()


@pytest.mark.parametrize("key", PROPERTIES)
def test_a_key_of_null_is_left_out_without_a_finding(key):
    assert read(json.dumps({"team": None, key: None}).encode()) == Metadata('{"team": null}')


@pytest.mark.parametrize("key", PROPERTIES)
def test_a_key_of_a_wrong_type_is_left_out_and_the_others_are_kept(key):
    found = read(json.dumps({"team": "growth", key: [[0]]}).encode())
    assert json.loads(found.text) == {"team": "growth"}
    assert len(found.findings) == 1
    assert f'{key} is not used: write it like "{key}": ' in found.findings[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"features": "Age"}', 'features is "Age", and should be a list; features is not used'),
        ('{"features": ["Age", 3]}', "features[1] is 3, and should be a text"),
        ('{"features": [""]}', 'features[0] is "", and should not be empty'),
        ('{"schema_version": 2}', "schema_version is 2, and should be 1"),
        ('{"metrics": {"auc": "high"}}', 'metrics.auc is "high", and should be a number or null'),
        ('{"git": {"commit": "HEAD"}}', 'git.commit is "HEAD", and should match ^[0-9a-f]{7,64}$'),
        ('{"training_data": {"rows": -1}}', "training_data.rows is -1, and should be at least 0"),
        ('{"library_versions": {"{x}": 3}}', "library_versions.{x} is 3, and should be a text"),
        ('{"signature": {"inputs": [{}]}}', "signature.inputs[0] is {}, and should have a name"),
        (
            '{"signature": {"outputs": [{"name": "y", "type": "REAL"}]}}',
            'signature.outputs[0].type is "REAL", and should be one of BIGNUMERIC, BOOL, ',
        ),
        ('{"target": "' + "x" * 301 + '"}', "and should have at most 300 characters"),
        ('{"features": [' + '"x",' * 10_000 + '"x"]}', "and should have at most 10,000 entries"),
    ],
)
def test_a_finding_names_the_key_its_value_and_the_requirement(text, message):
    assert kept(text) == {}
    found = findings(text)
    assert len(found) == 1
    assert message in found[0]
    assert len(found[0]) < 600


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_nan_and_infinity_are_read_as_null(word):
    text = f'{{"metrics": {{"auc": {word}, "f1": 0.5}}}}'
    assert kept(text) == {"metrics": {"auc": None, "f1": 0.5}}
    assert findings(text) == (f"metadata.json holds {word}, which is not JSON: read as null",)


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b'{"a": "\\ud800"}', "is not JSON"),
        (b'{"a": 1e999}', "is not JSON"),
        (b"[1]", "is not a JSON object"),
        (b"[" * 200_000, "is not JSON"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "is not JSON"),
        (b" " * (LIMIT_BYTES + 1), "keep it below"),
    ],
)
def test_a_file_that_is_not_a_json_object_has_no_text_and_a_finding(content, finding):
    found = read(content)
    assert found.text is None
    assert finding in found.findings[0]


def test_every_unicode_encoding_is_read():
    text = '{"target": "Überlebt"}'
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        assert json.loads(read(text.encode(encoding)).text) == {"target": "Überlebt"}


def test_many_invalid_entries_of_a_key_are_one_finding():
    for key in ("features", "input_example", "metrics"):
        found = findings(f'{{"{key}": [{",".join(["[]"] * 330_000)}]}}')
        assert len(found) == 1


@pytest.mark.parametrize("levels", [101, 2000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_values_that_nest_too_deep_are_a_finding(levels, opening, closing):
    inner = "[]" if opening == "[" else "{}"
    nested = opening * (levels - 2) + inner + closing * (levels - 2)
    found = read(f'{{"x": {nested}}}'.encode())
    assert found.text is None
    assert "nests deeper" in found.findings[0] or "recursion" in found.findings[0]


def test_a_hundred_levels_are_no_finding():
    assert read(b'{"x":' + b"[" * 99 + b"]" * 99 + b"}").findings == ()
