"""Reading journals: what a program needs to search, follow, merge and count what was recorded. It only reads.

`reader` finds the files of a journal and gives their entries (`entry`) for a query (`query`), from either end; a part
of a large day is found by its times (`source`). `follow` gives new entries as they are written, `merge` puts several
journals on one time line, `stats` counts, `show` makes text and JSON of an entry that no terminal can be harmed by.
`moments` understands the times that people type.
"""
