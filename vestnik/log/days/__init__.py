"""The files of a journal, one for each day: their names, their bytes, and what becomes of them when the day is over."""
