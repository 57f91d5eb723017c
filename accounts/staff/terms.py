"""What somebody typed into a search box of the admin: found by indexes, never by reading texts."""

from functools import cached_property
from uuid import UUID

from django.db.models import Q

from accounts.models import User

HEX_LEAST, EMAIL_LEAST = 6, 3  # characters from which on a beginning is looked for
PEOPLE_MOST = 50
NOTHING = Q(pk__in=[])


class Term:
    """An id, the beginning of one, or of an e-mail; or the id of something elsewhere."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\0", "").strip()[:254]

    @cached_property
    def ids(self) -> tuple[UUID, UUID] | None:
        """The first and the last id that begin like it."""
        digits = self.text.lower().replace("-", "")
        if not HEX_LEAST <= len(digits) <= 32 or set(digits) - set("0123456789abcdef"):
            return None
        return UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))

    @property
    def id(self) -> UUID | None:
        """Where it is a whole one."""
        return self.ids[0] if self.ids and self.ids[0] == self.ids[1] else None

    @cached_property
    def people(self) -> list[UUID]:
        """Those whose e-mail begins like it."""
        if len(self.text) < EMAIL_LEAST:
            return []
        found = User.objects.filter(email__startswith=self.text.lower())
        return list(found.values_list("pk", flat=True)[:PEOPLE_MOST])

    def names(self, field: str) -> Q:
        """Rows whose id in that field it is, or begins."""
        if self.ids is None:
            return NOTHING
        first, last = self.ids
        return Q(**{f"{field}__gte": first, f"{field}__lte": last})

    def belongs(self, field: str) -> Q:
        """Rows of the people whose e-mail or id it is, or begins."""
        theirs = Q(**{f"{field}__in": self.people}) if self.people else NOTHING
        return theirs | self.names(field)
