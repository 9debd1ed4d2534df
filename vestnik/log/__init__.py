"""The journal: every action and every handled exception, one line each, in daily files.

Callers need three things: an event (`events`), a `Journal` to record it in (`journal`), and at start-up
`configure` (`setup`). The rest of the package is what happens between the call and the disk.
"""
