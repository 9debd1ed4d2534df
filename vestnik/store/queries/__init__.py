"""One function for each question or change; each takes a connection inside a transaction."""
