"""What the sidebar counts."""

from accounts.models import Ticket

MOST = 99


def tickets(request) -> str:
    """Those that nobody has answered; nothing where there is none."""
    waiting = Ticket.objects.filter(status=Ticket.Status.OPEN)[: MOST + 1].count()
    return f"{MOST}+" if waiting > MOST else str(waiting or "")
