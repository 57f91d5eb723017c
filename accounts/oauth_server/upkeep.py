"""What is done by the clock: first what hangs on grants, then grants, then clients without any."""

from accounts.oauth_server import clients, codes, grants


def purge() -> None:
    codes.purge()
    grants.purge()
    clients.purge()
