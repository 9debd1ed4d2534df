"""The command `vestnik client`."""
