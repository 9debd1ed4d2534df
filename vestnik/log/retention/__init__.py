"""What becomes of the days of a journal when they are over: compressed, kept for a while, deleted."""
