"""From a record to the disk: the queue, the thread behind it, lines and objects, files and console."""
