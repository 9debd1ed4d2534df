"""What the server says of accounts and passwords, and to its administrators."""

from typing import Final

from vestnik.language import Catalogue

CATALOGUE: Final[Catalogue] = {
    "account.last_owner": (
        "У сервера должен остаться владелец: {account} — последний",
        "A server needs an owner, and {account} is the last one",
    ),
    "account.registered": ("Пользователь {account} зарегистрирован", "User {account} is registered"),
    "registration.closed": (
        "Зарегистрироваться здесь нельзя: учётные записи создаёт администратор",
        "Nobody can register here: accounts are made by an administrator",
    ),
    "registration.invite": (
        "Чтобы зарегистрироваться, нужен код приглашения",
        "To register takes the code of an invite",
    ),
    "registration.limit": (
        "Из этой сети за день зарегистрировалось уже {limit} человек: попробуйте завтра или попросите приглашение",
        "From this network {limit} people have registered today: try again tomorrow, or ask for an invite",
    ),
    "invite.unknown": ("Приглашения {invite} нет", "There is no invite {invite}"),
    "invite.limit": (
        "Действует уже {limit} приглашений: это предел",
        "There are {limit} invites that are still good, which is the limit",
    ),
    "account.outranks": (
        "Это не для вас: {account} на сервере не ниже вас",
        "This is not for you: {account} is not below you on the server",
    ),
    "account.role": (
        "Пользователю {account} нельзя это делать: нужна роль на сервере {role}",
        "User {account} may not do this: it takes the server's role {role}",
    ),
    "account.bot": ("{account} — бот и им останется", "{account} is a bot and stays one"),
    "password.empty": ("Пароль не может быть пустым", "A password cannot be empty"),
    "code.refused": (
        "Код неправильный, использован или больше не действует",
        "The code is wrong, was used, or is not good any more",
    ),
    "password.changed": ("Пользователь {account} сменил пароль", "User {account} changed the password"),
    "password.wrong": (
        "Пароль пользователя {account} неправильный",
        "This is not the password of user {account}",
    ),
    "password.reset": (
        "Пользователь {account} получил новый пароль по коду",
        "User {account} got a new password with a code",
    ),
    "password.too_short": (
        "Пароль не может быть короче {limit} символов: хороши несколько слов",
        "A password cannot be shorter than {limit} characters: some words do well",
    ),
    "password.guessable": (
        "Такой пароль угадывают первым: возьмите несколько слов, которые не связаны между собой",
        "Such a password is tried first: take some words that have nothing to do with each other",
    ),
    "password.too_long": (
        "Пароль не может быть длиннее {limit} символов",
        "A password cannot be longer than {limit} characters",
    ),
    "password.invalid": (
        "В пароле есть то, что не является текстом",
        "The password has something in it that is no text",
    ),
    "admin.added": ("Учётная запись {account} создана", "Account {account} created"),
    "admin.shown": ("Показана учётная запись {account}", "Account {account} shown"),
    "admin.listed": ("Показан список учётных записей ({count})", "List of accounts shown ({count})"),
    "admin.password": ("Пароль учётной записи {account} изменён", "Password of account {account} changed"),
    "admin.disabled": ("Учётная запись {account} отключена", "Account {account} disabled"),
    "admin.enabled": ("Учётная запись {account} включена", "Account {account} enabled"),
    "admin.role": (
        "Учётной записи {account} дана роль на сервере: {role}",
        "Account {account} was given a role on the server: {role}",
    ),
    "admin.names": ("Показаны сомнительные имена ({count})", "Doubtful names shown ({count})"),
    "admin.totp": (
        "Второй фактор учётной записи {account} снят",
        "The second factor of account {account} is removed",
    ),
    "admin.reset": (
        "Создан код для нового пароля учётной записи {account}",
        "A code for a new password of account {account} was made",
    ),
    "admin.invite": (
        "Создано приглашение: роль {role}, сколько раз: {uses}, чаты: {rooms}",
        "An invite was made: role {role}, uses: {uses}, rooms: {rooms}",
    ),
    "admin.invites": ("Показан список приглашений на сервер ({count})", "List of invites shown ({count})"),
    "admin.uninvited": ("Приглашение {invite} отозвано", "Invite {invite} was withdrawn"),
    "admin.unrecorded": (
        "Ничего не сделано: журнал управления (admin.log) не удаётся записать: {reason}",
        "Nothing was done, for the journal of administration (admin.log) cannot be written: {reason}",
    ),
}
