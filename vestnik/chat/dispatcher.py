"""From a request to its handler: the guards that hold for every action stand here and nowhere else."""

from collections.abc import Awaitable, Mapping
from math import ceil

from vestnik.chat.actions import ACTIONS, Action, Claimed, action_name
from vestnik.chat.actions.guests import enter
from vestnik.chat.chat import Chat
from vestnik.chat.limits import MAX_ID
from vestnik.chat.names import check_length, name_key
from vestnik.chat.outcome import Outcome
from vestnik.chat.scopes import check_scope
from vestnik.chat.server_roles import RANK
from vestnik.chat.session import Account, Session
from vestnik.protocol import answers
from vestnik.protocol.administration import AnyAction
from vestnik.protocol.errors import BadRequest, Forbidden, NotAuthorised, TooMany
from vestnik.protocol.request import Request
from vestnik.protocol.requests import Authenticate


def dispatch(
    chat: Chat,
    session: Session,
    request: AnyAction,
    actions: Mapping[type[Request], Action] = ACTIONS,
) -> Outcome | Awaitable[Outcome]:
    """Serve a request: an outcome at once, or an awaitable when something must be looked up or kept first.

    `actions` is the table of actions, or one like it with something around the handlers.
    Raises BadRequest for an act of administration that is for the control door only, as for an action that there is
    not, NotAuthorised without a login where one is needed, Forbidden for an act of administration by who is no
    administrator, and for a request in another's name, that a token does not give, or with a secret that others could
    have read on the way, TooMany when the account has asked for too much lately, and what the handler raises.
    """
    action = actions[type(request)]
    _check_role(session, action, request)
    if request.id is not None:
        check_length("id", request.id, MAX_ID)
    claimed = action.claims(request)
    account = session.account
    if action.bears_secret and session.exposed and not chat.plain_passwords:
        raise Forbidden(answers.LOGIN_EXPOSED, session.name or _first(claimed)[: chat.limits.name])
    if account is None:
        if action.needs_login:
            if action.enters and chat.guests.admitted and (wanted := _first(claimed)):
                return enter(chat, session, request, wanted)  # type: ignore[arg-type]  # its request is a Presence
            name = session.claimed or _first(claimed)[: chat.limits.name]
            if not name:
                raise NotAuthorised(answers.LOGIN_MISSING)
            raise NotAuthorised(answers.LOGIN_REQUIRED, name)
    elif account.visitor and not action.visitors:
        raise Forbidden(answers.GUEST_NOT_ALLOWED, account.name)
    elif claimed and claimed != account.name and not (account.visitor and type(request) is Authenticate):
        _check_claim(claimed, account, chat.limits.name)
    if session.scope is not None and account is not None:
        check_scope(session.scope, account.name, request, chat.clock(), chat.rooms.find)
    if action.cost and account is not None and chat.limits.requests:
        _spend(chat, account, action.cost)
    if action.administrative and session.administrator is None:
        return chat.administer(session, request)
    return action.handler(chat, session, request)


def _spend(chat: Chat, account: Account, cost: float) -> None:
    """Raises TooMany when the account has asked for too much lately."""
    if seconds := chat.floods.spend(account.id, cost, chat.limits.requests, chat.clock()):
        raise TooMany(answers.REQUEST_FLOOD, account.name, ceil(seconds * 10) / 10)


def _check_role(session: Session, action: Action, request: Request) -> None:
    """Raises an error for an act of administration that is not for who asks."""
    if not action.administrative or session.administrator is not None:
        return
    if action.role is None:
        raise BadRequest(answers.ACTION_UNKNOWN, action_name(request))
    if RANK[session.speaker.role] < RANK[action.role]:
        raise Forbidden(answers.ACCOUNT_ROLE, session.speaker.name, action.role)


def _check_claim(claimed: Claimed, account: Account, limit: int) -> None:
    """Raises Forbidden unless every name that was claimed is the speaker's, of at most `limit` characters."""
    for name in (claimed,) if isinstance(claimed, str) else claimed or ():
        if name != account.name and name_key(name[: limit + 1]) != account.key:
            raise Forbidden(answers.IDENTITY_MISMATCH, account.name, name[:limit])


def _first(claimed: Claimed) -> str:
    return claimed if isinstance(claimed, str) else next(iter(claimed or ()), "")
