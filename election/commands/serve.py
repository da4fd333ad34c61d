"""``election serve`` and ``election migrate``."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from election.commands.spoken import note, said
from election.faults import WrongInput

if TYPE_CHECKING:
    from flask import Flask

    from election.store.volatile import Volatile

THREADS = 8


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="processes, of eight threads each"
)
def serve(host: str, port: int, workers: int) -> int:
    """Serve the pages of ELECTION_HOME (启动网页服务)."""
    return listen(host, port, workers)


@click.command()
def migrate() -> int:
    """Bring the database of ELECTION_HOME to the schema of this program (升级数据库)."""
    from election.store.database import open_existing

    store = open_existing(older=True)
    try:
        was, now = store.migrate()
    finally:
        store.close()
    if was == now:
        note("数据库已是当前版本：{now}", now=now)
    else:
        note("数据库已从版本 {was} 升级到 {now}", was=was, now=now)
    return 0


def listen(host: str, port: int, workers: int = 1) -> int:
    """Serve until stopped. One process keeps the folded facts of every election; more share only the database.

    Raises WrongInput when no office was opened here, or the address cannot be had.
    """
    from election.store import kept
    from election.store.database import open_existing
    from election.store.volatile import Volatile

    store = open_existing()  # once, before the workers begin
    try:
        with store.read() as session:
            kept.demand(store.home, session)
            warnings = [kept.unsaid(store.home, session), store.home.tighten()]
    finally:
        store.close()
    for warning in filter(None, warnings):
        note("注意：{warning}", warning=said(warning))
    memory = Volatile()  # before the workers are forked, so that they share it
    if workers > 1 and not memory.forks:
        raise WrongInput(
            "processes cannot share the wall on this system", place="--workers", mend="serve with one worker"
        )
    taken = _bound(host, port)

    from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in _settings(taken, workers).items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return application(memory)

    note("用浏览器打开 {address}  （按 Ctrl+C 结束）", address="  ".join(addresses(host, taken.getsockname()[1])))
    if host in EVERYWHERE and not own_addresses():
        note("手机和别的电脑打开这台机器在网络里的地址：用 ip -4 addr 或 ifconfig 查看")
    try:
        Server().run()
    except SystemExit as stop:  # the way gunicorn ends
        return int(stop.code or 0)
    return 0


#: hosts that stand for every address of this machine
EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - told apart, not listened on


def addresses(host: str, port: int) -> list[str]:
    """What to type in a browser: for all addresses of this machine each that others reach, and for the machine itself."""
    hosts = [*own_addresses(), "127.0.0.1"] if host in EVERYWHERE else [host]
    return [f"http://[{each}]:{port}" if ":" in each else f"http://{each}:{port}" for each in hosts]


def own_addresses() -> list[str]:
    """IPv4 addresses of this machine's interfaces, as the kernel says them without a packet; empty where it does not."""
    try:
        import fcntl

        found = []
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            for _, name in socket.if_nameindex():
                with suppress(OSError):  # one without an address
                    answer = fcntl.ioctl(asking, 0x8915, name.encode().ljust(32, b"\0"))  # SIOCGIFADDR of Linux
                    found.append(socket.inet_ntoa(answer[20:24]))
    except (ImportError, AttributeError, OSError):
        return []
    return [address for address in found if not address.startswith("127.")]


def application(memory: Volatile | None = None) -> Flask:
    """The application over ELECTION_HOME, for this or any other WSGI server.

    Without ``memory`` each process would have a wall of its own: where another server runs several that were not handed one
    made before they were forked, every page says so instead of answering.
    """
    from election.acts.spools import sweep
    from election.commands.patience import patient
    from election.store.database import open_existing
    from election.web import create_app

    _log_to_standard_error()
    sweep()
    app = create_app(open_existing(), clock=lambda: datetime.now(UTC), memory=memory, hosts=known_hosts())
    app.wsgi_app = together(patient(app.wsgi_app), app.extensions["election"].memory)  # type: ignore[method-assign]
    if os.environ.get("ELECTION_BEHIND_PROXY") == "1":
        from werkzeug.middleware.proxy_fix import ProxyFix

        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app


APART = (
    "本程序的几个进程没有共用内存，唱票大屏会各显各的，因此不答复：请用 election serve --workers N 启动，或只用一个进程。\n"
    "The processes of this server share no memory, and each would show another wall: use election serve --workers N, or "
    "one process.\n"
).encode()


def together(app: Callable[..., Iterable[bytes]], memory: Volatile) -> Callable[..., Iterable[bytes]]:
    """``app``, but for a server of several processes that do not share ``memory``: then only word of that."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not environ.get("wsgi.multiprocess") or memory.shared:
            return app(environ, start_response)
        start_response("503 Service Unavailable", [("Content-Type", "text/plain; charset=utf-8")])
        return [APART]

    return answer


def known_hosts() -> frozenset[str]:
    """Names under which this office is reached, beside any bare address: ELECTION_HOSTS, else this machine's own."""
    named = os.environ.get("ELECTION_HOSTS", "")
    own = {"localhost", socket.gethostname().lower(), f"{socket.gethostname().lower()}.local"}
    return frozenset(name.strip().lower() for name in named.split(",") if name.strip()) | own


def _log_to_standard_error() -> None:
    """Our own log, with what concerns security; libraries say only their warnings."""
    import logging

    logging.basicConfig(format="%(asctime)sZ %(levelname)s %(name)s %(message)s", level=logging.WARNING)
    for handler in logging.getLogger().handlers:
        if handler.formatter is not None:
            handler.formatter.converter = time.gmtime
    logging.getLogger("election").setLevel(logging.INFO)


def _settings(taken: socket.socket, workers: int) -> dict[str, Any]:
    return {
        "bind": [f"fd://{taken.fileno()}"],
        "workers": workers,
        "worker_class": "election.commands.patience.Worker",
        "threads": THREADS,
        "timeout": 120,
        "graceful_timeout": 20,
        "keepalive": 15,
        "loglevel": "warning",
        "errorlog": "-",
        "accesslog": None,  # addresses of pages would say who looked at what
        "forwarded_allow_ips": "127.0.0.1",
        "limit_request_line": 4094,
        "control_socket_disable": True,
    }


def _own(host: str, port: int) -> tuple[int, Any]:
    """Family and address of a host that is this machine's: with any port it could be listened on. Raises WrongInput."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(family, socket.SOCK_STREAM) as trying:
            trying.bind((address[0], 0, *address[2:]))
    except OSError:
        raise WrongInput(
            "{host} is not an address of this machine",
            place="--host",
            mend="use 127.0.0.1 for this machine alone, 0.0.0.0 for its network",
            host=host,
        ) from None
    return family, address


def _bound(host: str, port: int) -> socket.socket:
    """The listening socket, taken before anything else so that a busy port is said in one line."""
    listening: socket.socket | None = None
    family, address = _own(host, port)
    try:
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except OSError as error:
        if listening is not None:
            listening.close()
        raise WrongInput(
            "cannot listen on {host}:{port} ({reason})",
            place="--port",
            mend="use another port, or end what holds it",
            host=host,
            port=port,
            reason=error.strerror,
        ) from None
    return listening
