"""What the journals of server, account administration and client say beside answers.

The sentences of the mission's session are kept to the letter, misspellings included.
"""

from typing import Final

from vestnik.language import Catalogue

CATALOGUE: Final[Catalogue] = {
    # Of the server.
    "server.started": ("Сервер запущен по адресу {address}:{port}", "Server started at {address}:{port}"),
    "guest.left": ("Гость {account} ушёл", "Guest {account} has gone"),
    "server.closing": (
        "Сервер останавливается, открытых соединений: {connections}",
        "The server is stopping, open connections: {connections}",
    ),
    "server.stopped": ("Сервер остановлен", "Server stopped"),
    "server.reloaded": ("Настройки прочитаны заново, изменены: {settings}", "Settings read anew, changed: {settings}"),
    "server.not_reloaded": (
        "{reason}. Действуют прежние настройки",
        "{reason}. The settings stay as they were",
    ),
    "server.restart_needed": (
        "Чтобы изменились эти настройки, сервер надо запустить заново: {settings}",
        "These settings change when the server is started anew: {settings}",
    ),
    "server.unheard": (
        "На стандартный вывод ничего не вывести: {reason}",
        "Nothing can be written to standard output: {reason}",
    ),
    "server.few_descriptors": (
        "Ошибка! Процессу разрешено {limit} дескрипторов, а нужно не меньше {least}",
        "Error! The process may have {limit} descriptors, and needs at least {least}",
    ),
    "server.no_descriptors": (
        "Дескрипторы кончились (разрешено {limit}): новые соединения и файлы не открыть",
        "Descriptors are used up ({limit} are allowed): no connection or file can be opened",
    ),
    "server.forced": ("Второй сигнал: сервер останавливается немедленно", "Second signal: the server stops at once"),
    "server.unclean": (
        "Прошлый запуск (процесс {pid}) не был завершён правильно",
        "The previous run (process {pid}) did not end properly",
    ),
    "server.address_in_use": (
        "Ошибка! Адрес {address}:{port} уже занят",
        "Error! Address {address}:{port} is already in use",
    ),
    "server.address_bad": (
        "Ошибка! Нельзя слушать адрес {address}:{port}: {reason}",
        "Error! Cannot listen at {address}:{port}: {reason}",
    ),
    "server.directory_bad": (
        "Ошибка! Нельзя писать в {path}: {reason}",
        "Error! Cannot write to {path}: {reason}",
    ),
    "server.setting_bad": (
        "Ошибка! Неправильное значение настройки {key}: {reason}",
        "Error! Bad value of setting {key}: {reason}",
    ),
    "server.settings_unreadable": (
        "Ошибка! Не прочитать настройки в {path}: {reason}",
        "Error! Cannot read the settings in {path}: {reason}",
    ),
    "server.setting_unknown": ("Ошибка! Настройки {key} нет", "Error! There is no setting {key}"),
    "server.tls_unreadable": (
        "Ошибка! Для TLS не прочитать {path}: {reason}",
        "Error! Cannot read {path} for TLS: {reason}",
    ),
    "server.tls_not_pem": (
        "Ошибка! Для TLS в {path} нет того, что нужно, в формате PEM",
        "Error! {path} does not hold in PEM form what TLS needs",
    ),
    "server.tls_key_locked": (
        "Ошибка! Ключ TLS в {path} зашифрован, а нужен ключ без пароля",
        "Error! The TLS key in {path} is encrypted, and it has to be one without a password",
    ),
    "server.tls_key_differs": (
        "Ошибка! Ключ TLS {key} не подходит к сертификату {certificate}",
        "Error! The TLS key {key} does not belong to the certificate {certificate}",
    ),
    "server.tls_refused": (
        "Ошибка! Сертификат TLS в {path} непригоден: {reason}",
        "Error! The TLS certificate in {path} is of no use: {reason}",
    ),
    "server.tls_loaded": (
        "TLS: сертификат {path}, отпечаток SHA-256 {fingerprint}, действует до {expires} UTC",
        "TLS: certificate {path}, SHA-256 fingerprint {fingerprint}, good until {expires} UTC",
    ),
    "server.tls_kept": (
        "{reason}. Новый сертификат TLS не принят, действует прежний",
        "{reason}. The new TLS certificate is not taken, the one before goes on",
    ),
    "server.tls_ends": (
        "Срок сертификата TLS {path} кончается: {expires} UTC",
        "The TLS certificate {path} ends at {expires} UTC",
    ),
    "server.logins_forgotten": (
        "Прежние неудачные входы забыты: logins.json не прочитать ({reason})",
        "Earlier failures to log in are forgotten: logins.json cannot be read ({reason})",
    ),
    "server.logins_unkept": (
        "Неудачные входы не сохранить в logins.json: {reason}",
        "Failures to log in cannot be kept in logins.json: {reason}",
    ),
    "server.failed": ("Ошибка! Сервер не запущен: {reason}", "Error! The server did not start: {reason}"),
    "store.locked": (
        "Ошибка! С данными в {path} уже работает другой сервер (процесс {pid})",
        "Error! Another server (process {pid}) is working with the data in {path}",
    ),
    "store.newer": (
        "Ошибка! База {path} новее программы: её схема {found}, известная схема {known}",
        "Error! Database {path} is newer than the program: its schema is {found}, known is {known}",
    ),
    "store.unsafe": (
        "Ошибка! Диск не записал часть базы {path} ({reason}): сервер завершается, следующий запуск запишет её снова",
        "Error! The disk did not take a part of database {path} ({reason}): the server ends, the next start writes it"
        " again",
    ),
    "store.foreign": (
        "Ошибка! Файл {path} не является базой Вестника: {reason}",
        "Error! File {path} is not a Vestnik database: {reason}",
    ),
    "server.doubtful_names": (
        "Имена учётных записей не отличить от других или ими обращаются ко всем: {accounts}",
        "Accounts have names that look like others' or address everybody: {accounts}",
    ),
    "store.restored": (
        "База не та, что при прошлом запуске (последний номер {kept}, в журнале {journaled}): новая эпоха {epoch},"
        " клиенты начинают заново",
        "The database is not that of the last run (newest number {kept}, in the journal {journaled}): new epoch"
        " {epoch}, clients begin anew",
    ),
    "store.failed": ("Запись в базу не удалась: {reason}", "Writing to the database failed: {reason}"),
    "store.delayed": (
        "Очередь записи заполнена ({queued}): чтение из соединений приостановлено",
        "The write queue is full ({queued}): reading from connections is paused",
    ),
    "store.index_discarded": (
        "Поисковый индекс негоден ({reason}): он строится заново",
        "The search index is no use ({reason}): it is built anew",
    ),
    "connection.opened": ("Соединение с клиентом установленно", "Connection from a client established"),
    "connection.closed": ("Клиент отключился", "Client disconnected"),
    "connection.refused": ("Соединение отклонено: уже открыто {limit}", "Connection refused: {limit} are open already"),
    "connection.no_descriptor": (
        "Соединение отклонено: дескрипторов разрешено {limit}, для соединений их больше нет",
        "Connection refused: {limit} descriptors are allowed, and none is left for connections",
    ),
    "connection.repeated": (
        "Ещё событий из сети {network}: {count}, с {since} по {until} ({kinds})",
        "More events from network {network}: {count}, from {since} to {until} ({kinds})",
    ),
    "connection.crowded": (
        "Соединение отклонено: из сети {network} уже открыто {limit}",
        "Connection refused: {limit} are open already from network {network}",
    ),
    "connection.encrypted": (
        "Соединение зашифровано: {version}, {cipher}",
        "Connection encrypted: {version}, {cipher}",
    ),
    "connection.tls_failed": ("Соединение по TLS не состоялось: {reason}", "No TLS connection came about: {reason}"),
    "connection.proxied": ("Соединение через прокси {proxy}", "Connection by way of proxy {proxy}"),
    "connection.proxy_bad": (
        "Прокси не сказал, от чьего имени говорит (протокол PROXY): {reason}",
        "The proxy did not say for whom it speaks (PROXY protocol): {reason}",
    ),
    "connection.slow": (
        "Клиент {account} не успевает читать (в очереди {waiting}): соединение закрыто",
        "Client {account} does not keep up reading ({waiting} queued): connection closed",
    ),
    "connection.silent": (
        "Клиент {account} не ответил на probe: соединение закрыто",
        "Client {account} did not answer the probe: connection closed",
    ),
    "connection.ended": (
        "Соединение клиента {account} закрыто: учётная запись отключена или получила новый пароль",
        "Connection of client {account} closed: the account is disabled or has a new password",
    ),
    "control.bad": (
        "Ошибка! Не удаётся создать управляющий сокет {path}: {reason}",
        "Error! Cannot make the control socket {path}: {reason}",
    ),
    "control.refused": (
        "Управляющее соединение процесса {pid} отклонено: он работает от имени пользователя {uid}",
        "Control connection of process {pid} refused: it runs as user {uid}",
    ),
    "probe.sent": ("Отправлен probe клиенту {account}", "Probe sent to client {account}"),
    "presence.announced": (
        "Присутствие объявлено, соединений: {connections}, людей: {people}",
        "Presence announced to {connections} connections, people: {people}",
    ),
    "delivery.cut_off": (
        "Неизвестно, дошли ли до клиента {account} последние сообщения ({count}): они будут доставлены снова",
        "Whether the last messages ({count}) reached client {account} is not known: they will be delivered again",
    ),
    "backlog.delivered": (
        "Пользователю {account} доставлены отложенные сообщения ({count})",
        "Messages kept for user {account} delivered ({count})",
    ),
    "session.resumed": (
        "Пользователь {account} получил пропущенное ({count})",
        "User {account} has got what was missed ({count})",
    ),
    "change.made": (
        "Изменение {to}, вызванное управлением учётной записью {account}: {kind}",
        "Change of {to} by the administration of account {account}: {kind}",
    ),
    "change.recovered": (
        "Изменение {to} пользователем {account} сохранено: {kind} (восстановлено из базы)",
        "Change of {to} by {account} kept: {kind} (recovered from the store)",
    ),
    "session.repeated": (
        "Ещё входов и выходов пользователя {account}: {count}, с {since} по {until} ({kinds})",
        "More logins and logouts of account {account}: {count}, from {since} to {until} ({kinds})",
    ),
    "session.anew": (
        "У пользователя {account} больше, чем есть в базе, или из другой эпохи: разговоров, начатых заново, {count}",
        "User {account} has more than the database, or of another epoch: {count} conversations begin anew",
    ),
    "retention.doubted": (
        "Часы показывают {shown}, а по известному серверу сейчас {trusted}: старые сообщения не удаляются, пока часы не"
        " пройдут ровно ещё {hours} ч",
        "The clock shows {shown}, but by what is known it is {trusted}: no old messages are removed until it has gone"
        " on evenly for {hours} more hours",
    ),
    "retention.room_removed": (
        "Чат {room} удалён: в нём давно никого нет",
        "Room {room} removed, for nobody was in it for long",
    ),
    "retention.names_freed": (
        "Прежние имена чатов, которыми никто не пользуется, освобождены ({count})",
        "Names that rooms had before and nobody uses are free again ({count})",
    ),
    "retention.applied": (
        "Старые сообщения чата {room} удалены ({count})",
        "Old messages of room {room} removed ({count})",
    ),
    "message.recovered": (
        "Сообщение от {account} к {to} сохранено (восстановлено из базы)",
        "Message from {account} to {to} kept (recovered from the store)",
    ),
    "request.failed": (
        "Непредвиденная ошибка при обработке запроса {action}",
        "Unexpected error while handling request {action}",
    ),
    "request.counted": (
        "Ещё выполнено запросов: {count}, с {since} по {until} ({kinds})",
        "More requests answered: {count}, from {since} to {until} ({kinds})",
    ),
    "request.repeated": (
        "Ещё отклонено запросов: {count}, с {since} по {until} ({kinds})",
        "More requests refused: {count}, from {since} to {until} ({kinds})",
    ),
    # Of account administration.
    "admin.refused": ("Ошибка! {reason}", "Error! {reason}"),
    "admin.cut_off": (
        "Ошибка! Сервер остановлен раньше, чем стало известно, сделано ли сказанное строкой выше",
        "Error! The server stopped before it was known whether what the line before says was done",
    ),
    "admin.undone": (
        "Ошибка! Сказанное строкой выше не сделано: {reason}",
        "Error! What the line before says was not done: {reason}",
    ),
    "admin.keyed": (
        "Для печатей журнала {journal} создан новый ключ",
        "A new key for the seals of the journal {journal} was made",
    ),
    "admin.backup_begun": (
        "Начата резервная копия в {path}",
        "A backup to {path} was begun",
    ),
    "admin.backup_made": (
        "Резервная копия в {path} сделана и проверена, байт: {bytes}",
        "The backup to {path} was made and verified: {bytes} bytes",
    ),
    "admin.backup_failed": (
        "Ошибка! Резервная копия в {path} не сделана: {reason}",
        "Error! The backup to {path} was not made: {reason}",
    ),
    "admin.restore_begun": (
        "Начато восстановление из {path}",
        "Restoring from {path} was begun",
    ),
    "admin.restored": (
        "База восстановлена из {path}: в ней записи до номера {kept}, началась эпоха {epoch}",
        "The database was restored from {path}: it has records up to number {kept}, epoch {epoch} began",
    ),
    "admin.restore_failed": (
        "Ошибка! Восстановление из {path} не удалось, база осталась прежней: {reason}",
        "Error! Restoring from {path} failed, the database is as it was: {reason}",
    ),
    # Of the client.
    "client.connected": ("Клиент подключился к {address}:{port}", "Client connected to {address}:{port}"),
    "client.authenticating": ("Аутентификация {account}...", "Authenticating {account}..."),
    "client.presence": ("Шлем presence...", "Sending presence..."),
    "client.presence_answered": (
        "Сервер ответил на presence: {code} {text}",
        "Server answered the presence: {code} {text}",
    ),
    "client.joining": (
        "Пользователь {account} присоединяется к чату {room}...",
        "User {account} is joining room {room}...",
    ),
    "client.leaving": ("Пользователь {account} выходит из чата {room}...", "User {account} is leaving room {room}..."),
    "client.sending": ("Шлем сообщение от {account} к {to}: {text}", "Sending message from {account} to {to}: {text}"),
    "client.sending_private": ("Шлем сообщение от {account} к {to}", "Sending message from {account} to {to}"),
    "client.quitting": ("Пользователь {account} завершает работу...", "User {account} is quitting..."),
    "client.contacts": (
        "Пользователь {account} запрашивает контакты...",
        "User {account} is asking for the contacts...",
    ),
    "client.contact_adding": (
        "Пользователь {account} добавляет контакт {contact}...",
        "User {account} is adding contact {contact}...",
    ),
    "client.contact_removing": (
        "Пользователь {account} удаляет контакт {contact}...",
        "User {account} is removing contact {contact}...",
    ),
    "client.editing": (
        "Пользователь {account} изменяет сообщение {seq} в {to}: {text}",
        "User {account} is editing message {seq} in {to}: {text}",
    ),
    "client.asking": ("Запрос пользователя {account}: {action} {about}", "User {account} is asking: {action} {about}"),
    "client.answered": ("Сервер ответил: {code} {text}", "Server answered: {code} {text}"),
    "client.refused": ("Сервер ответил ошибкой: {code} {text}", "Server answered with an error: {code} {text}"),
    "client.received": (
        "Получено сообщение от {sender} к {to}: {text}",
        "Received message from {sender} to {to}: {text}",
    ),
    "client.received_private": ("Получено сообщение от {sender} к {to}", "Received message from {sender} to {to}"),
    "client.change": (
        "Получено изменение от {sender} в {to}: {kind} ({change})",
        "Received a change from {sender} in {to}: {kind} ({change})",
    ),
    "client.noted": ("Получено: {action}", "Received {action}"),
    "client.probed": ("Сервер прислал probe", "The server sent a probe"),
    "client.disconnected": ("Клиент отключился от {address}:{port}", "Client disconnected from {address}:{port}"),
    "client.unknown_host": (
        "Ошибка! Неправильный IP адрес {address}:{port}, проверьте правильность введенного адреса",
        "Error! Wrong IP address {address}:{port}, check the address",
    ),
    "client.connection_refused": (
        "Ошибка! Сервер {address}:{port} отклонил подключение, проверьте порт или сервер для подключения",
        "Error! Server {address}:{port} refused the connection, check the port or the server",
    ),
    "client.timeout": (
        "Ошибка! Сервер {address}:{port} не ответил за {seconds} с",
        "Error! Server {address}:{port} did not answer within {seconds} s",
    ),
    "client.connection_failed": (
        "Ошибка! Не удалось подключиться к {address}:{port}: {reason}",
        "Error! Cannot connect to {address}:{port}: {reason}",
    ),
    "client.no_tls": (
        "Сервер {address}:{port} не отвечает по TLS ({reason}); без шифрования, если сети можно верить: --no-tls",
        "Server {address}:{port} does not speak TLS ({reason}); without it, in a network to be trusted: --no-tls",
    ),
    "client.certificate_unknown": (
        "За сертификат сервера {address}:{port} никто не ручается ({reason}); его отпечаток SHA-256 {found}",
        "Nobody vouches for the certificate of server {address}:{port} ({reason}); its SHA-256 fingerprint is {found}",
    ),
    "client.certificate_changed": (
        "ОСТОРОЖНО! Сертификат сервера {address}:{port} не тот, что раньше: кто-то может выдавать себя за него. "
        "Ничего не послано. Отпечаток SHA-256 теперь {found}. Если администратор сервера его подтвердит: "
        "--pin с этим отпечатком; прежний хранится в {path}",
        "BEWARE! The certificate of server {address}:{port} is not the one it had: somebody may pretend to be that "
        "server. Nothing was sent. The SHA-256 fingerprint is {found} now. If the server's administrator confirms it: "
        "--pin with that fingerprint; the one before is kept in {path}",
    ),
    "client.certificate_other": (
        "ОСТОРОЖНО! У сервера {address}:{port} отпечаток сертификата {found}, а не {expected}. Ничего не послано",
        "BEWARE! The certificate of server {address}:{port} has the fingerprint {found}, not {expected}. Nothing was"
        " sent",
    ),
    "client.pinned": (
        "За сертификат сервера {address}:{port} никто не ручается ({reason}); он запомнен, отпечаток SHA-256 "
        "{fingerprint}",
        "Nobody vouches for the certificate of server {address}:{port} ({reason}); it is remembered, SHA-256 "
        "fingerprint {fingerprint}",
    ),
    "client.turned_away": (
        "Ошибка! Сервер {address}:{port} не принял соединение: {code} {text}",
        "Error! Server {address}:{port} did not take the connection: {code} {text}",
    ),
    "client.connection_lost": (
        "Ошибка! Соединение с сервером {address}:{port} потеряно",
        "Error! Connection to server {address}:{port} lost",
    ),
    "client.lost": (
        "Связь с сервером {address}:{port} потеряна, будет восстановлена",
        "Connection to server {address}:{port} lost, it will be made again",
    ),
    "client.reconnecting": (
        "Повторное подключение, попытка {attempt}, через {seconds} с",
        "Connecting again, attempt {attempt}, in {seconds} s",
    ),
    "client.reconnect_failed": (
        "Попытка {attempt} подключиться снова не удалась: {reason}",
        "Attempt {attempt} to connect again failed: {reason}",
    ),
    "client.resuming": (
        "Пользователь {account} продолжает сеанс, известно разговоров: {count}",
        "User {account} is resuming, conversations known: {count}",
    ),
    "client.anew": (
        "База сервера не та, что была: у пользователя {account} разговоров, начатых заново, {count}",
        "The server's database is not what it was: {count} conversations of user {account} begin anew",
    ),
    "client.resumed": (
        "Пользователь {account} получил всё пропущенное",
        "User {account} has got everything that was missed",
    ),
    "client.resent": ("Отправлено повторно или с опозданием запросов: {count}", "Requests sent again or late: {count}"),
    "client.gap": (
        "В {to} чего-то не хватает: ожидалось {expected}, пришло {found}. Это запрашивается снова",
        "Something is missing in {to}: {expected} should come, {found} came. It is asked for again",
    ),
    "client.not_json": (
        "Ошибка! Сервер {address}:{port} прислал не JSON: {reason}",
        "Error! Server {address}:{port} sent something that is not JSON: {reason}",
    ),
    "client.server_closing": ("Сервер {address}:{port} завершает работу", "Server {address}:{port} is closing"),
    "client.overflow": (
        "Непрочитанных событий больше {limit}: самые старые отброшены",
        "More than {limit} events unread: the oldest were dropped",
    ),
    "client.behind": (
        "Непрочитанных событий больше {limit}: остальные будут получены, когда эти прочитаны",
        "More than {limit} events unread: the rest is fetched when they are read",
    ),
    "client.outbox_full": (
        "Ожидают ответа больше {limit} запросов",
        "More than {limit} requests wait for their answers",
    ),
    "client.input_bad": ("Неправильный ввод: {reason}", "Bad input: {reason}"),
    "client.interrupted": ("Клиент прерван", "The client was interrupted"),
    "client.output_lost": (
        "Стандартный вывод больше ничего не принимает: {reason}",
        "Standard output takes nothing any more: {reason}",
    ),
    "client.bot_called": (
        "{sender} вызывает {command} в {to}: сообщение {seq}",
        "{sender} calls {command} in {to}: message {seq}",
    ),
    "client.bot_again": (
        "Бот {account} продолжает то, на чём был прерван: {count}",
        "Bot {account} goes on with what was cut off: {count}",
    ),
    "client.bot_failed": (
        "Ошибка в программе бота, {command}: {reason}",
        "Error in the bot's program, {command}: {reason}",
    ),
    "client.bot_unsaved": (
        "Состояние бота {account} не сохраняется: {reason}",
        "The state of bot {account} cannot be kept: {reason}",
    ),
    "client.failed": ("Непредвиденная ошибка клиента: {reason}", "Unexpected error in the client: {reason}"),
}
