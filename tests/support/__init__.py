"""What tests share: servers as processes and in the test's own process, and a client that knows only the wire."""
