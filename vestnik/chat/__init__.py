"""The rules of the messenger. Pure: no sockets, no SQL, no event loop; what must wait is a coroutine over `storage`."""
