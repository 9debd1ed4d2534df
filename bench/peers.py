"""The servers that are measured, and how each is set up: loopback only, no flood limits, no history.

Each is a context manager that takes the number of accounts to be used (0: all logins share one account) and who is
in which room, runs the server in a temporary folder on a free port, and yields what the load generator needs to know.
Only Vestnik needs accounts, and has its rooms beforehand; elsewhere logins enter their rooms.
"""

import contextlib
import dataclasses
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from bench.process import descendant, folder, free_port, running

ACCOUNT = "bench"
"""The account of all logins, or what the names of all begin with."""
ROOM = "#bench"
"""What the names of all rooms begin with."""
PASSWORD = "bench-password"
SLOW_LOGIN = ("--batch", "4")
"""For peers with a short accept queue: no more than four logins at a time."""

Members: TypeAlias = Sequence[Sequence[int]]
"""Who is in each room: numbers of accounts."""
NOBODY: Members = ()


@dataclass(frozen=True, slots=True)
class Running:
    """A running server: its process id, its loopback port, the load generator's protocol arguments, its database."""

    pid: int
    port: int
    args: tuple[str, ...]
    database: Path | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """A server that can be measured.

    `kind` says how many messages it gets: `own`, `irc` or `xmpp`. The `program` must be installed, if one is
    named. `most_logins` is the number of connections that it takes reliably when they only sit there. With
    `own_accounts` each connection that enters rooms needs an account of its own, made beforehand.
    """

    name: str
    label: str
    kind: str
    program: str | None
    start: Callable[[int, Members], AbstractContextManager[Running]]
    most_logins: int = 1_000_000
    own_accounts: bool = False

    def missing(self) -> str:
        """Return why this server cannot be measured here; an empty text when it can."""
        if self.program and find(self.program) is None:
            return f"{self.program} is not installed"
        if self.name == "ejabberd" and os.geteuid() != 0:
            return "Debian's ejabberdctl only works for root"
        return ""


def find(program: str) -> str | None:
    """Return the path of a program, looked for where servers live too."""
    return shutil.which(
        program, path=os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))
    )


def _program(name: str) -> str:
    path = find(name)
    assert path, f"{name} was there a moment ago"
    return path


@contextlib.contextmanager
def serving(data: Path, settings: str = "") -> Iterator[Running]:
    """Vestnik with the data that is there. `settings` is its vestnik.toml; nothing means the defaults."""
    port = free_port()
    with folder() as home:
        config = home / "vestnik.toml"
        config.write_text(settings)
        address = ["-a", "127.0.0.1", "-p", str(port)]
        files: list[str | Path] = ["--data", data, "--config", config]
        with running([sys.executable, "-m", "vestnik", "server", *address, *files], port, home / "output") as pid:
            yield Running(pid, port, (), data / "vestnik.db")


@contextlib.contextmanager
def vestnik(
    accounts: int, members: Members = NOBODY, *, settings: str = "", store: Path | None = None
) -> Iterator[Running]:
    """Vestnik itself, with freshly made accounts, and with a copy of what is in the data directory `store`."""
    from bench.fill import TOKEN, add_accounts, add_memberships  # late: the other servers are measured without it

    names = [f"{ACCOUNT}{number}" for number in range(accounts)] or [ACCOUNT]
    login = ["--proto", "jim", "--user", ACCOUNT, "--password", PASSWORD]
    if accounts:
        login += ["--numbered", "--tokens", f"{TOKEN}{ACCOUNT}"]
    if members:
        login += ["--member"]
    with folder() as data:
        if store is not None:
            for file in (*store.glob("vestnik.db*"), *store.glob("search.db*")):
                shutil.copy(file, data)
            os.sync()  # not while we measure
        add_accounts(data, names, PASSWORD)
        named = {f"{ROOM}{room}": [names[each] for each in people] for room, people in enumerate(members)}
        add_memberships(data, named)
        with serving(data, settings) as server:
            yield dataclasses.replace(server, args=tuple(login))


@contextlib.contextmanager
def sketch(_accounts: int, _members: Members = NOBODY) -> Iterator[Running]:
    """The design without any checks."""
    port = free_port()
    with (
        folder() as home,
        running([sys.executable, "-m", "bench.sketch", str(port), home], port, home / "output") as pid,
    ):
        yield Running(pid, port, ("--proto", "jim"), home / "sketch.db")


NGIRCD = """\
[Global]
Name = bench.localhost
Info = bench
AdminInfo1 = bench
MotdPhrase = bench
Listen = 127.0.0.1
Ports = {port}
{identity}
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxPenaltyTime = 0
PingTimeout = 600
[Options]
DNS = no
Ident = no
PAM = no
"""


@contextlib.contextmanager
def ngircd(_accounts: int, _members: Members = NOBODY) -> Iterator[Running]:
    """The small IRC server in C."""
    port = free_port()
    identity = "ServerUID = nobody\nServerGID = nogroup" if os.geteuid() == 0 else ""
    with folder() as home:
        config = home / "ngircd.conf"
        config.write_text(NGIRCD.format(port=port, identity=identity))
        with running([_program("ngircd"), "-n", "-f", config], port, home / "output") as pid:
            yield Running(pid, port, ("--proto", "irc", *SLOW_LOGIN))


