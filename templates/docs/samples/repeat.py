# asked twice, drawn once: the second answer is the first, byte for byte
import os

import requests


def order():
    return requests.post(
        os.environ["CHATSVG_URL"] + "/v1/svg/generate",
        headers={
            "X-API-Key": os.environ["CHATSVG_API_KEY"],
            "Idempotency-Key": "order-4711-from-python",
        },
        json={"prompt": "a paper boat", "style": "outline"},
        timeout=60,
    )


first, second = order(), order()
print("Idempotent-Replayed:", second.headers["Idempotent-Replayed"])
print("one job" if first.content == second.content else "two jobs")
