"""Response codes of JIM and their meaning (docs/protocol.md, "Codes")."""

from enum import IntEnum


class Code(IntEnum):
    """The three digits of an answer. Below 400 its text is in `alert`, from 400 on in `error`."""

    NOTICE = 100
    IMPORTANT_NOTICE = 101
    OK = 200
    CREATED = 201
    ACCEPTED = 202
    BAD_REQUEST = 400
    NOT_AUTHORISED = 401
    WRONG_LOGIN = 402
    FORBIDDEN = 403
    NOT_FOUND = 404
    CONFLICT = 409
    OFFLINE = 410
    TOO_MANY = 429
    SERVER_ERROR = 500


FIRST_ERROR = Code.BAD_REQUEST
