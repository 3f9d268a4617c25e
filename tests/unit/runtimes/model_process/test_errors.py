from runtimes.model_process.errors import ModelError


def test_an_error_has_a_sentence_and_a_reason():
    error = ModelError("the model cannot be described", "ANY_REASON")
    assert (str(error), error.reason) == ("the model cannot be described", "ANY_REASON")


def test_a_model_that_cannot_be_read_is_the_usual_reason():
    assert ModelError("any").reason == "MODEL_UNREADABLE"
