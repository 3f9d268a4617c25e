import json
import logging
import sys

import pytest

from shared.logs import CloudLoggingFormatter, TerminalFormatter, configure_logging


def record(level=logging.INFO, **extra):
    made = logging.makeLogRecord({"msg": "scored %d rows", "args": (7,), "levelno": level})
    made.levelname = logging.getLevelName(level)
    vars(made).update(extra)
    return made


@pytest.fixture
def root_logger():
    """The root logger, whose handlers and level are restored."""
    logger = logging.getLogger()
    handlers, level = logger.handlers[:], logger.level
    logger.handlers = []  # those of pytest stay open
    yield logger
    logger.handlers = handlers
    logger.setLevel(level)


def test_cloud_logging_gets_one_json_line_with_the_extra_fields():
    line = CloudLoggingFormatter().format(record(run_id="r1", table=("a", 1)))
    assert "\n" not in line
    fields = json.loads(line)
    assert (fields["severity"], fields["message"]) == ("INFO", "scored 7 rows")
    assert (fields["run_id"], fields["table"]) == ("r1", ["a", 1])


def test_a_traceback_is_part_of_the_line():
    try:
        int("no\nnumber")
    except ValueError:
        line = CloudLoggingFormatter().format(record(exc_info=sys.exc_info()))
    assert "\n" not in line
    assert "ValueError: invalid literal" in json.loads(line)["message"]


def test_a_value_that_json_lacks_is_a_text():
    fields = json.loads(CloudLoggingFormatter().format(record(at={1}.__iter__)))
    assert isinstance(fields["at"], str)


def test_a_terminal_gets_the_level_of_warnings_and_errors_only():
    assert TerminalFormatter().format(record()) == "scored 7 rows"
    assert TerminalFormatter().format(record(logging.WARNING)) == "warning: scored 7 rows"
    assert TerminalFormatter().format(record(logging.ERROR)) == "error: scored 7 rows"


@pytest.mark.parametrize(
    ("for_cloud", "formatter"), [(True, CloudLoggingFormatter), (False, TerminalFormatter)]
)
def test_records_of_info_and_above_go_to_stderr(root_logger, capsys, for_cloud, formatter):
    configure_logging(for_cloud=for_cloud)
    (handler,) = root_logger.handlers
    assert isinstance(handler.formatter, formatter)
    root_logger.debug("hidden")
    root_logger.info("shown")
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert "shown" in printed.err
