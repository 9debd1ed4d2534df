"""A large store to measure with: rooms, people and messages as a team of many years would have them, made in a minute.

Words follow Zipf's law: 60,000 Russian and 30,000 English ones, the most frequent of them real; some messages are
Chinese or Japanese. What the program relies on holds: `seq` and `change` without gaps, numbers in commit order, an
owner in every room, cursors. The same arguments make the same store.
"""

import math
import random
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from vestnik.chat.names import name_key
from vestnik.chat.passwords import hash_password, hash_token
from vestnik.chat.storage.likeness import skeleton
from vestnik.secret import Secret
from vestnik.store.store import prepare

PASSWORD: Final = "secret"
"""Of every account."""
TOKEN: Final = "token of "
"""What a token begins with; the name of its account follows."""
START: Final = 1_700_000_000.0
"""When the first message was sent (UNIX seconds)."""
SPAN: Final = 365 * 86_400.0
"""Seconds between the first message and the last."""
FEWEST: Final = 5
"""Rooms of the account that is in the fewest; the first account is in all."""
DIRECTS: Final = 2
"""Direct conversations for each account."""
DIRECT_SHARE: Final = 0.15
"""Messages that are direct ones."""
CHUNK: Final = 10_000
"""Messages that are written together."""

RUSSIAN: Final = (
    "и в не на я что он с как это по но все она так его за был от то меня у мне еще бы о из ему теперь когда уже для"
    " вот кто да нет привет спасибо сегодня завтра вчера можно нужно надо будет сделал проверь пожалуйста работа задача"
    " проект сервер ключ ключи ключами ключом переключатель отчёт отчёты отчёта встреча встречи собрание код ошибка"
    " ошибки ошибку релиз тест тесты база данные данных сообщение сообщения поиск клиент клиента вопрос ответ время"
    " день неделя месяц договор счёт оплата документ документы файл ссылка команда человек люди офис звонок письмо"
)
ENGLISH: Final = (
    "the to and a of in is it you that for on with as this be we are not have at or can will if please thanks hello"
    " today tomorrow meeting release server error test tests testing tested database message messages search client"
    " question answer time day week report reports review deploy deployed deploying build branch merge key keys file"
    " link team people office call mail invoice contract document documents payment fix fixed fixing bug bugs issue"
)
HAN: Final = (
    "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主"
    "行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走"
    "电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提"
    "感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元社术结六功指思非流每青"
    "管夫连远资队跟带花快条院变联权往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取"
    "设始版双历越史商千片容研像找友孩站广改议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏兴切断段夏"
)
KANA: Final = "はのをにがでとしたてもまいなるからです"
ENDINGS: Final = {
    "ru": ("", "а", "у", "ом", "е", "ы", "ов", "ам", "ами", "ах", "ый", "ого", "ать", "ает", "али"),
    "en": ("", "s", "ed", "ing", "er"),
}
SYLLABLES: Final = {
    "ru": "ба во ги де жо за ки лу мо не пре рас сто те ува фор хо ци чи шел щи эк ю я кор мен тал гра вер под",
    "en": "ba con de ex for gra hi in ja ki lo mer ne o pre qui re sta ter u ver wi cal ton ly men sol dis por",
}


def fill(path: Path, *, messages: int, rooms: int, accounts: int) -> None:
    """Make a store in the data directory `path` with so many messages, rooms and accounts.

    Rooms are `#room1` ..., accounts `user1` ...: `user1` is in all rooms, the last one in FEWEST, those between in
    fewer and fewer; at most 1,000 each. `user1` owns all rooms. Everybody's password is PASSWORD.
    """
    chance = random.Random(7)
    with _writing(path) as database:
        _add_people(database, accounts)
        members = _add_rooms(database, chance, rooms, accounts)
        pairs = _add_directs(database, chance, rooms, accounts)
        last = _add_messages(database, chance, messages, members, pairs)
        _add_cursors(database, chance, members, pairs, last)


def add_accounts(path: Path, names: Sequence[str], password: str) -> None:
    """Add accounts with one password to the data directory `path`, which is made if it is not there.

    Each has a login by token, too, so that no password needs to be hashed: see `token`.
    """
    password_hash = hash_password(Secret(password))
    with _writing(path) as database:
        rows = ((name, name_key(name), skeleton(name), password_hash, 0, START) for name in names)
        _insert(database, "account", "name, key, skeleton, password_hash, disabled, created", rows)
        numbers = dict(database.execute("SELECT name, id FROM account"))
        now = time.time()
        logins = ((numbers[name], hash_token(Secret(token(name))), now, now) for name in names)
        _insert(database, "login", "account_id, token_hash, created, used", logins)


