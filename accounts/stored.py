"""Which objects of the storage are people's own, and nowhere else: their pictures and exports."""

from accounts.models import Export, User
from accounts.profile import avatars

FOLDERS = ("avatars", "exports")


def wanted(names: list[str]) -> set[str]:
    """Of these objects, those that somebody may have: who was deleted has nothing any more."""
    addresses = {avatars.PREFIX + name.removeprefix("avatars/"): name for name in names}
    shown = User.objects.filter(avatar__in=addresses).values_list("avatar", flat=True)
    ready = Export.objects.filter(storage_key__in=names, status=Export.Status.READY)
    return {addresses[one] for one in shown} | set(ready.values_list("storage_key", flat=True))
