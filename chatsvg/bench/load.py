"""People who ask at a steady pace, and go on asking where they get no answer."""

import asyncio
import threading
import time
from collections.abc import Iterator
from uuid import uuid4

from chatsvg.bench.client import Person, Refused
from chatsvg.bench.people import FAULTS, ORDERS, describe

AGAIN_SECONDS = 0.2
PATIENCE_SECONDS = 60  # of one order, while the server is away
TAKEN = (200, 202)  # 200: a repeat of what has ended meanwhile
AWAY = (502, 503)
MARK = "order {}"  # how an order is known by its prompt


class Load:
    """`count` orders over `seconds`, each sent with one key until it is taken.

    The order's number stands in its prompt. Runs in a thread of its own.
    """

    def __init__(self, people: list[Person], count: int, seconds: float, *, model: str):
        self.taken = 0
        self.repeats = 0  # requests that were sent again
        self.faults: list[str] = []
        self._people, self._count, self._seconds, self._model = people, count, seconds, model
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="load", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped = True
        self._thread.join(5)

    def wait(self) -> None:
        """Until every order is taken, or has failed."""
        self._thread.join()

    def _run(self) -> None:
        asyncio.run(self._ask_all())

    async def _ask_all(self) -> None:
        numbers = iter(range(self._count))
        began = time.monotonic()
        await asyncio.gather(*(self._ask_on(person, numbers, began) for person in self._people))

    async def _ask_on(self, person: Person, numbers: Iterator[int], began: float) -> None:
        for number in numbers:
            due = began + number * self._seconds / self._count
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            await self._order(person, number)

    async def _order(self, person: Person, number: int) -> None:
        key, end = uuid4().hex, time.monotonic() + PATIENCE_SECONDS
        while not self._stopped:
            try:
                await self._send(person, number, key)
            except FAULTS as fault:
                is_final = isinstance(fault, Refused) and fault.status not in AWAY
                if is_final or time.monotonic() > end:
                    self.faults.append(f"order {number}: {describe(fault)}")
                    return
                self.repeats += 1
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                self.taken += 1
                return

    async def _send(self, person: Person, number: int, key: str) -> None:
        subject, style = ORDERS[number % len(ORDERS)]
        prompt = f"{subject}, {MARK.format(number)}"
        try:
            await person.submit(key, prompt=prompt, style=style, model=self._model)
        except Refused as refused:
            if refused.status not in TAKEN:
                raise
