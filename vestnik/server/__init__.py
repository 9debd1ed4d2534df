"""How bytes get in and out: connections, settings, start-up and shutdown."""
