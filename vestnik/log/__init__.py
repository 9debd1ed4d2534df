"""The journal: every action and every handled exception, one line each, in daily files.

Callers need three things: an event (`events`), a `Journal` to record it in (`journal`), and at start-up
`configure` (`setup`). `recording` is what happens between the call and the disk, `days` what becomes of the files,
`sealing` how changes to them are found, `reading` how they are searched. What they are about is their owners' business:
nothing here knows a messenger.
"""
