import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.keys import asked
from accounts.keys import services as keys
from generations import pipeline, services
from generations.recipe import Recipe
from tests import factories

FOX = Recipe("a fox", "outline", "studio", True)


def migrate(*targets):
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets) or executor.loader.graph.leaf_nodes())


def jobs():
    with connection.cursor() as cursor:
        cursor.execute("SELECT idempotency_key, price FROM generations_job")
        return cursor.fetchall()


@pytest.mark.django_db(transaction=True)
def test_way_back_from_test_jobs_leaves_the_others():
    user = factories.person()
    key = keys.create(user, asked.key({"name": "x", "environment": "test"})).key
    tests = [
        services.submit(user, FOX, idempotency_key=name, api_key=key).job
        for name in ("same", "other")
    ]
    services.submit(user, FOX, idempotency_key="same")
    pipeline.run(tests[0].pk)

    try:
        migrate(("generations", "0006_gallery"))
        assert jobs() == [("same", 1)]
    finally:
        migrate()
