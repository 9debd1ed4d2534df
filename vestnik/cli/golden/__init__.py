"""The mission's session as both journals must show it, line for line after the time stamp."""
