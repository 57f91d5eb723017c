"""The process that keeps the embedded servers of one home running while anybody needs them.

Every command that needs servers holds a connection to it. It starts what is asked for, starts again
what dies, and when the last connection is gone, however that came about, it stops the servers and
ends. So no command depends on which of them came first.

A connection says `need postgres valkey`; the answer is `ready`, or `error` and a sentence. Later
lines are news. The keeper closes a connection once it is done with it.
"""

import os
import selectors
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

from chatsvg.embedded.binaries import MissingBinary
from chatsvg.embedded.home import Home, HomeError
from chatsvg.embedded.processes import Pauses, SignalAlarm
from chatsvg.embedded.servers import Postgres, Server, ServerError, Valkey

FIRST_CLIENT_SECONDS = 10
LOOK_SECONDS = 0.25  # between looks at what is to be started again
KINDS = {kind.name: kind for kind in (Postgres, Valkey)}


class Keeper:
    def __init__(self, home: Home, listener: socket.socket):
        self.home = home
        self.listener = listener
        self.servers: dict[str, Server] = {}
        self.clients: set[socket.socket] = set()
        self.selector = selectors.DefaultSelector()
        self.pauses: dict[str, Pauses] = {}

    def run(self) -> None:
        """Serve until nobody needs the servers any more."""
        alarm = SignalAlarm()
        self.selector.register(alarm, selectors.EVENT_READ)
        self.selector.register(self.listener, selectors.EVENT_READ)
        idle_until = time.monotonic() + FIRST_CLIENT_SECONDS
        leaving: list[socket.socket] = []
        try:
            while self.clients or (not leaving and time.monotonic() < idle_until):
                for key, _ in self.selector.select(LOOK_SECONDS if self._is_broken() else 2):
                    if key.fileobj is self.listener:
                        self._welcome()
                    elif key.fileobj is alarm:
                        alarm.clear()
                    elif isinstance(key.fileobj, socket.socket):
                        leaving += self._hear(key.fileobj)
                if self.clients:
                    let_go(leaving)
                self._mend()
        finally:
            self._close()
            let_go(leaving)  # only now: whoever left last knows that the servers are down

    def _welcome(self) -> None:
        client, _ = self.listener.accept()
        client.settimeout(5)
        self.clients.add(client)
        self.selector.register(client, selectors.EVENT_READ)

    def _hear(self, client: socket.socket) -> list[socket.socket]:
        """Answer a request. Returns the client if it left."""
        try:
            words = client.recv(4096).decode().split()
        except OSError:
            words = []
        if words[:1] == ["need"]:
            self._tell(client, self._provide(words[1:]))
            return []
        self.selector.unregister(client)
        self.clients.discard(client)
        return [client]

    def _provide(self, names: list[str]) -> str:
        """Start what is asked for and does not run. The answer to the client."""
        asked = [self.servers.get(name) or KINDS[name](self.home) for name in names]
        missing = [server for server in asked if not server.running]
        try:
            for server in missing:
                server.launch()
            for server in missing:
                server.wait_ready()
        except (ServerError, HomeError, MissingBinary, OSError) as error:
            for server in missing:
                server.stop()
            return f"error {error}"
        for server in missing:
            self.servers[server.name] = server
            self.pauses[server.name] = Pauses()
        return "ready"

    def _is_broken(self) -> bool:
        return not all(server.running for server in self.servers.values())

    def _mend(self) -> None:
        """Start again what died, after a pause that grows while it keeps dying."""
        for server in self.servers.values():
            if not server.running and self.pauses[server.name].is_due():
                self._start_again(server)

    def _start_again(self, server: Server) -> None:
        try:
            server.start()
        except (ServerError, HomeError, MissingBinary, OSError) as error:
            server.stop()
            print(error, flush=True)
        else:
            for client in list(self.clients):
                self._tell(client, f"news {server.name} had ended and was started again")

    def _tell(self, client: socket.socket, line: str) -> None:
        with suppress(OSError):  # it left: the loop hears of it
            client.sendall(" ".join(line.split("\n")).encode() + b"\n")

    def _close(self) -> None:
        """Let nobody in any more, then stop the servers."""
        keeper_socket(self.home).unlink(missing_ok=True)
        self.listener.close()
        for server in reversed(self.servers.values()):
            server.stop()


def let_go(clients: list[socket.socket]) -> None:
    while clients:
        clients.pop().close()


def keeper_socket(home: Home) -> Path:
    """Where the keeper listens: beside the servers, but closed to their user."""
    return home.sockets.with_name("keeper.sock")


def listen(home: Home) -> socket.socket:
    path = keeper_socket(home)
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(64)
    return listener


def main() -> None:
    """Return once the keeper can be connected to; it goes on by itself, as nobody's child."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.umask(0o077)
    home = Home(Path(sys.argv[1]))
    with home.lock("keeper"):  # one that is still stopping its servers comes first
        listener = listen(home)
        if os.fork():
            os._exit(0)
        Keeper(home, listener).run()
