"""The self-test of a logger: five sample lines, to see what the journal looks like and where it is."""

import logging

from vestnik.log.setup import journal_of


def self_test(logger: logging.Logger) -> None:
    """Prints and files one sample line of each level, and closes the journal of `logger`."""
    logger.setLevel(logging.DEBUG)
    logger.info("Sample info message")
    logger.debug("Sample debug message")
    logger.warning("Sample warning message")
    logger.error("Sample error message")
    logger.critical("Sample critical message")
    journal_of(logger).close()
