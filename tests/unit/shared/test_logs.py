import json
import logging

from shared.logs import CloudLoggingFormatter, TerminalFormatter


def record(level=logging.INFO, **extra):
    made = logging.makeLogRecord({"msg": "scored %d rows", "args": (7,), "levelno": level})
    made.levelname = logging.getLevelName(level)
    vars(made).update(extra)
    return made


def test_cloud_logging_gets_one_json_line_with_the_extra_fields():
    line = CloudLoggingFormatter().format(record(run_id="r1"))
    assert "\n" not in line
    fields = json.loads(line)
    assert (fields["severity"], fields["message"]) == ("INFO", "scored 7 rows")
    assert fields["run_id"] == "r1"


def test_a_terminal_gets_a_sentence():
    assert TerminalFormatter().format(record()) == "scored 7 rows"
    assert TerminalFormatter().format(record(logging.ERROR)) == "error: scored 7 rows"
