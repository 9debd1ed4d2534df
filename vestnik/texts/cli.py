"""What the command line says: passwords, the server's start, accounts, the demo, and reading journals."""

from typing import Final

from vestnik.language import Catalogue

CATALOGUE: Final[Catalogue] = {
    "cli.server_data": ("Данные: {path}", "Data: {path}"),
    "cli.server_journal": ("Журнал: {path}", "Journal: {path}"),
    "cli.server_how": (
        (
            "Добавить пользователя: {command} user --data {data} add ИМЯ\n"
            "Войти: {command} client -a {address} -p {port} -u ИМЯ\n"
            "Остановить: Ctrl-C"
        ),
        (
            "Add an account: {command} user --data {data} add NAME\n"
            "Log in: {command} client -a {address} -p {port} -u NAME\n"
            "Stop: Ctrl-C"
        ),
    ),
    "cli.file_bad": ("Не удалось: {reason}", "It failed: {reason}"),
    "cli.data_none": (
        "В {path} нет данных Вестника: первый запуск сервера их создаёт, а другой каталог задаёт --data",
        "There is no data of Vestnik in {path}: the first start of a server makes it; --data names another directory",
    ),
    "cli.server_open": (
        "Внимание: соединения не шифруются, и пароли с других компьютеров не принимаются. С TLS: --tls self-signed; "
        "только для этого компьютера: -a 127.0.0.1",
        "Note: connections are not encrypted, and passwords from other machines are not taken. With TLS: "
        "--tls self-signed; for this machine only: -a 127.0.0.1",
    ),
    "cli.server_clear": (
        "Внимание: соединения могут быть не зашифрованы, и пароли идут по сети открыто (plain_passwords)",
        "Note: connections need not be encrypted, so passwords travel in clear (plain_passwords)",
    ),
    "cli.server_tls": (
        "Отпечаток сертификата (SHA-256), для сверки при первом входе: {fingerprint}",
        "Fingerprint of the certificate (SHA-256), to compare at the first login: {fingerprint}",
    ),
    "cli.control_unreachable": (
        "Сервер (процесс {pid}), который работает с данными в {path}, недоступен: "
        "он запускается, останавливается или завис",
        "The server (process {pid}) that works with the data in {path} cannot be reached: "
        "it is starting, stopping or hanging",
    ),
    "cli.control_silent": (
        "Сервер (процесс {pid}) не отвечает; сделано ли это, сказано в admin.log",
        "The server (process {pid}) does not answer: admin.log says whether it was done",
    ),
    "cli.names_more": ("{text}; это первые", "{text}; these are the first"),
    "cli.password": ("Пароль", "Password"),
    "cli.password_again": ("Пароль ещё раз", "Password again"),
    "cli.password_differs": ("Пароли не совпадают", "The passwords differ"),
    "cli.password_needed": (
        "Пароль берётся из переменной {variable} или с терминала",
        "The password comes from the variable {variable} or from a terminal",
    ),
    "cli.bot_unused": ("не использован", "unused"),
    "cli.bot_for_ever": ("бессрочный", "for ever"),
    "cli.bot_everywhere": ("все чаты", "all rooms"),
    "cli.password_weak": (
        "Внимание: такой пароль угадывают первым. Лучше код для нового: vestnik user reset",
        "Warning: such a password is tried first. Better give a code for another one: vestnik user reset",
    ),
    "cli.new_password": ("Новый пароль", "New password"),
    "cli.invite": ("Код или ссылка приглашения", "Code or link of the invite"),
    "cli.code": ("Код", "Code"),
    "cli.line_needed": (
        "Нужна строка стандартного ввода: {what}",
        "A line of standard input is needed: {what}",
    ),
    "cli.user_enabled": ("включена", "enabled"),
    "cli.user_disabled": ("отключена", "disabled"),
    "cli.user_role_owner": ("владелец", "owner"),
    "cli.user_role_administrator": ("администратор", "administrator"),
    "cli.user_role_member": ("участник", "member"),
    "cli.user_role_guest": ("гость", "guest"),
    "cli.user_role_bot": ("бот", "bot"),
    # Backups.
    "cli.backup_no_data": ("В {path} нет базы Вестника", "There is no database of Vestnik in {path}"),
    "cli.backup_exists": (
        "файл уже есть, и это не резервная копия Вестника; выберите другое имя",
        "the file exists and is no backup of Vestnik; choose another name",
    ),
    "cli.backup_locked": (
        "с данными в {path} работает сервер (процесс {pid}): остановите его",
        "a server (process {pid}) works with the data in {path}: stop it",
    ),
    "cli.backup_made": (
        "Резервная копия {path} сделана и проверена: байт {size}, журналы: {journals}",
        "Backup {path} was made and verified: {size} bytes, journals: {journals}",
    ),
    "cli.backup_failed": ("Резервная копия {path} не сделана: {reason}", "Backup {path} was not made: {reason}"),
    "cli.backup_interrupted": ("прервано", "interrupted"),
    "cli.backup_foreign": ("это не резервная копия Вестника", "this is no backup of Vestnik"),
    "cli.backup_damaged": (
        "резервная копия неполна или повреждена ({reason})",
        "the backup is not whole, or damaged ({reason})",
    ),
    "cli.backup_database_damaged": ("база повреждена ({reason})", "the database is damaged ({reason})"),
    "cli.backup_in_use": (
        "рядом с файлом есть {log}: это база, с которой работают или которую не закрыли; "
        "сделайте копию командой vestnik backup",
        "there is {log} beside it: a database that is in use or was not closed; back it up with vestnik backup",
    ),
    "cli.restore_failed": (
        "Из {path} ничего не восстановлено, всё осталось прежним: {reason}",
        "Nothing was restored from {path}, all is as it was: {reason}",
    ),
    "cli.restored": (
        "База в {data} восстановлена из {path}: записи до номера {kept}, новая эпоха {epoch}",
        "The database in {data} was restored from {path}: records up to number {kept}, new epoch {epoch}",
    ),
    "cli.restore_aside": (
        "Прежняя база: {path}. Удалите её, когда она не нужна",
        "The database that was there: {path}. Remove it when nobody needs it",
    ),
    "cli.restore_journal": ("Журнал {name} восстановлен в {path}", "Journal {name} was restored in {path}"),
    "cli.restore_journal_kept": (
        "Журнал {name} в {path} уже есть и остался; тот, что в резервной копии, не восстановлен",
        "There is a journal {name} in {path}, which stays; the one in the backup was not restored",
    ),
    # The demo.
    "cli.demo_port": (
        "Порт 7777 занят: сервер демонстрации слушает порт {port}",
        "Port 7777 is in use: the server of the demo listens at port {port}",
    ),
    "cli.demo_journal": ("Журнал {side} (строк: {count}):", "Journal of the {side} ({count} lines):"),
    "cli.demo_same": (
        "Журнал {side} совпадает со спецификацией, строк: {count}",
        "The journal of the {side} matches the specification: {count} lines",
    ),
    "cli.demo_differs": (
        "Журнал {side} не совпадает со спецификацией, строка {number}:",
        "The journal of the {side} differs from the specification in line {number}:",
    ),
    "cli.demo_expected": ("  должно быть: {line}", "  expected: {line}"),
    "cli.demo_found": ("  получилось:  {line}", "  found:    {line}"),
    "cli.demo_nothing": ("(нет строки)", "(no line)"),
    "cli.demo_failed": (
        "Сервер демонстрации не запустился: {reason}",
        "The server of the demo did not start: {reason}",
    ),
    "cli.demo_kept": ("Журналы сохранены в {path}", "The journals are kept in {path}"),
    "cli.demo_server": ("сервера", "server"),
    "cli.demo_client": ("клиента", "client"),
    # Reading journals.
    "cli.journal_none": ("Журнала {name} нет в {path}", "There is no journal {name} in {path}"),
    "cli.journal_empty": ("В {path} нет журнала", "There is no journal in {path}"),
    "cli.journal_several": ("В {path} несколько журналов: {names}", "There are several journals in {path}: {names}"),
    "cli.journal_unreadable": ("Не удалось прочитать {path}: {reason}", "Cannot read {path}: {reason}"),
    "cli.journal_damaged": (
        "Файл {path} повреждён ({reason}): прочитано только то, что до повреждения",
        "{path} is damaged ({reason}): only what comes before the damage was read",
    ),
    "cli.journal_text_only": (
        (
            "В журнале {name} за {dates} есть только текст: имена и чаты ищутся в предложениях, "
            "событий, соединений и запросов в нём нет"
        ),
        (
            "The journal {name} has text only on {dates}: accounts and rooms are looked for in its sentences; "
            "events, connections and requests are not in it"
        ),
    ),
    "cli.journal_output": ("Не удалось вывести: {reason}", "Cannot print: {reason}"),
    "cli.journal_merge": ("Для нескольких журналов нужно --merge", "Several journals need --merge"),
    "cli.journal_time": (
        "{value} — не время. Время пишут так: {examples}",
        "{value} is no time. Times are: {examples}",
    ),
    "cli.journal_request": (
        "{value} — не НОМЕР и не СОЕДИНЕНИЕ-НОМЕР",
        "{value} is neither NUMBER nor CONNECTION-NUMBER",
    ),
    "cli.journal_two_connections": (
        "в --connection указано {one}, здесь {other}",
        "--connection says {one}, this says {other}",
    ),
    "cli.journal_pattern": ("это не регулярное выражение: {reason}", "this is no regular expression: {reason}"),
    # Counting entries.
    "cli.stats_none": ("Записей нет", "No entries"),
    "cli.stats_entries": ("Записей: {count}, с {first} по {last}", "Entries: {count}, from {first} to {last}"),
    "cli.stats_torn": ("Неполных строк: {count}", "Lines that are not whole: {count}"),
    "cli.stats_levels": ("Уровни", "Levels"),
    "cli.stats_hours": ("Часы", "Hours"),
    "cli.stats_codes": ("Коды, с учётом повторов", "Codes, with repetitions"),
    "cli.stats_events": ("События, с учётом повторов", "Events, with repetitions"),
    "cli.stats_accounts": ("Пользователи ({count} самых частых)", "Accounts ({count} most frequent)"),
    "cli.stats_rooms": ("Чаты ({count} самых частых)", "Rooms ({count} most frequent)"),
    "cli.stats_error": (
        "  имён слишком много: числа могут быть меньше настоящих не более чем на {count}",
        "  there were too many names: these numbers may be too low by up to {count}",
    ),
    # The life of a message.
    "cli.trace_title": ("Сообщение {seq} от {account} к {to}", "Message {seq} from {account} to {to}"),
    "cli.trace_request": (
        "Сообщение от {account}, которое не принято",
        "A message from {account} that was not accepted",
    ),
    "cli.trace_id": ("id {id}", "id {id}"),
    "cli.trace_accepted": (
        "принято: {connection}, пользователь {account}, запрос {request}",
        "accepted from {connection}, account {account}, request {request}",
    ),
    "cli.trace_again": (
        "прислано снова: {connection}, пользователь {account}, запрос {request}",
        "sent again from {connection}, account {account}, request {request}",
    ),
    "cli.trace_stored": (
        "записано под номером {number} среди всех сообщений, {seq} в своей беседе",
        "stored as number {number} of all messages, {seq} of its conversation",
    ),
    "cli.trace_not_stored": ("в базе его нет", "not in the database"),
    "cli.trace_recovered": (
        "после сбоя в журнале его не было; найдено в базе при запуске сервера",
        "the journal lacked it after a crash; found in the database when the server started",
    ),
    "cli.trace_answered": ("ответ автору: {code}", "answered to the author: {code}"),
    "cli.trace_refused": (
        "отказано: {connection}, запрос {request}: {reason}",
        "refused to {connection}, request {request}: {reason}",
    ),
    "cli.trace_delivered": ("доставлено {account}: {connection}", "delivered to {account}: {connection}"),
    "cli.trace_delivered_later": (
        "доставлено {account} с отложенными сообщениями: {connection}",
        "delivered to {account} with the messages kept for later: {connection}",
    ),
    "cli.trace_slow": (
        "соединение {connection} закрыто: клиент не успевал читать, через {seconds} с после доставки",
        "connection {connection} closed as too slow, {seconds} s after the delivery",
    ),
    "cli.trace_ended": (
        "соединение {connection} закончилось через {seconds} с после доставки",
        "connection {connection} ended, {seconds} s after the delivery",
    ),
    "cli.trace_cut_off": (
        "соединение {connection} закончилось через {seconds} с после доставки, и клиент принял не всё",
        "connection {connection} ended, {seconds} s after the delivery, and its client had not taken everything",
    ),
    "cli.trace_ended_back": (
        "соединение {connection} закончилось; как скоро после доставки, неизвестно: часы были переведены назад",
        "connection {connection} ended; how soon after the delivery is not known, for the clock was put back",
    ),
    "cli.trace_restarted": (
        "сервер запущен заново через {seconds} с после доставки в соединение {connection}",
        "the server started anew, {seconds} s after the delivery to connection {connection}",
    ),
    "cli.trace_somebody": ("пользователю, которого нет в журнале", "an account not in the journal"),
    "cli.trace_connection": ("соединение {connection}", "connection {connection}"),
    "cli.trace_connection_from": ("соединение {connection} ({address})", "connection {connection} ({address})"),
    "cli.trace_no_connection": ("соединения нет в журнале", "a connection not in the journal"),
    "cli.trace_end_noted": (
        "Заметка для себя: хранится в истории, другие устройства {to} её не получали",
        "A note to oneself: it is in the history, and no other device of {to} got it",
    ),
    "cli.trace_end_delivered": ("Доставлено: {to}", "Delivered to {to}"),
    "cli.trace_end_room": (
        "Доставлено в соединения чата: {count}",
        "Delivered to the connections of the room: {count}",
    ),
    "cli.trace_end_nobody": (
        "Сохранено; больше никого из чата на связи не было",
        "Kept; nobody else of the room was connected",
    ),
    "cli.trace_end_recovered": (
        "Сохранено; кому из чата оно доставлено, после сбоя неизвестно",
        "Kept; to whom of the room it was delivered is not known after the crash",
    ),
    "cli.trace_end_gone": (
        "Было сохранено, но в базе его больше нет",
        "It was kept, but is not in the database any more",
    ),
    "cli.trace_end_uncertain": (
        "Отправлено {to}, но соединение закончилось так, что могло не дойти",
        "Written to {to}, but as the connection ended it may not have arrived",
    ),
    "cli.trace_end_cursor": (
        "По данным базы доставлено {to} (до {seq}); в журнале доставки нет",
        "Delivered to {to} (up to {seq}), says the database; the journal does not have it",
    ),
    "cli.trace_end_waiting": ("Ждёт входа пользователя {to}", "Waiting for {to} to log in"),
    "cli.trace_end_unknown": ("Доставки пользователю {to} в журнале нет", "The journal has no delivery to {to}"),
    "cli.trace_end_refused": ("Отказано: сообщение не сохранено", "Refused: it was not stored"),
    "cli.trace_end_unjournaled": ("Сохранено, но в журнале его нет", "Stored, but the journal does not have it"),
    "cli.trace_end_older": (
        "Сохранено до {moment}, начала журнала",
        "Stored before {moment}, where the journal begins",
    ),
    "cli.trace_none": (
        "Сообщения {message} нет ни в журнале, ни в базе в {path}",
        "There is no message {message}: neither the journal nor the database in {path} has it",
    ),
    "cli.trace_none_in_journal": (
        "Сообщения {message} нет в журнале, а базы нет в {path}",
        "There is no message {message} in the journal, and no database in {path}",
    ),
    "cli.trace_no_database": (
        "Базы в {path} нет: прочитан только журнал",
        "There is no database in {path}: only the journal was read",
    ),
    "cli.trace_database": (
        "Не удалось прочитать базу в {path}: {reason}",
        "Cannot read the database in {path}: {reason}",
    ),
    # Seals of the journal.
    "cli.seals_journal": ("Журнал {name} в {path}", "Journal {name} in {path}"),
    "cli.seals_chain": (
        "Печати {first}-{last} цепочки {chain}, с {since} по {until}: {state}",
        "Seals {first} to {last} of chain {chain}, {since} to {until}: {state}",
    ),
    "cli.seals_secret": ("проверены ключом проверки", "checked with the verification key"),
    "cli.seals_public": ("проверены ключом, который известен всем", "checked with a key that everybody knows"),
    "cli.seals_without": ("не проверены", "not checked"),
    "cli.seals_file": ("{file}: под печатями байт: {sealed} из {size}", "{file}: {sealed} of {size} bytes under seals"),
    "cli.seals_found": ("НАЙДЕНО {text}", "FOUND {text}"),
    "cli.seals_not_checked": ("НЕ ПРОВЕРЕНО {text}", "NOT CHECKED {text}"),
    "cli.seals_note": ("Примечание: {text}", "Note: {text}"),
    "cli.seals_intact": ("Журнал такой, каким был записан", "The journal is as it was written"),
    "cli.seals_tampered": ("Журнал НЕ такой, каким был записан", "The journal is NOT as it was written"),
    "cli.seals_unknown": (
        "Ничего плохого не найдено, но проверить удалось не всё",
        "Nothing wrong was found, but not everything could be checked",
    ),
    "cli.seals_changed": (
        "{file}:{lines}: изменено, теперь здесь: {text}",
        "{file}:{lines}: changed, it reads now: {text}",
    ),
    "cli.seals_missing": (
        "{file}:{lines}: не хватает строк ({count}) перед: {text}",
        "{file}:{lines}: {count} line(s) missing before: {text}",
    ),
    "cli.seals_inserted": ("{file}:{lines}: вставлено: {text}", "{file}:{lines}: inserted: {text}"),
    "cli.seals_somewhere": (
        "{file}:{lines}: изменено где-то в этих строках",
        "{file}:{lines}: changed somewhere in these lines",
    ),
    "cli.seals_unsealed": (
        "{file}:{lines}: не под печатью (мест: {count}, байт: {size}): {text}",
        "{file}:{lines}: under no seal (places: {count}, bytes: {size}): {text}",
    ),
    "cli.seals_cut": (
        "{file}:{lines}: файл кончается этой строкой, не хватает байт: {size}",
        "{file}:{lines}: the file ends after this line, {size} bytes are missing",
    ),
    "cli.seals_begun_anew": (
        "{file}: обрезан или заменён до {time}, пропало опечатанных байт: {size}",
        "{file}: cut or replaced before {time}, {size} sealed bytes are gone",
    ),
    "cli.seals_file_missing": (
        "{file}: файла нет, а опечатано байт: {size}",
        "{file}: missing, with {size} sealed bytes",
    ),
    "cli.seals_file_unsealed": (
        "{file}: байт, о которых не знает ни одна печать: {size}",
        "{file}: {size} bytes that no seal knows of",
    ),
    "cli.seals_file_damaged": ("{file}: не распаковывается: {reason}", "{file}: cannot be unpacked: {reason}"),
    "cli.seals_link_bad": ("{file}: не ссылка на день этого журнала", "{file}: not the link to a day of this journal"),
    "cli.seals_seal_bad": (
        "{file}:{lines}: не печать этого журнала или изменена",
        "{file}:{lines}: not a seal of this journal, or changed",
    ),
    "cli.seals_seal_cut_off": ("{file}: кончается посреди печати", "{file}: ends in the middle of a seal"),
    "cli.seals_seal_misplaced": (
        "{file}:{lines}: печать {epoch} не на своём месте",
        "{file}:{lines}: seal {epoch} is in the wrong place",
    ),
    "cli.seals_seals_missing": (
        "{file}:{lines}: перед этой не хватает печатей с {epoch} по {to}",
        "{file}:{lines}: seals {epoch} to {to} are missing before this one",
    ),
    "cli.seals_seals_beheaded": (
        "{file}: нет первых печатей, до {epoch}",
        "{file}: the first seals are missing, up to {epoch}",
    ),
    "cli.seals_seals_cut": ("нет последних печатей, с {epoch} по {to}", "the last seals are missing, {epoch} to {to}"),
    "cli.seals_chain_replaced": (
        "{file}:{lines}: начинается цепочка {chain}, хотя цепочка {before} не закончена",
        "{file}:{lines}: chain {chain} begins although chain {before} was not ended",
    ),
    "cli.seals_chain_unkeyed": (
        "{file}:{lines}: за цепочкой {before} идёт цепочка {chain} без тайного ключа",
        "{file}:{lines}: chain {chain} follows chain {before} without a secret key",
    ),
    "cli.seals_chain_absent": (
        "нет ни одной печати цепочки {chain}, для которой ключ: это ключ другого журнала, или заменены все печати",
        (
            "no seal of chain {chain}, which the key is for: the key is that of another journal, "
            "or all seals were replaced"
        ),
    ),
    "cli.seals_state_missing": (
        "{file}: файла нет, и нельзя сказать, не отрезан ли конец",
        "{file}: missing, so nobody can tell whether the end was cut off",
    ),
    "cli.seals_state_damaged": ("{file}: повреждён", "{file}: damaged"),
    "cli.seals_state_foreign": (
        "{file}: от цепочки {chain}, а она не последняя",
        "{file}: belongs to chain {chain}, which is not the last one",
    ),
    "cli.seals_state_old": (
        "{file}: старая копия, отстаёт на печатей: {count}",
        "{file}: an older copy, {count} seals behind",
    ),
    "cli.seals_state_forged": ("{file}: не подходит к печатям", "{file}: does not fit the seals"),
    "cli.seals_no_seals": ("у журнала нет печатей", "the journal has no seals"),
    "cli.seals_key_needed": (
        "для цепочки {chain} нужен её ключ проверки: --key-file ФАЙЛ или {variable}",
        "chain {chain} needs its verification key: --key-file FILE or {variable}",
    ),
    "cli.seals_unreadable": ("{file}: {reason}", "{file}: {reason}"),
    "cli.seals_adopted": (
        "{file}:{lines}: что другая программа оставила без печати, опечатано в {time} (мест: {count}, байт: {size})",
        (
            "{file}:{lines}: what another program had left without a seal was sealed at {time} "
            "(places: {count}, bytes: {size})"
        ),
    ),
    "cli.seals_not_yet": (
        "{file}:{lines}: ещё не опечатано байт: {size}",
        "{file}:{lines}: {size} bytes not sealed yet",
    ),
    "cli.seals_left": (
        "{file}:{lines}: строки без печати (мест: {count}, байт: {size}); процесс {pids} был убит или как раз пишет их",
        (
            "{file}:{lines}: lines without a seal (places: {count}, bytes: {size}); process {pids} was killed, "
            "or is just writing them"
        ),
    ),
    "cli.seals_older": ("{file}: байт старше первой печати: {size}", "{file}: {size} bytes from before the first seal"),
    "cli.seals_removed": (
        "дней с {first} по {to} нет: они удалены как старые, и об этом есть печать",
        "the days from {first} to {to} are gone: they were deleted as old ones, and a seal says so",
    ),
    "cli.seals_days_missing": (
        "дней с {first} по {to} нет, и ни одна печать не говорит, что они удалены как старые",
        "the days from {first} to {to} are gone, and no seal says that they were deleted as old ones",
    ),
    "cli.seals_begins": (
        "{file}: печати начинаются с номера {epoch} ({time}), прежние удалены вместе со старыми днями",
        "{file}: the seals begin with number {epoch} ({time}), the ones before were deleted with old days",
    ),
    "cli.seals_begins_late": (
        (
            "{file}: печати начинаются с номера {epoch} ({time}), прежних нет, и ни одна не говорит, что они удалены "
            "вместе со старыми днями"
        ),
        (
            "{file}: the seals begin with number {epoch} ({time}), the ones before are gone, and none says that they "
            "were deleted with old days"
        ),
    ),
    "cli.seals_unkeyed": (
        (
            "у цепочки {chain} нет тайного ключа: она показывает повреждения, но кто может писать в файлы, может "
            "сделать все печати заново (vestnik journal setup-keys)"
        ),
        (
            "chain {chain} has no secret key: it shows damage, but whoever may write the files can make all seals anew "
            "(vestnik journal setup-keys)"
        ),
    ),
    "cli.seals_clock_back": (
        "{file}:{lines}: часы перевели назад, с {before} на {time}",
        "{file}:{lines}: the clock was put back, from {before} to {time}",
    ),
    "cli.seals_seal_half": (
        "{file}: кончается посреди печати, потому что программу убили",
        "{file}: ends in the middle of a seal, since a program was killed",
    ),
    "cli.seals_state_behind": (
        "{file}: отстаёт на одну печать, потому что программу убили",
        "{file}: one seal behind, since a program was killed",
    ),
    "cli.seals_key_bad": ("Это не ключ проверки: {source}", "This is not a verification key: {source}"),
    "cli.seals_key_prompt": ("Ключ проверки (пусто: без ключа)", "Verification key (empty: without)"),
    "cli.seals_key": (
        (
            "Этот ключ проверяет журнал {name} с этого момента. Он показан один раз и нигде не сохранён: храните его "
            "на другой машине или на бумаге. У кого он есть, тот может делать поддельные печати."
        ),
        (
            "This key verifies the journal {name} from now on. It is shown only once and stored nowhere: keep it on "
            "another machine or on paper. Whoever has it can make false seals."
        ),
    ),
    "cli.seals_keyed": (
        "У журнала {name} уже есть ключ. --new сделает другой; прежним печатям нужен старый",
        "The journal {name} has a key. --new makes another one; earlier seals still need the old one",
    ),
    "cli.journal_copied": (
        "Журнал {name} скопирован в {path}: всего файлов {files}, новых байт {size}",
        "Journal {name} copied to {path}: {files} files in all, {size} bytes of them new",
    ),
    "cli.seals_directory": ("{path}: {reason}", "{path}: {reason}"),
}
