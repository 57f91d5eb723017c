"""Fill the gallery with public drawings by the studio model, in bulk."""

import itertools

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from accounts.models import User
from chatsvg.demo import DEMO_EMAIL
from generations import svg
from generations.choices import STYLES
from generations.gallery import news, shelf
from generations.providers import studio
from generations.svg.extract import extract

PROMPTS = (
    "a red fox asleep",
    "rocket ship among stars",
    "shopping cart icon",
    "mountain with a rising sun",
    "cup of coffee",
    "green cactus in a pot",
)
CHUNK = 50_000

_INSERT = """
INSERT INTO generations_generation (id, user_id, prompt, style, model, provider, is_private,
    credits_used, svg, size_bytes, sanitizer_version, notes, storage_key, stored_at, created_at)
SELECT row.id, %(user)s, art.prompt, art.style, 'studio', 'studio', false, 1, art.svg,
    octet_length(art.svg), %(version)s, '[]', 'users/' || %(user)s || '/jobs/' || row.id
    || '/chatsvg.svg', row.at, row.at
FROM (SELECT n, at, overlay(
          lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0')
          || substr(gen_random_uuid()::text, 15) PLACING '7' FROM 13 FOR 1
      )::uuid AS id
      FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n,
      LATERAL (SELECT now() - n * interval '1 second' AS at) AS clock) AS row
JOIN unnest(%(prompts)s::text[], %(styles)s::text[], %(svgs)s::text[])
    WITH ORDINALITY AS art (prompt, style, svg, position)
    ON art.position = 1 + row.n %% cardinality(%(svgs)s::text[])
"""


class Command(BaseCommand):
    help = (
        "Add public drawings, fast enough for a million. They are served from the database; "
        "no copies are put into storage and no credits move."
    )

    def add_arguments(self, parser):
        parser.add_argument("--generations", type=int, required=True)
        parser.add_argument("--user", default=DEMO_EMAIL, help="whose drawings they are")

    def handle(self, *args, generations, user, **options):
        owner = User.objects.filter(email=user.strip().lower()).first()
        if owner is None:
            raise CommandError(f"Nobody has the e-mail {user}.")
        if generations < 1:
            raise CommandError("--generations must be 1 or more.")
        art = _art()
        for first in range(0, generations, CHUNK):
            last = min(first + CHUNK, generations) - 1
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(_INSERT, {"user": owner.pk, "first": first, "last": last, **art})
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE) generations_generation")
        news.tell(shelf.every())
        self.stdout.write(f"{generations} drawings of {owner.email}")


def _art() -> dict:
    """A drawing of every prompt in every style, sanitized like any other."""
    recipes = list(itertools.product(PROMPTS, STYLES))
    drawn = [svg.sanitize(extract(studio.draw(prompt, style).svg)).svg for prompt, style in recipes]
    return {
        "prompts": [prompt for prompt, _ in recipes],
        "styles": [style for _, style in recipes],
        "svgs": drawn,
        "version": svg.SANITIZER_VERSION,
    }
