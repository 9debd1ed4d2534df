"""The seals of a journal: how they are made, and how they are verified."""
