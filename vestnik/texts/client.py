"""What `vestnik client` says to whoever sits before it."""

from typing import Final

from vestnik.language import Catalogue

CATALOGUE: Final[Catalogue] = {
    "cli.client_welcome": (
        "Вы вошли как {account}. /help покажет команды",
        "You are logged in as {account}. /help lists the commands",
    ),
    "cli.pinned": (
        "За сертификат этого сервера никто не ручается. Он запомнен; сверьте его отпечаток (SHA-256) с тем, который "
        "сервер показал при запуске: {fingerprint}",
        "Nobody vouches for the certificate of this server. It is remembered; compare its fingerprint (SHA-256) with "
        "the one that the server has shown at its start: {fingerprint}",
    ),
    "cli.ca_bad": (
        "Не прочитать удостоверяющие центры в {path}: {reason}",
        "Cannot read authorities in {path}: {reason}",
    ),
    "cli.pin_bad": (
        "{value} — не отпечаток сертификата: это SHA-256, 64 шестнадцатеричных знака",
        "{value} is no fingerprint of a certificate: that is the SHA-256, 64 hexadecimal digits",
    ),
    "cli.unknown_command": (
        "Нет команды {command}; /help покажет все",
        "There is no command {command}; /help lists all",
    ),
    "cli.near_command": (
        "Нет команды {command}. Может быть, {names}? /help покажет все",
        "There is no command {command}. Is it {names}? /help lists all",
    ),
    "cli.path_command": (
        "Нет команды {command}; сообщение, которое начинается с /, пишется так: /{command}",
        "There is no command {command}; a message that begins with / is written like this: /{command}",
    ),
    "cli.alias": ("{command} здесь называется {meant}", "{command} is called {meant} here"),
    "cli.near_names": ("Может быть, {names}?", "Is it {names}?"),
    "cli.near_rooms": ("Этот чат новый. Похожие: {names}", "This room is new. There is also {names}"),
    "cli.not_member": ("Вы не состоите в чате {room}: /join {room}", "You are not in room {room}: /join {room}"),
    "cli.one_room": (
        "Чаты называют по одному: {command} {room}; имя с запятой или с # внутри — в кавычках",
        "One room at a time: {command} {room}; a name with a comma or a # inside is in quotes",
    ),
    "cli.room_quotes": (
        'После имени чата ничего не нужно; имя с пробелом — в кавычках: {command} "{room}"',
        'Nothing belongs behind the name of a room; a name with a blank is in quotes: {command} "{room}"',
    ),
    "cli.unchanged": ("Так уже и есть", "It is so already"),
    "cli.client_all_read": ("В других беседах всё прочитано", "Everything is read in other conversations"),
    "cli.life_none": ("В {to} нет сообщения {seq}", "There is no message {seq} in {to}"),
    # What other programs have.
    "cli.habit_me": (
        "Сообщений от третьего лица здесь нет: напишите обычное",
        "There are no messages in the third person here: write an ordinary one",
    ),
    "cli.habit_nick": (
        "Имя даёт администратор и не меняется; о себе можно сказать так: /away СТАТУС",
        "A name is given by the administrator and stays; to say something about yourself: /away STATUS",
    ),
    "cli.habit_role": (
        "Права даёт роль: /role ИМЯ модератор, владелец или участник; /mute ИМЯ лишает слова",
        "Rights come with a role: /role NAME moderator, owner or member; /mute NAME keeps from writing",
    ),
    "cli.habit_exit": (
        "Выход — Ctrl-D или /quit; /logout завершает и вход",
        "Ctrl-D or /quit leaves; /logout ends the login, too",
    ),
    "cli.habit_server": (
        "Сервер и учётную запись выбирают при запуске: vestnik client -a АДРЕС -u ИМЯ; /reconnect подключит заново",
        "Server and account are chosen at the start: vestnik client -a ADDRESS -u NAME; /reconnect connects again",
    ),
    "cli.habit_clear": ("Экран очищает Ctrl-L", "Ctrl-L clears the screen"),
    "cli.habit_close": (
        "Окон здесь нет: беседу выбирают /to и /unread, из чата выходят через /leave, все беседы покажет /list",
        "There are no windows here: /to and /unread choose a conversation, /leave leaves a room, /list lists all",
    ),
    "cli.habit_notice": ("Здесь есть только сообщения: /msg ИМЯ ТЕКСТ", "There are only messages here: /msg NAME TEXT"),
    "cli.habit_say": (
        "Строка без / и так сообщение; // в начале строки станет /",
        "A line without / is a message anyway; // at its beginning becomes /",
    ),
    "cli.habit_set": (
        "Настройки — в файле и в опциях: vestnik client --help",
        "Settings are in a file and in options: vestnik client --help",
    ),
    "cli.habit_password": (
        "Учётные записи и пароли — у администратора: vestnik user --help",
        "Accounts and passwords are with the administrator: vestnik user --help",
    ),
    "cli.habit_upload": (
        "Файлы здесь пока не посылают; пошлите ссылку",
        "Files cannot be sent here yet; send a link",
    ),
    "cli.not_text": ("Это не текст в UTF-8", "This is not text in UTF-8"),
    "cli.no_addressee": (
        "Беседа не выбрана: /join #чат или /to ИМЯ",
        "No conversation is chosen: /join #room or /to NAME",
    ),
    "cli.no_room": (
        "{to} — не чат; чат называют первым: {command} #чат",
        "{to} is no room; a room is named first: {command} #room",
    ),
    "cli.argument_needed": ("После {command} нужно имя", "{command} needs a name"),
    "cli.client_usage": ("Пишется так: {usage}", "It goes like this: {usage}"),
    "cli.client_time": (
        "День пишется 2026-11-01, время 2026-11-01T12:30",
        "A day is 2026-11-01, a moment 2026-11-01T12:30",
    ),
    "cli.client_back": ("Связь восстановлена", "The connection is back"),
    "cli.login_name": ("Имя", "Name"),
    "cli.login_password": ("Пароль {account} на {server}", "Password of {account} at {server}"),
    "cli.login_remembered": (
        "Вход запомнен на этом компьютере; /logout завершит его",
        "The login is remembered on this computer; /logout ends it",
    ),
    "cli.login_not_remembered": ("Вход не запомнен: {reason}", "The login is not remembered: {reason}"),
    "cli.login_over": (
        "Запомненный вход закончился: нужен пароль",
        "The login that was remembered is over: the password is needed",
    ),
    "cli.login_ended": (
        "Вход закончился: запустите клиент снова и введите пароль",
        "The login is over: start the client again and type the password",
    ),
    "cli.name_needed": (
        "Кто вы: -u ИМЯ, переменная VESTNIK_USER или user в {path}",
        "Who you are: -u NAME, the variable VESTNIK_USER or user in {path}",
    ),
    "cli.address_bad": (
        "{value} — не адрес. Адреса пишут так: chat.example, chat.example:7777, 192.0.2.1:7777, [2001:db8::1]:7777",
        "{value} is no address. Addresses are: chat.example, chat.example:7777, 192.0.2.1:7777, [2001:db8::1]:7777",
    ),
    "cli.two_ports": (
        "В адресе порт {one}, а в -p порт {other}",
        "The address says port {one}, -p says port {other}",
    ),
    # The file of settings.
    "cli.settings_unread": ("Не удалось прочитать {path}: {reason}", "Cannot read {path}: {reason}"),
    "cli.settings_not_text": ("В {path} не текст в UTF-8", "{path} is not text in UTF-8"),
    "cli.settings_not_toml": ("В {path} ошибка в строке {line}: это не TOML", "In {path} line {line} is not TOML"),
    "cli.setting_unknown": (
        "В {path}: настройки {key} нет, есть {keys}",
        "In {path}: no setting {key}; there are {keys}",
    ),
    "cli.setting_address": (
        'В {path}: {key} — это адрес, "chat.example"',
        'In {path}: {key} is an address, "chat.example"',
    ),
    "cli.setting_port": ("В {path}: {key} — это число от 1 до 65535", "In {path}: {key} is a number from 1 to 65535"),
    "cli.setting_text": ("В {path}: {key} — это текст в кавычках", "In {path}: {key} is a text in quotes"),
    "cli.setting_lang": ('В {path}: {key} — это "ru" или "en"', 'In {path}: {key} is "ru" or "en"'),
    "cli.setting_level": (
        'В {path}: {key} — это "DEBUG", "INFO", "WARNING", "ERROR" или "CRITICAL"',
        'In {path}: {key} is "DEBUG", "INFO", "WARNING", "ERROR" or "CRITICAL"',
    ),
    "cli.setting_switch": ("В {path}: {key} — это true или false", "In {path}: {key} is true or false"),
    "cli.list_cut": ("Показано не всё, только первых: {count}", "Not everything is shown, only the first {count}"),
    "cli.left_out": (
        "Пришло больше, чем можно прочитать; не показано: {count}. /history покажет",
        "More came than anybody can read; not shown: {count}. /history shows it",
    ),
    "cli.link_waits": ("нет связи, повтор через {seconds} с", "no connection, again in {seconds} s"),
    "cli.link_connects": ("нет связи, подключаюсь", "no connection, connecting"),
    "cli.link_once": (
        "Здесь потерянная связь не восстанавливается: это делает клиент в терминале",
        "A lost connection is not made again here: the client in a terminal does that",
    ),
    "cli.client_anew": (
        "База сервера не та, что была; начато заново: {conversations}",
        "The server's database is not what it was; begun anew: {conversations}",
    ),
    "cli.client_waits": ("Связи нет, ждёт её: {line}", "No connection; waits for it: {line}"),
    "cli.client_not_sent": ("Не отправлено к {to}: {text}", "Not sent to {to}: {text}"),
    "cli.client_given_up": ("Не отправлено, собеседник не выбран: {text}", "Not sent, nobody was chosen: {text}"),
    "cli.client_left": ("Не отправлено строк: {count}", "Not sent, lines: {count}"),
    "cli.client_more": (
        "Найдено больше: уточните словами или from: in: has: since: until:",
        "There are more: say more words, or from: in: has: since: until:",
    ),
    "cli.client_nothing": ("Ничего нет", "Nothing there"),
    # Keys.
    "cli.key_again": ("Ctrl-C ещё раз — выход", "Ctrl-C again quits"),
    "cli.paste_long": (
        "Вставлено знаков: {count}, это слишком много; можно {limit}",
        "Pasted characters: {count}, which is too much; {limit} can be",
    ),
    # Headings of lists.
    "cli.columns_conversations": (
        "беседа\tне прочитано\tупоминаний\tсообщений\tпрочитано",
        "conversation\tunread\tmentions\tmessages\tread",
    ),
    "cli.columns_room": (
        "чат\tучастников\tроль\tвид\tдней\tтема\tправки видят\tописание"
        "\tпишут\tприглашают\tзакрепляют\tзовут всех\tсекунд между сообщениями",
        "room\tmembers\trole\tkind\tdays\ttopic\tversions for\tdescription"
        "\twriting\tinviting\tpinning\tmentioning all\tseconds between messages",
    ),
    "cli.columns_reports": (
        "жалоба\tкогда\tчья\tгде\tсообщение\tавтор\tтекст\tпричина",
        "report\ttime\tby\twhere\tmessage\tauthor\ttext\treason",
    ),
    "cli.columns_members": ("имя\tроль\tс\tмолчит до", "name\trole\tsince\tmuted until"),
    "cli.columns_people": ("имя\tсостояние\tпоследний раз\tстатус", "name\tstate\tlast seen\tstatus"),
    "cli.columns_commands": ("команда\tчто после неё\tдля чего", "command\twhat follows\tmeaning"),
    "cli.columns_versions": ("до\tкто\tдействие\tтекст", "until\tby\taction\ttext"),
    # What is so about a message.
    "cli.mark_edited": ("изменено", "edited"),
    "cli.mark_deleted": ("удалено", "deleted"),
    "cli.mark_pinned": ("закреплено", "pinned"),
    "cli.mark_replies": ("ответов: {count}", "replies: {count}"),
    "cli.mark_forwarded": ("переслано от {who}", "forwarded from {who}"),
    # What has become of a message.
    "cli.life_written": ("написано", "written"),
    "cli.life_copied": ("переслано; в оригинале", "forwarded; the original"),
    "cli.life_edited": ("изменено", "edited"),
    "cli.life_deleted": ("удалено", "deleted"),
    "cli.life_answered": ("ответ", "reply"),
    "cli.life_answers": ("ответ на", "replies to"),
    "cli.life_mentions": ("упоминает", "mentions"),
    "cli.life_pinned": ("закреплено", "pinned"),
    "cli.life_reaction": ("реакция", "reaction"),
    "cli.life_id": ("id", "id"),
    # What was done to a message, at that message.
    "cli.sign_react": ("{emoji} {who}", "{emoji} {who}"),
    "cli.sign_unreact": ("без {emoji} {who}", "no {emoji} {who}"),
    "cli.sign_pin": ("закреплено: {who}", "pinned by {who}"),
    "cli.sign_unpin": ("откреплено: {who}", "unpinned by {who}"),
    "cli.sign_delete": ("удалено: {who}", "deleted by {who}"),
    # The status line.
    "cli.status_nowhere": ("беседа не выбрана", "no conversation"),
    "cli.status_types": ("{who} печатает…", "{who} is typing…"),
    "cli.status_type": ("{who} печатают…", "{who} are typing…"),
    "cli.status_unread": ("не прочитано: {where}", "unread: {where}"),
    "cli.status_online": ("на связи", "online"),
    "cli.status_away": ("отошли", "away"),
    # What is unread.
    "cli.unread_here": ("не прочитано: {count}", "unread: {count}"),
    "cli.unread_more": (
        "Дальше ещё {count}: /to {name} покажет их, /read отметит всё прочитанным",
        "There are {count} more: /to {name} shows them, /read marks all as read",
    ),
    # Days.
    "cli.day": ("{weekday}, {day} {month} {year}", "{weekday}, {day} {month} {year}"),
    "cli.weekdays": (
        "понедельник вторник среда четверг пятница суббота воскресенье",
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    ),
    "cli.months": (
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "January February March April May June July August September October November December",
    ),
    # What others did.
    "cli.change_delete": ("Пользователь {who} удалил сообщение {seq} в {to}", "{who} deleted message {seq} in {to}"),
    "cli.change_react": (
        "Пользователь {who} отреагировал на сообщение {seq} в {to}: {emoji}",
        "{who} reacted to message {seq} in {to}: {emoji}",
    ),
    "cli.change_unreact": (
        "Пользователь {who} снял реакцию с сообщения {seq} в {to}: {emoji}",
        "{who} took a reaction off message {seq} in {to}: {emoji}",
    ),
    "cli.change_pin": ("Пользователь {who} закрепил сообщение {seq} в {to}", "{who} pinned message {seq} in {to}"),
    "cli.change_unpin": ("Пользователь {who} открепил сообщение {seq} в {to}", "{who} unpinned message {seq} in {to}"),
    "cli.change_create_group": (
        "Пользователь {who} начал групповой разговор {to}",
        "{who} began the group conversation {to}",
    ),
    "cli.change_create_room": ("Пользователь {who} создал чат {to}", "{who} created room {to}"),
    "cli.change_join": ("Пользователь {who} присоединился к {to}", "{who} joined {to}"),
    "cli.change_leave": ("Пользователь {who} покинул {to}", "{who} left {to}"),
    "cli.client_invited": (
        "Пользователь {who} приглашает вас в чат {room}: /join {room} или /decline {room}",
        "{who} invites you to room {room}: /join {room} or /decline {room}",
    ),
    "cli.reported": (
        "Жалоба на сообщение {seq} в {to}: /reports покажет её",
        "Message {seq} in {to} was reported: /reports shows it",
    ),
    "cli.report_settled": (
        "Жалоба на сообщение {seq} в {to} рассмотрена, меры приняты",
        "The report of message {seq} in {to} was settled",
    ),
    "cli.report_dismissed": (
        "Жалоба на сообщение {seq} в {to} рассмотрена и отклонена",
        "The report of message {seq} in {to} was dismissed",
    ),
    "cli.change_invite": ("Пользователь {who} пригласил {name} в {to}", "{who} invited {name} to {to}"),
    "cli.change_remove": ("Пользователь {who} исключил {name} из {to}", "{who} removed {name} from {to}"),
    "cli.change_ban": ("Пользователь {who} закрыл {name} вход в {to}", "{who} banned {name} from {to}"),
    "cli.change_unban": ("Пользователь {who} снова открыл {name} вход в {to}", "{who} unbanned {name} in {to}"),
    "cli.change_mute": ("Пользователь {who} запретил {name} писать в {to}", "{who} muted {name} in {to}"),
    "cli.change_unmute": ("Пользователь {who} снова разрешил {name} писать в {to}", "{who} unmuted {name} in {to}"),
    "cli.change_set_role": ("Пользователь {who} дал {name} в {to} роль {role}", "{who} made {name} {role} of {to}"),
    "cli.change_name": ("Пользователь {who} переименовал {to} в {name}", "{who} renamed {to} to {name}"),
    "cli.change_topic": ("Пользователь {who} сменил тему {to}: {topic}", "{who} changed the topic of {to}: {topic}"),
    "cli.change_no_topic": ("Пользователь {who} убрал тему {to}", "{who} removed the topic of {to}"),
    "cli.change_description": (
        "Пользователь {who} сменил описание {to}: {description}",
        "{who} changed the description of {to}: {description}",
    ),
    "cli.change_private": ("Пользователь {who} сделал {to} закрытым", "{who} made {to} private"),
    "cli.change_public": ("Пользователь {who} сделал {to} открытым", "{who} made {to} public"),
    "cli.change_archived": ("Пользователь {who} отправил {to} в архив", "{who} archived {to}"),
    "cli.change_unarchived": ("Пользователь {who} вернул {to} из архива", "{who} opened {to} again"),
    "cli.change_edits": (
        "Пользователь {who} решил, кто в {to} видит прежние тексты: {edits}",
        "{who} changed who may see earlier versions in {to}: {edits}",
    ),
    "cli.change_retention": (
        "Пользователь {who} решил, сколько дней {to} хранит сообщения: {retention}",
        "{who} changed for how many days {to} keeps messages: {retention}",
    ),
    "cli.change_no_retention": (
        "Пользователь {who} решил, что {to} хранит сообщения всегда",
        "{who} lets {to} keep messages for ever",
    ),
    "cli.change_posting": (
        "Пользователь {who} решил, кто пишет в {to}: {posting}",
        "{who} changed who may write in {to}: {posting}",
    ),
    "cli.change_inviting": (
        "Пользователь {who} решил, кто приглашает в {to}: {inviting}",
        "{who} changed who may invite to {to}: {inviting}",
    ),
    "cli.change_no_inviting": (
        "Пользователь {who} решил, что в {to} приглашают как обычно",
        "{who} lets people invite to {to} as usual",
    ),
    "cli.change_pinning": (
        "Пользователь {who} решил, кто закрепляет сообщения в {to}: {pinning}",
        "{who} changed who may pin messages in {to}: {pinning}",
    ),
    "cli.change_mention_all": (
        "Пользователь {who} решил, кто в {to} зовёт всех: {mention_all}",
        "{who} changed who may mention all in {to}: {mention_all}",
    ),
    "cli.change_slow": (
        "Пользователь {who} решил, что в {to} участник пишет не чаще, чем раз в {slow} с",
        "{who} lets members write in {to} only every {slow} s",
    ),
    "cli.change_no_slow": (
        "Пользователь {who} снял ограничение, как часто пишут в {to}",
        "{who} lets members write in {to} as often as they like",
    ),
    "cli.change_guests": ("Пользователь {who} пустил гостей в {to}", "{who} opened {to} to guests"),
    "cli.change_no_guests": ("Пользователь {who} закрыл {to} для гостей", "{who} closed {to} to guests"),
    "cli.change_other": ("Пользователь {who} изменил {to}: {kind}", "{who} changed {to}: {kind}"),
    # Roles and other words of the server.
    "cli.role_owner": ("владелец", "owner"),
    "cli.role_moderator": ("модератор", "moderator"),
    "cli.role_member": ("участник", "member"),
    "cli.kind_public": ("открытый", "public"),
    "cli.kind_private": ("закрытый", "private"),
    "cli.kind_archived": ("в архиве", "archived"),
    "cli.kind_group": ("групповой разговор", "group"),
    "cli.edits_members": ("все участники", "members"),
    "cli.edits_moderators": ("модераторы", "moderators"),
    "cli.edits_owners": ("владельцы", "owners"),
    "cli.edits_nobody": ("никто", "nobody"),
    "cli.state_online": ("на связи", "online"),
    "cli.state_away": ("отошёл", "away"),
    "cli.state_offline": ("не на связи", "offline"),
    "cli.did_edit": ("изменение", "edit"),
    "cli.did_delete": ("удаление", "delete"),
    "cli.mute_forever": ("навсегда", "for ever"),
}
