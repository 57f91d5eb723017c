"""Password hashing: Argon2id with OWASP's 19 MiB profile, and a bound on how many at once."""

import threading

from django.contrib.auth.hashers import Argon2PasswordHasher

from chatsvg.cores import everywhere

_UNDER_WAY = threading.BoundedSemaphore(4)  # 4 x 19 MiB at most, however many people sign in


class Argon2id(Argon2PasswordHasher):
    """m=19 MiB, t=2, p=1 (OWASP Password Storage Cheat Sheet, 2026)."""

    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with _UNDER_WAY, everywhere():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _UNDER_WAY, everywhere():
            return super().verify(password, encoded)
