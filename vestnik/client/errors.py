"""What can go wrong on the client's side.

ClientError
├── Refused             the server answered with a code from 400 on
├── OutboxFull          too many requests wait for their answers
└── ConnectionFailed    there is no connection
    ├── UnknownHost         the address cannot be found
    ├── AnswerTimeout       the server took too long
    ├── NoTls               TLS is wanted, and the server does not speak it
    ├── CertificateRefused  nobody vouches for the server's certificate, or it is another one than before
    ├── ConnectionLost      the connection ended while it was needed
    ├── ServerClosing       the server said that it stops
    └── NotJson             the server sent something else than JSON
"""

from vestnik.protocol.errors import LocalError


class ClientError(LocalError):
    """The base of all errors of the client."""


class Refused(ClientError):
    """The server answered with an error: `status` (400 and above) and its `reason`.

    With 429, `retry_after` is in how many seconds the same may be asked again, if the server says so.
    """

    def __init__(self, status: int, reason: str, retry_after: float | None = None) -> None:
        super().__init__("client.refused", code=status, text=reason)
        self.status = status
        self.reason = reason
        self.retry_after = retry_after


class OutboxFull(ClientError):
    """Too many requests wait for their answers, or for a connection."""


class ConnectionFailed(ClientError):
    """There is no connection with the server."""


class UnknownHost(ConnectionFailed):
    """The address cannot be found."""


class AnswerTimeout(ConnectionFailed):
    """The server did not accept the connection or answer in time."""


class NoTls(ConnectionFailed):
    """The server does not speak TLS, and it was wanted."""


class CertificateRefused(ConnectionFailed):
    """The server has a certificate that nobody vouches for, or another one than before; nothing was sent to it."""


class ConnectionLost(ConnectionFailed):
    """The connection ended while it was needed."""


class ServerClosing(ConnectionLost):
    """The server said that it stops, and closed the connection."""


class NotJson(ConnectionFailed):
    """The server sent something that is not JSON."""
