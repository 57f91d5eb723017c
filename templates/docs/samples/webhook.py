# the secret is shown this once: keep it where the receiver finds it
import os

import requests

made = requests.post(
    os.environ["CHATSVG_URL"] + "/v1/webhooks",
    headers={"X-API-Key": os.environ["CHATSVG_API_KEY"]},
    json={
        "url": os.environ["RECEIVER_URL"],
        "events": ["generation.succeeded", "generation.failed"],
    },
    timeout=60,
)
made.raise_for_status()
print(made.json()["secret"])
