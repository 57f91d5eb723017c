import os

import requests

answer = requests.post(
    os.environ["CHATSVG_URL"] + "/v1/svg/generate",
    headers={"X-API-Key": os.environ["CHATSVG_API_KEY"], "Prefer": "wait=30"},
    json={"prompt": "a red fox asleep", "style": "flat"},
    timeout=60,
)
answer.raise_for_status()
print(answer.json()["job"]["svg"] if answer.status_code == 200 else answer.headers["Location"])
