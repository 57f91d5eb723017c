"""A mail server on loopback, that takes mails or behaves badly."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller

TAKEN = "250 taken"


class Mailbox:
    """Takes every mail, unless its answers are made to say otherwise."""

    def __init__(self) -> None:
        self.letters: list = []
        self.recipients: list[list[str]] = []
        self.to_recipient = self.to_data = TAKEN

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.to_recipient == TAKEN:
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server, session, envelope):
        if self.to_data == TAKEN:
            self.recipients.append(envelope.rcpt_tos)
            self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.to_data


@contextmanager
def running(port: int = 0) -> Iterator[tuple[Mailbox, int]]:
    """A mail server and its port."""
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port or free_port())
    controller.start()
    try:
        yield mailbox, controller.port
    finally:
        controller.stop()


@contextmanager
def hanging() -> Iterator[tuple[int, threading.Semaphore]]:
    """A server that lets everybody in and never says a word: its port, and who came."""
    came, held = threading.Semaphore(0), []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def let_in() -> None:
            with suppress(OSError):
                while True:
                    held.append(server.accept()[0])
                    came.release()

        thread = threading.Thread(target=let_in, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1], came
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join(5)
            for one in held:
                one.close()


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
