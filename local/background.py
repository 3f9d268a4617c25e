"""Threads of a stand-in that work as long as its process serves."""

import logging
import os
import threading
from collections.abc import Callable

log = logging.getLogger("background")


def start[**P](work: Callable[P, None], *arguments: P.args, **named: P.kwargs) -> None:
    """Run work in a thread that does not keep the process from stopping: nothing is lost by it.

    Work that fails ends the process: the server starts a new one, which resumes.
    """

    def work_or_die() -> None:
        try:
            work(*arguments, **named)
        except BaseException:
            log.exception("a thread failed, starting afresh")
            os._exit(1)

    threading.Thread(target=work_or_die, daemon=True).start()
