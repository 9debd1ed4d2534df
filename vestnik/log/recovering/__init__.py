"""After a crash: what the last run could not finish writing to the files of a journal."""
