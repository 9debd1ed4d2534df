"""The logger `server`: what it is called, what its lines look like, where they go.

    import logging
    logging.getLogger("server").info("Sample info message")

    2021-06-12 11:19:59,402 INFO     server     Sample info message

goes to the console and to `server.log`, which is a link to the file of the day, `server.log.2021-06-12`: a new day
begins a new file. The directory is $VESTNIK_LOG_DIR or the user's log directory. Run this module to see it:

    python -m vestnik.log.server_log_config
"""

from typing import Final

from vestnik.log.recording.render import FORMAT
from vestnik.log.setup import self_test, setup

__all__ = ["FILE", "FORMAT", "NAME", "logger"]

NAME: Final = "server"
FILE: Final = f"{NAME}.log"

logger: Final = setup(NAME)

if __name__ == "__main__":
    self_test(logger)
