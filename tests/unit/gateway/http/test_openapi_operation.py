from http import HTTPStatus

from gateway.http.openapi_operation import operation, operation_of, query_parameter


def test_a_view_keeps_its_operation_and_its_behaviour():
    @operation(responses={HTTPStatus.OK: "Health"}, errors=[HTTPStatus.NOT_FOUND])
    def view():
        return "answer"

    assert view() == "answer"
    assert operation_of(view).responses == {HTTPStatus.OK: "Health"}
    assert operation_of(view).errors == [HTTPStatus.NOT_FOUND]


def test_a_page_for_people_has_no_operation():
    assert operation_of(lambda: None) is None


def test_a_query_parameter_is_a_string_unless_its_schema_says_otherwise():
    assert query_parameter("job", "name")["schema"] == {"type": "string"}
    assert query_parameter("n", "size", type="integer", minimum=1)["schema"] == {
        "type": "integer",
        "minimum": 1,
    }