INSPIRCD = """\
<server name="bench.localhost" description="bench" network="bench" id="1AA">
<admin name="bench" nick="bench" email="bench@localhost">
<bind address="127.0.0.1" port="{port}" type="clients">
<connect allow="*" timeout="600" pingfreq="600" threshold="1000000" commandrate="100000000" fakelag="no"
 softsendq="1000000000" hardsendq="2000000000" recvq="10000000" localmax="1000000" globalmax="1000000"
 maxchans="1000" limit="1000000" resolvehostnames="no" useident="no">
<performance softlimit="1000000" somaxconn="4096">
<path datadir="{home}" logdir="{home}" runtimedir="{home}">
<pid file="{home}/inspircd.pid">
<log method="file" type="*" level="default" target="{home}/inspircd.log">
"""


@contextlib.contextmanager
def inspircd(_accounts: int, _members: Members = NOBODY) -> Iterator[Running]:
    """The modular IRC server in C++."""
    port = free_port()
    with folder() as home:
        config = home / "inspircd.conf"
        config.write_text(INSPIRCD.format(port=port, home=home))
        as_root = ["--runasroot"] if os.geteuid() == 0 else []
        command = [_program("inspircd"), "--nofork", *as_root, f"--config={config}"]
        with running(command, port, home / "output") as pid:
            # it welcomes whoever waits once a second: so many at a time, or logging in takes minutes
            yield Running(pid, port, ("--proto", "irc", "--batch", "500"))


PROSODY = """\
run_as_root = true
pidfile = "{home}/prosody.pid"
data_path = "{home}"
certificates = "{home}"
log = {{ warn = "{home}/prosody.log" }}
modules_enabled = {{ "saslauth" }}
modules_disabled = {{ "s2s", "offline", "limits", "tls" }}
c2s_require_encryption = false
network_backend = "epoll"
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
c2s_direct_tls_ports = {{ }}
http_ports = {{ }}
https_ports = {{ }}
VirtualHost "localhost"
  authentication = "anonymous"
Component "conference.localhost" "muc"
  muc_room_locking = false
  restrict_room_creation = false
"""


@contextlib.contextmanager
def prosody(_accounts: int, _members: Members = NOBODY) -> Iterator[Running]:
    """The XMPP server in Lua."""
    port = free_port()
    with folder() as home:
        config = home / "prosody.cfg.lua"
        config.write_text(PROSODY.format(port=port, home=home))
        with running([_program("prosody"), "--config", config], port, home / "output") as pid:
            yield Running(pid, port, ("--proto", "xmpp", *SLOW_LOGIN))


EJABBERD = """\
loglevel: warning
hosts: [localhost]
auth_method: [anonymous]
anonymous_protocol: sasl_anon
max_fsm_queue: 1000000
access_rules:
  c2s:
    allow: all
listen:
  -
    port: {port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    access: c2s
    shaper: none
    max_stanza_size: 262144
    max_fsm_queue: 1000000
modules:
  mod_muc:
    host: conference.localhost
    history_size: 0
    max_users: 100000
    min_message_interval: 0
    min_presence_interval: 0
    access: all
    access_create: all
    default_room_options: {{max_users: 100000, logging: false, mam: false}}
"""


@contextlib.contextmanager
def ejabberd(_accounts: int, _members: Members = NOBODY) -> Iterator[Running]:
    """The XMPP server in Erlang, as the user of its package and without its name daemon."""
    port, user = free_port(), "ejabberd"
    with folder(user) as home:
        config = home / "ejabberd.yml"
        config.write_text(EJABBERD.format(port=port))
        spool, logs = home / "spool", home / "logs"
        for path in (spool, logs):
            path.mkdir()
            shutil.chown(path, user)
        places: list[str | Path] = ["-d", home, "-f", config, "-s", spool, "-l", logs]
        command = [_program("ejabberdctl"), *places, "foreground"]
        alone = {"ERL_DIST_PORT": str(free_port()), "INET_DIST_INTERFACE": "127.0.0.1", "HOME": str(spool)}
        with running(command, port, home / "output", user=user, env=alone) as pid:
            yield Running(descendant(pid, "beam.smp"), port, ("--proto", "xmpp", *SLOW_LOGIN))


SERVERS = {
    server.name: server
    for server in (
        Server("vestnik", "Vestnik", "own", None, vestnik, own_accounts=True),
        Server("sketch", "Sketch", "own", None, sketch),
        Server("ngircd", "ngIRCd", "irc", "ngircd", ngircd, most_logins=400),
        Server("inspircd", "InspIRCd", "irc", "inspircd", inspircd),
        Server("prosody", "Prosody", "xmpp", "prosody", prosody),
        Server("ejabberd", "ejabberd", "xmpp", "ejabberdctl", ejabberd),
    )
}
"""All servers by name, in the order of the table."""
