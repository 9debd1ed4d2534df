"""What is said on the wire: bytes in, messages out. Pure: nothing here does any I/O."""