def add_memberships(path: Path, members: Mapping[str, Sequence[str]]) -> None:
    """Add rooms to a data directory: names of accounts by the name of the room, its owner first."""
    with _writing(path) as database:
        numbers = dict(database.execute("SELECT name, id FROM account"))
        (last,) = database.execute("SELECT coalesce(max(id), 0) FROM conversation").fetchone()
        rooms = dict(zip(members, range(last + 1, last + 1 + len(members)), strict=True))
        _insert(database, "conversation", "id, created", ((number, START) for number in rooms.values()))
        _insert(database, "room", "id, name, key", ((number, name, name_key(name)) for name, number in rooms.items()))
        rows = (
            (rooms[name], numbers[person], START, "member" if at else "owner")
            for name, people in members.items()
            for at, person in enumerate(people)
        )
        _insert(database, "member", "room_id, account_id, joined, role", rows)


def token(name: str) -> str:
    """Return the token that an account of a benchmark logs in with."""
    return f"{TOKEN}{name}"


@contextmanager
def _writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A transaction in the database of a data directory, which is made if it is not there; nothing is synced."""
    with closing(sqlite3.connect(prepare(path), isolation_level=None)) as database:
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA foreign_keys = ON")
        database.execute("BEGIN")
        yield database
        database.execute("COMMIT")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _insert(database: sqlite3.Connection, table: str, columns: str, rows: Any) -> None:
    marks = ", ".join("?" * (columns.count(",") + 1))
    database.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


def _add_people(database: sqlite3.Connection, accounts: int) -> None:
    password = hash_password(Secret(PASSWORD))
    names = [f"user{n}" for n in range(1, accounts + 1)]
    rows = ((n, name, name, skeleton(name), password, 0, START) for n, name in enumerate(names, 1))
    _insert(database, "account", "id, name, key, skeleton, password_hash, disabled, created", rows)


def _add_rooms(database: sqlite3.Connection, chance: random.Random, rooms: int, accounts: int) -> dict[int, list[int]]:
    """Rooms and memberships; the members by room, the owner first."""
    _insert(database, "conversation", "id, created", ((n, START) for n in range(1, rooms + 1)))
    topic = "Отчёты, вопросы, ответы"
    named = ((n, f"#room{n}", f"#room{n}", n % 5 == 0, n % 50 == 0, topic) for n in range(1, rooms + 1))
    _insert(database, "room", "id, name, key, private, archived, topic", named)
    members: dict[int, list[int]] = {n: [1] for n in range(1, rooms + 1)}
    most, fewest = min(rooms, 1000), min(FEWEST, rooms)
    for account in range(2, accounts + 1):
        share = (account - 1) / max(1, accounts - 1)
        for room in chance.sample(range(1, rooms + 1), round(most * (fewest / most) ** share)):
            members[room].append(account)
    rows = (
        (room, account, START, "owner" if at == 0 else "moderator" if at == 1 else "member")
        for room, people in members.items()
        for at, account in enumerate(people)
    )
    _insert(database, "member", "room_id, account_id, joined, role", rows)
    return members


def _add_directs(
    database: sqlite3.Connection, chance: random.Random, rooms: int, accounts: int
) -> dict[int, tuple[int, int]]:
    """Direct conversations; the two people by conversation."""
    wanted = min(DIRECTS * accounts, accounts * (accounts - 1) // 2)
    found: dict[tuple[int, int], None] = {}
    while len(found) < wanted:
        low, high = sorted(chance.sample(range(1, accounts + 1), 2))
        found[low, high] = None
    pairs = dict(enumerate(found, rooms + 1))
    rows = ((number, START, low, high) for number, (low, high) in pairs.items())
    _insert(database, "conversation", "id, created, low_id, high_id", rows)
    return pairs


def _add_messages(
    database: sqlite3.Connection,
    chance: random.Random,
    messages: int,
    members: dict[int, list[int]],
    pairs: dict[int, tuple[int, int]],
) -> dict[int, int]:
    """Messages, replies, mentions, reactions and pins with their changes; the last `seq` by conversation."""
    texts = _texts(chance)
    last = dict.fromkeys((*members, *pairs), 0)
    changes = dict.fromkeys(last, 0)
    number, left = 0, messages
    rooms, directs = list(members), list(pairs)
    weights = list(accumulate(1 / (at + 20) for at in range(len(rooms))))
    columns = "id, conversation_id, seq, sender_id, client_id, time, text, reply_to, thread"
    while left:
        new, mentions, reactions, pins, changed = [], [], [], [], []
        count = min(CHUNK, left)
        for room in chance.choices(rooms, cum_weights=weights, k=count):
            dice = chance.random()
            conversation, people = room, members[room]
            if directs and dice < DIRECT_SHARE:
                conversation = chance.choice(directs)
                people = list(pairs[conversation])
            number += 1
            now = START + SPAN * (1 - left / messages)
            left -= 1
            seq = last[conversation] = last[conversation] + 1
            sender = chance.choice(people)
            text = next(texts)
            thread = None
            if dice > 0.95 and seq > 50:
                thread = seq - seq % 50 or None
                thread = None if thread == seq else thread
            elif dice > 0.93:
                other = chance.choice(people)
                text = f"@user{other} {text}"
                mentions.append((conversation, other, seq))
            new.append((number, conversation, seq, sender, f"m{number}", now, text, thread, thread))
            if 0.90 < dice < 0.93:
                person, emoji = chance.choice(people), chance.choice("👍🎉❤👀")
                reactions.append((conversation, seq, emoji, person, now))
                data, kind = f'{{"emoji":"{emoji}"}}', "react"
            elif 0.2 < dice < 0.2005:
                person, data, kind = people[0], "{}", "pin"
                pins.append((conversation, seq, person, now))
            else:
                continue
            number += 1
            changes[conversation] += 1
            changed.append((number, conversation, changes[conversation], person, now, kind, seq, data))
        _insert(database, "message", columns, new)
        _insert(database, "mention", "conversation_id, account_id, seq", mentions)
        _insert(database, "reaction", "conversation_id, seq, emoji, account_id, time", reactions)
        _insert(database, "pin", "conversation_id, seq, account_id, time", pins)
        _insert(database, "change", "id, conversation_id, change, account_id, time, kind, seq, data", changed)
    return last


def _add_cursors(
    database: sqlite3.Connection,
    chance: random.Random,
    members: dict[int, list[int]],
    pairs: dict[int, tuple[int, int]],
    last: dict[int, int],
) -> None:
    """Everything is delivered, and somewhat less of it read."""
    people = {**members, **pairs}
    rows = (
        (conversation, account, last[conversation], max(0, last[conversation] - chance.randrange(40)))
        for conversation, accounts in people.items()
        for account in accounts
    )
    _insert(database, "cursor", "conversation_id, account_id, delivered, read", rows)


def _texts(chance: random.Random) -> Iterator[str]:
    """Texts of messages: 3 to 40 words, now and then a link."""
    vocabularies = {
        "ru": _vocabulary(chance, "ru", RUSSIAN.split(), 60_000),
        "en": _vocabulary(chance, "en", ENGLISH.split(), 30_000),
    }
    weights = {name: list(accumulate(1 / (at + 2.7) for at in range(len(v)))) for name, v in vocabularies.items()}
    while True:
        dice = chance.random()
        if dice < 0.05:
            letters = HAN if dice < 0.03 else HAN[:200] + KANA * 10
            yield "".join(chance.choices(letters, k=chance.randrange(4, 40))) + "。"
            continue
        name = "ru" if dice < 0.7 else "en"
        length = min(40, 3 + int(chance.lognormvariate(math.log(6), 0.7)))
        words = chance.choices(vocabularies[name], cum_weights=weights[name], k=length)
        words[0] = words[0].capitalize()
        if dice > 0.98:
            words.append(f"https://example.org/{words[0].lower()}/{int(dice * 1e9) % 10_000}")
        yield " ".join(words)


def _vocabulary(chance: random.Random, language: str, real: list[str], size: int) -> list[str]:
    """Words in the order of how often they are used: the `real` ones, then made up ones with their forms."""
    words = dict.fromkeys(real)
    while len(words) < size:
        stem = "".join(chance.choices(SYLLABLES[language].split(), k=chance.choice((1, 2, 2, 3, 3, 4))))
        for ending in chance.sample(ENDINGS[language], chance.randrange(1, len(ENDINGS[language]))):
            words[stem + ending] = None
    first, rest = list(words)[: len(real)], list(words)[len(real) : size]
    chance.shuffle(rest)
    return first + rest
