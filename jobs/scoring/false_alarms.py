"""Keeps out of the log what libraries say by mistake when several threads score."""

import logging

# scikit-learn restores the process's list of warning filters around each of its parallel calls, and
# takes the moment in which another thread has emptied that list for a call without configuration.
_OF_THREADS = "`sklearn.utils.parallel.delayed` should be used with"


def _is_real(record: logging.LogRecord) -> bool:
    return _OF_THREADS not in record.getMessage()


def log_warnings() -> None:
    """Log what libraries warn of, a record each, but for false alarms."""
    logging.captureWarnings(capture=True)
    logging.getLogger("py.warnings").addFilter(_is_real)
