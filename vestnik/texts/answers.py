"""What the server says to its clients. The sentences of the mission's session are kept to the letter."""

from typing import Final

from vestnik.language import Catalogue
from vestnik.texts import accounts, bot_answers

CATALOGUE: Final[Catalogue] = {
    **bot_answers.CATALOGUE,
    "login.accepted": ("Пользователь {account} аутентифицирован", "User {account} is authenticated"),
    "login.resumed": ("Пользователь {account} уже аутентифицирован", "User {account} is already authenticated"),
    "login.refused": (
        "Пользователь {account} не существует или введен неправильный пароль ",
        "User {account} does not exist or the password is wrong",
    ),
    "login.exposed": (
        "Пароль {account} не принят: соединение не зашифровано. Войдите по TLS (vestnik client --tls) и смените пароль",
        "The password of {account} is not taken: the connection is not encrypted. Log in by TLS (vestnik client --tls),"
        " and change it",
    ),
    "login.dropped": (
        "Пароль пользователя {account} не проверялся: соединение уже завершено",
        "The password of user {account} was not checked: the connection has ended",
    ),
    "login.required": ("Пользователь {account} не авторизован", "User {account} is not logged in"),
    "login.missing": ("Пользователь не авторизован", "Nobody is logged in"),
    "login.late": ("За {limit} с никто не вошёл", "Nobody has logged in within {limit} s"),
    "login.ended": ("Пользователь {account} завершил работу", "User {account} quit"),
    "login.code_needed": (
        "Пользователю {account} нужен ещё код: поле code или пробел и код за паролем",
        "User {account} needs a code as well: the field code, or a blank and the code behind the password",
    ),
    "totp.shown": (
        "Пользователь {account} спросил о своём втором факторе",
        "User {account} asked about their second factor",
    ),
    "totp.begun": (
        "Пользователь {account} получил ключ для кодов; он вступит в силу с первым кодом",
        "User {account} got a key for codes, which is in force with the first code",
    ),
    "totp.confirmed": (
        "Пользователь {account} входит теперь с паролем и кодом",
        "User {account} logs in with a password and a code from now on",
    ),
    "totp.ended": (
        "Пользователь {account} входит снова без кода",
        "User {account} logs in without a code again",
    ),
    "totp.codes": (
        "Пользователь {account} получил новые запасные коды ({count}), прежние больше не действуют",
        "User {account} got new recovery codes ({count}); those before are void",
    ),
    "totp.refused": (
        "Код пользователя {account} неверен или уже использован",
        "The code of user {account} is wrong or was used already",
    ),
    "totp.later": (
        "Слишком много неверных кодов пользователя {account}: следующий через {seconds} с, запасной код — сейчас",
        "Too many wrong codes of user {account}: another one in {seconds} s, a recovery code now",
    ),
    "totp.is_on": (
        "У пользователя {account} уже есть второй фактор",
        "User {account} has a second factor already",
    ),
    "totp.is_off": ("У пользователя {account} нет второго фактора", "User {account} has no second factor"),
    "logins.listed": (
        "Пользователь {account} получил список своих входов ({count})",
        "User {account} got the list of their logins ({count})",
    ),
    "login.revoked": (
        "Пользователь {account} завершил вход {login}: {device}",
        "User {account} ended login {login}: {device}",
    ),
    "logins.revoked": (
        "Пользователь {account} завершил все прочие свои входы ({count})",
        "User {account} ended all their other logins ({count})",
    ),
    "login.unknown": ("У пользователя {account} нет входа {login}", "User {account} has no login {login}"),
    "login.current": (
        "Вход {login} пользователя {account} — тот, через который он сейчас работает: его завершает quit",
        "Login {login} of user {account} is the one of this connection: quit ends it",
    ),
    "login.none": ("Клиент завершил работу, не войдя", "A client quit without a login"),
    "account.disabled": ("Учётная запись {account} отключена", "Account {account} is disabled"),
    "account.crowded": (
        "У пользователя {account} уже {limit} соединений: это предел",
        "User {account} has {limit} connections, which is the limit",
    ),
    "guest.entered": ("Гость {account} вошёл", "Guest {account} has come in"),
    "guest.not_allowed": ("Гостю {account} этого нельзя", "Guest {account} may not do this"),
    "guest.refused": (
        "{name} не принимает сообщений от гостей, а {account} — гость",
        "{name} takes no messages from guests, and {account} is one",
    ),
    "guest.gone": ("Гость {name} уже ушёл", "Guest {name} has gone"),
    "guests.too_many": (
        "Слишком много гостей пришло за короткое время: попробуйте позже",
        "Too many guests have come in a short time: try again later",
    ),
    "guests.admitted": ("Гости могут писать пользователю {account}", "Guests may write to user {account}"),
    "guests.declined": ("Гости не могут писать пользователю {account}", "Guests may not write to user {account}"),
    "room.no_guests": (
        "В чат {room} гостям нельзя, а {account} — гость",
        "Room {room} is not for guests, and {account} is one",
    ),
    "account.unknown": ("Пользователь {name} не существует", "User {name} does not exist"),
    "account.exists": ("Имя {name} уже занято", "The name {name} is already taken"),
    "account.similar": (
        "Имя {name} не отличить от имени {other}, которое уже занято",
        "The name {name} looks like {other}, which is already taken",
    ),
    "name.empty": ("Имя не может быть пустым", "A name cannot be empty"),
    "name.too_long": ("Имя не может быть длиннее {limit} символов", "A name cannot be longer than {limit} characters"),
    "name.invalid": (
        "Имя {name} не подходит: в нём только видимые символы и одиночные пробелы между ними, и начинается оно не с #",
        "{name} cannot be a name: visible characters only, single blanks between them, and no # at the beginning",
    ),
    "name.room": (
        "Поле {field} неверно: имя чата начинается с #, и за ним что-то стоит",
        "Field {field} is invalid: the name of a room begins with #, and something follows",
    ),
    "name.group": (
        "Поле {field} неверно: имена, которые начинаются с #@, даёт сам сервер",
        "Field {field} is invalid: names that begin with #@ are given by the server itself",
    ),
    "name.blanks": (
        "Поле {field} неверно: в имени бывают только одиночные пробелы между словами",
        "Field {field} is invalid: a name has only single blanks, and these between words",
    ),
    "person.oneself": (
        "Пользователь {account} не может сделать этого с собой",
        "User {account} cannot do this to themselves",
    ),
    "text.sign": (
        "В поле {field} недопустим символ {sign}",
        "In the field {field} the character {sign} is not allowed",
    ),
    "name.sign": (
        "Поле {field} неверно: в имени недопустим символ {sign}",
        "Field {field} is invalid: the character {sign} is not allowed in a name",
    ),
    "name.mixed": (
        "Поле {field} неверно: в имени слово {word} составлено из букв разных алфавитов",
        "Field {field} is invalid: the word {word} of the name mixes letters of different scripts",
    ),
    "name.for_all": (
        "Именем {name} обращаются ко всем, его нельзя занять",
        "The name {name} addresses everybody and cannot be taken",
    ),
    "identity.mismatch": (
        "Соединение принадлежит пользователю {account}, а не {claimed}",
        "The connection belongs to user {account}, not {claimed}",
    ),
    "presence.accepted": ("Статус пользователя {account} принят", "Status of user {account} accepted"),
    "room.joined": ("Пользователь {account} присоединился к чату {room}", "User {account} joined room {room}"),
    "room.left": ("Пользователь {account} покинул чат {room}", "User {account} left room {room}"),
    "room.not_member": (
        "Пользователь {account} не состоит в чате {room}",
        "User {account} is not a member of room {room}",
    ),
    "room.unknown": ("Чата {room} не существует", "Room {room} does not exist"),
    "room.unknown_leave": ("Чата {room} не существует", "Room {room} does not exist"),
    "room.creations": (
        "Пользователь {account} создал слишком много чатов: за сутки можно {limit}",
        "User {account} has made too many rooms: {limit} may be made in a day",
    ),
    "invitation.sent": (
        "Пользователь {account} пригласил {member} в чат {room}; решать приглашённому",
        "User {account} has asked {member} to join room {room}",
    ),
    "invitation.declined": (
        "Пользователь {account} отклонил приглашение в чат {room}",
        "User {account} declined to join room {room}",
    ),
    "invitations.listed": (
        "Пользователь {account} получил список приглашений ({count})",
        "User {account} got the list of invitations ({count})",
    ),
    "invitation.limit": (
        "Пользователя {account} другие позвали уже в {limit} чатов: это предел",
        "Others have brought user {account} into {limit} rooms, which is the limit",
    ),
    "room.limit": (
        "Пользователь {account} уже состоит в {limit} чатах: это предел",
        "User {account} is a member of {limit} rooms, which is the limit",
    ),
    "message.delivered": ("Сообщение от {account} к {to} доставлено", "Message from {account} to {to} delivered"),
    "message.kept": (
        "Сообщение от {account} к {to} будет доставлено позже",
        "Message from {account} to {to} will be delivered later",
    ),
    "message.noted": ("Сообщение от {account} к {to} сохранено", "Message from {account} to {to} is kept"),
    "message.conflict": (
        "Сообщение с номером {id} от {account} уже отправлено не к {to}",
        "A message {id} from {account} was sent already, and not to {to}",
    ),
    "message.differs": (
        "Сообщение с номером {id} от {account} к {to} уже отправлено с другим текстом",
        "A message {id} from {account} to {to} was sent already, with another text",
    ),
    "message.withdrawn": (
        "Сообщение с номером {id} от {account} к {to} уже отправлено и удалено",
        "A message {id} from {account} to {to} was sent already, and is deleted",
    ),
    "room.created": ("Пользователь {account} создал чат {room}", "User {account} created room {room}"),
    "room.exists": ("Чат {room} уже существует", "Room {room} already exists"),
    "room.similar": (
        "Имя {room} не отличить от имени {other}, которое уже занято",
        "The name {room} looks like {other}, which is already taken",
    ),
    "room.changed": (
        "Пользователь {account} изменил чат {room}: {fields}",
        "User {account} changed room {room}: {fields}",
    ),
    "room.shown": ("Пользователь {account} посмотрел чат {room}", "User {account} looked at room {room}"),
    "rooms.listed": (
        "Пользователь {account} получил список чатов ({count})",
        "User {account} got the list of rooms ({count})",
    ),
    "room.private": (
        "Чат {room} закрытый: пользователя {account} должны пригласить",
        "Room {room} is private: user {account} has to be invited",
    ),
    "room.archived": ("Чат {room} в архиве", "Room {room} is archived"),
    "room.banned": ("Пользователь {account} заблокирован в чате {room}", "User {account} is banned from room {room}"),
    "room.muted": ("Пользователю {account} запрещено писать в чате {room}", "User {account} is muted in room {room}"),
    "room.not_allowed": (
        "Пользователю {account} нельзя это делать в чате {room}: нужна роль {role}",
        "User {account} may not do this in room {room}: it takes role {role}",
    ),
    "room.slow": (
        "В чате {room} пишут не так часто: пользователь {account} сможет написать через {seconds} с",
        "Room {room} is slow: user {account} can write again in {seconds} s",
    ),
    "room.last_owner": (
        "Пользователь {account} - последний владелец чата {room}",
        "User {account} is the last owner of room {room}",
    ),
    "group.created": (
        "Пользователь {account} начал групповой разговор {room}: {members}",
        "User {account} began the group conversation {room}: {members}",
    ),
    "group.found": (
        "Пользователь {account} нашёл групповой разговор {room}: {members}",
        "User {account} found the group conversation {room}: {members}",
    ),
    "group.fixed": (
        "В групповом разговоре {room} другие никого не добавляют и не удаляют",
        "In group conversation {room} nobody is added or removed by others",
    ),
    "group.size": (
        "В групповом разговоре от трёх до {limit} человек",
        "A group conversation has from three to {limit} people",
    ),
    "members.listed": (
        "Пользователь {account} получил список участников чата {room} ({count})",
        "User {account} got the list of members of room {room} ({count})",
    ),
    "member.unknown": (
        "Пользователь {member} не состоит в чате {room}",
        "User {member} is not a member of room {room}",
    ),
    "member.outranks": (
        "У пользователя {member} слишком высокая роль в чате {room}",
        "User {member} has too high a role in room {room} for this",
    ),
    "member.invited": (
        "Пользователь {account} пригласил {member} в чат {room}",
        "User {account} invited {member} to room {room}",
    ),
    "member.removed": (
        "Пользователь {account} удалил {member} из чата {room}",
        "User {account} removed {member} from room {room}",
    ),
    "member.banned": (
        "Пользователь {account} заблокировал {member} в чате {room}",
        "User {account} banned {member} from room {room}",
    ),
    "member.unbanned": (
        "Пользователь {account} разблокировал {member} в чате {room}",
        "User {account} unbanned {member} in room {room}",
    ),
    "member.muted": (
        "Пользователь {account} запретил {member} писать в чате {room}",
        "User {account} muted {member} in room {room}",
    ),
    "member.unmuted": (
        "Пользователь {account} разрешил {member} писать в чате {room}",
        "User {account} unmuted {member} in room {room}",
    ),
    "member.role": (
        "Пользователь {account} назначил {member} роль {role} в чате {room}",
        "User {account} made {member} {role} of room {room}",
    ),
    "message.blocked": (
        "Пользователь {name} не принимает сообщений от {account}",
        "User {name} takes no messages from {account}",
    ),
    "message.blocking": (
        "Пользователь {account} заблокировал {name}: чтобы писать, его нужно разблокировать",
        "User {account} has blocked {name}: unblock them to write",
    ),
    "message.unknown": ("В {to} нет сообщения {seq}", "There is no message {seq} in {to}"),
    "message.not_own": (
        "Сообщение {seq} в {to} написал не пользователь {account}",
        "Message {seq} in {to} was not written by user {account}",
    ),
    "message.edited": (
        "Пользователь {account} исправил сообщение {seq} в {to}",
        "User {account} edited message {seq} in {to}",
    ),
    "message.deleted": (
        "Пользователь {account} удалил сообщение {seq} в {to}",
        "User {account} deleted message {seq} in {to}",
    ),
    "message.pinned": (
        "Пользователь {account} закрепил сообщение {seq} в {to}",
        "User {account} pinned message {seq} in {to}",
    ),
    "message.unpinned": (
        "Пользователь {account} открепил сообщение {seq} в {to}",
        "User {account} unpinned message {seq} in {to}",
    ),
    "report.made": (
        "Пользователь {account} пожаловался на сообщение {seq} в {to}, жалоба {report}",
        "User {account} reported message {seq} in {to}, report {report}",
    ),
    "report.own": (
        "Сообщение {seq} в {to} написал сам пользователь {account}",
        "Message {seq} in {to} was written by user {account}",
    ),
    "report.limit": (
        "Рассмотрения ждут уже {limit} жалоб пользователя {account}",
        "{limit} reports of user {account} wait to be looked at",
    ),
    "report.unknown": ("Жалобы {report} нет", "There is no report {report}"),
    "report.resolved": (
        "Пользователь {account} рассмотрел жалобу {report}: {outcome}",
        "User {account} looked at report {report}: {outcome}",
    ),
    "reports.listed": (
        "Пользователь {account} получил список жалоб ({count})",
        "User {account} got the list of reports ({count})",
    ),
    "edits.listed": (
        "Пользователь {account} получил прежние версии сообщения {seq} в {to} ({count})",
        "User {account} got the earlier versions of message {seq} in {to} ({count})",
    ),
    "edits.hidden": (
        "Пользователю {account} нельзя видеть прежние версии в {to}",
        "User {account} may not see earlier versions in {to}",
    ),
    "pins.listed": (
        "Пользователь {account} получил закреплённые сообщения {to} ({count})",
        "User {account} got the pinned messages of {to} ({count})",
    ),
    "pin.limit": (
        "В {to} закреплено сообщений: {limit}, это предел",
        "{limit} messages are pinned in {to}, which is the limit",
    ),
    "reaction.added": (
        "Пользователь {account} отреагировал на сообщение {seq} в {to}: {emoji}",
        "User {account} reacted to message {seq} in {to}: {emoji}",
    ),
    "reaction.removed": (
        "Пользователь {account} снял реакцию с сообщения {seq} в {to}: {emoji}",
        "User {account} took a reaction off message {seq} in {to}: {emoji}",
    ),
    "reaction.invalid": (
        "Реакция — это эмодзи или слово без пробелов",
        "A reaction is an emoji, or a word without blanks",
    ),
    "reaction.limit": (
        "У сообщения {seq} в {to} разных реакций: {limit}, это предел",
        "Message {seq} in {to} has {limit} different reactions, which is the limit",
    ),
    "history.listed": (
        "Пользователь {account} прочитал историю {to} ({count})",
        "User {account} read the history of {to} ({count})",
    ),
    "conversations.listed": (
        "Пользователь {account} получил список разговоров ({count})",
        "User {account} got the list of conversations ({count})",
    ),
    "resume.continued": (
        "Пользователь {account} продолжает сеанс, разговоров пока: {count}",
        "User {account} is resuming, conversations so far: {count}",
    ),
    "resume.accepted": (
        "Пользователь {account} продолжает сеанс, разговоров: {count}",
        "User {account} resumes, conversations: {count}",
    ),
    "resume.running": ("Пользователь {account} уже продолжает сеанс", "User {account} is resuming already"),
    "resume.limit": (
        "Пользователь {account} продолжает больше разговоров, чем {limit}, это предел",
        "User {account} resumes more than {limit} conversations, which is the limit",
    ),
    "read.noted": ("Пользователь {account} прочитал {to} до {seq}", "User {account} has read {to} up to {seq}"),
    "typing.told": ("Пользователь {account} печатает в {to}", "User {account} is typing in {to}"),
    "search.found": (
        "Пользователь {account} искал, найдено сообщений: {count}",
        "User {account} searched, messages found: {count}",
    ),
    "search.empty": ("В поиске нет ни одного слова", "There is no word in the search"),
    "search.words": ("В поиске не больше {limit} слов", "A search has at most {limit} words"),
    "people.listed": (
        "Пользователь {account} посмотрел, кто на месте ({count})",
        "User {account} looked at who is there ({count})",
    ),
    "contacts.listed": (
        "Пользователь {account} получил список контактов ({count})",
        "User {account} got the list of contacts ({count})",
    ),
    "contact.added": ("Пользователь {account} добавил контакт {contact}", "User {account} added contact {contact}"),
    "contact.removed": ("Пользователь {account} удалил контакт {contact}", "User {account} removed contact {contact}"),
    "contact.unknown": ("У пользователя {account} нет контакта {contact}", "User {account} has no contact {contact}"),
    "contact.limit": (
        "У пользователя {account} уже {limit} контактов: это предел",
        "User {account} has {limit} contacts, which is the limit",
    ),
    "blocked.listed": (
        "Пользователь {account} получил список тех, кого заблокировал ({count})",
        "User {account} got the list of those whom they have blocked ({count})",
    ),
    "block.set": ("Пользователь {account} заблокировал {name}", "User {account} blocked {name}"),
    "block.lifted": ("Пользователь {account} разблокировал {name}", "User {account} unblocked {name}"),
    "block.limit": (
        "Пользователь {account} не принимает приглашений уже от {limit} человек: это предел",
        "User {account} takes no invitations from {limit} people, which is the limit",
    ),
    "invitation.blocked": (
        "Пользователь {name} не принимает приглашений от {account}",
        "User {name} takes no invitations from {account}",
    ),
    **accounts.CATALOGUE,
    "value.not_object": ("Нужен объект JSON", "A JSON object is needed"),
    "value.malformed": ("Неправильный JSON: байт {byte}", "Malformed JSON: byte {byte}"),
    "value.too_long": ("Объект длиннее {limit} байт", "The object is longer than {limit} bytes"),
    "value.too_deep": ("Вложенность больше {limit}", "Nesting deeper than {limit}"),
    "request.flood": (
        "Пользователь {account} просит слишком много: снова через {seconds} с",
        "User {account} asks for too much: again in {seconds} s",
    ),
    "refused.too_often": (
        "Отклонено {limit} запросов подряд: соединение закрыто",
        "{limit} requests in a row were refused: the connection is closed",
    ),
    "value.unfinished": ("Объект не закончен за {limit} с", "The object was not finished within {limit} s"),
    "stream.unreadable": ("Это не JSON: байт {byte}", "This is not JSON: byte {byte}"),
    "action.missing": ("Нет поля action", "Field action is missing"),
    "action.unknown": ("Неизвестное действие {action}", "Unknown action {action}"),
    "field.missing": ("Нет поля {field}", "Field {field} is missing"),
    "field.outside": (
        "В поле {field} бывает число от {least} до {most}",
        "In the field {field} there is a number from {least} to {most}",
    ),
    "field.invalid": ("Неправильное поле {field}", "Field {field} is invalid"),
    "field.empty": ("Пустое поле {field}", "Field {field} is empty"),
    "field.too_long": ("Поле {field} длиннее {limit} символов", "Field {field} is longer than {limit} characters"),
    "fields.exclusive": (
        "Можно указать только одно из полей: {fields}",
        "Only one of these fields may be given: {fields}",
    ),
    "fields.none": ("Нужно одно из полей: {fields}", "One of these fields is needed: {fields}"),
    "server.error": ("Внутренняя ошибка сервера", "Internal server error"),
    "server.busy": ("Сервер перегружен, повторите позже", "The server is overloaded, try again later"),
    "network.crowded": (
        "Из этой сети уже открыто {limit} соединений: это предел",
        "{limit} connections from this network are open, which is the limit",
    ),
    "server.full": ("Уже открыто {limit} соединений: это предел", "{limit} connections are open, which is the limit"),
    # Unasked.
    "notice.closing": ("Сервер завершает работу", "The server is closing"),
}
