import pytest
from fastjsonschema import JsonSchemaValueException

from jobs.metadata.messages import message
from jobs.metadata.reading import read


def about(rule, bound, *, value=3, name="metrics.auc", examples=({"auc": 0.9},)):
    error = JsonSchemaValueException("", value, name, rule=rule, definition={rule: bound})
    return message("metrics", {"examples": list(examples)} if examples else {}, error)


def test_a_message_names_value_requirement_and_example():
    assert about("type", "string") == (
        "metadata.json: metrics.auc is 3, and should be a text; "
        'metrics is not used: write it like "metrics": {"auc": 0.9}'
    )


@pytest.mark.parametrize(
    ("rule", "bound", "requirement"),
    [
        ("type", ["number", "null"], "be a number or null"),
        ("enum", ["BOOL", "INT64", None], "be one of BOOL, INT64"),
        ("required", ["name"], "have a name"),
        ("required", ["name", "type"], "have a name, a type"),
        ("const", 1, "be 1"),
        ("maxItems", 10_000, "have at most 10,000 entries"),
        ("maxLength", 300, "have at most 300 characters"),
        ("minLength", 1, "not be empty"),
        ("minimum", 0, "be at least 0"),
        ("pattern", "^v[0-9]+$", "match ^v[0-9]+$"),
    ],
)
def test_each_rule_of_the_schema_has_its_requirement(rule, bound, requirement):
    assert f"and should {requirement}; " in about(rule, bound)


def test_long_values_and_names_are_shortened():
    text = about("type", "string", value=list(range(1_000)), name="n" * 1_000)
    assert len(text) < 300
    assert f"{'n' * 60}… is [0, 1, 2" in text


def test_values_are_written_as_json():
    assert "is {}, and" in about("required", ["name"], value={})
    assert 'is "ü", and' in about("type", "number", value="ü")
    assert "is null, and" in about("type", "number", value=None)


def test_without_an_example_the_form_is_shown():
    assert about("type", "object", examples=()).endswith('write it like "metrics": {…}')


def test_names_that_somebody_chose_are_printed_on_one_line():
    (finding,) = read(b'{"columns": {"a\\n\\u001b[31mb": 1}}').findings
    assert finding.isprintable()
