"""Formats of log records: one JSON line each for Cloud Logging, plain lines for a terminal."""

import json
import logging
import sys
from datetime import UTC, datetime

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def _extras(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


class CloudLoggingFormatter(logging.Formatter):
    """One JSON object for each record; `extra=` fields become fields of jsonPayload.

    Source: https://cloud.google.com/run/docs/logging#writing_structured_logs
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        message = record.getMessage()
        if record.exc_info:
            message = f"{message}\n{self.formatException(record.exc_info)}"
        line = {
            "severity": record.levelname,
            "message": message,
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "logger": record.name,
            **_extras(record),
        }
        return json.dumps(line, default=str, ensure_ascii=False)


class TerminalFormatter(logging.Formatter):
    """`warning: message`; records of INFO and below are the message alone."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as lines for a terminal."""
        message = super().format(record)
        if record.levelno <= logging.INFO:
            return message
        return f"{record.levelname.lower()}: {message}"


def configure_logging(*, for_cloud: bool) -> None:
    """Send records of INFO and above to stderr, in Cloud Logging's or the terminal's format."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(CloudLoggingFormatter() if for_cloud else TerminalFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
