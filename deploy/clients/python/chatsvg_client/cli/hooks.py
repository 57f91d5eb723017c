"""Commands for webhooks."""

from __future__ import annotations

from itertools import islice

from chatsvg_client.cli.shell import Shell


def show(shell: Shell) -> int:
    with shell.client() as client:
        found = client.webhooks()
    return shell.show(
        {"webhooks": found},
        lambda: (
            f"{one.id}  {'on ' if one.is_enabled else 'off'}  {one.url}  {' '.join(one.events)}"
            for one in found
        ),
    )


def create(shell: Shell) -> int:
    asked = shell.asked
    with shell.client() as client:
        made = client.create_webhook(asked.url, events=asked.event, signature=asked.signature)
    return shell.show(made, lambda: [f"{made.webhook.id}  secret {made.secret}"])


def rotate(shell: Shell) -> int:
    with shell.client() as client:
        made = client.rotate_webhook(shell.asked.id, end_previous=shell.asked.end_previous)
    return shell.show(made, lambda: [f"{made.webhook.id}  secret {made.secret}"])


def update(shell: Shell) -> int:
    asked = shell.asked
    with shell.client() as client:
        one = client.update_webhook(
            asked.id, url=asked.url, events=asked.event, enabled=asked.enabled
        )
    return shell.show(one, lambda: [f"{one.id}  {'on' if one.is_enabled else 'off'}  {one.url}"])


def delete(shell: Shell) -> int:
    with shell.client() as client:
        client.delete_webhook(shell.asked.id)
    return shell.show({"deleted": shell.asked.id}, lambda: [shell.asked.id])


def test(shell: Shell) -> int:
    with shell.client() as client:
        sent = client.test_webhook(shell.asked.id)
    return shell.show(sent, lambda: [f"{sent.id}  {sent.status}"])


def deliveries(shell: Shell) -> int:
    with shell.client() as client:
        found = list(islice(client.deliveries(shell.asked.id), shell.asked.limit))
    return shell.show(
        {"deliveries": found},
        lambda: (
            f"{one.id}  {one.status:9}  {one.type}  {len(one.attempts)} tries" for one in found
        ),
    )


def replay(shell: Shell) -> int:
    with shell.client() as client:
        sent = client.replay(shell.asked.id)
    return shell.show(sent, lambda: [f"{sent.id}  {sent.status}"])
