# every error is application/problem+json; errorCode is for programs, detail for people
import os
import time

import requests


def generate(wanted, tries=3):
    for _ in range(tries):
        answer = requests.post(
            os.environ["CHATSVG_URL"] + "/v1/svg/generate",
            headers={"X-API-Key": os.environ["CHATSVG_API_KEY"]},
            json=wanted,
            timeout=60,
        )
        if answer.status_code not in (429, 503):
            break
        time.sleep(int(answer.headers.get("Retry-After", 1)))
    return answer


answer = generate({"prompt": "short"})
if not answer.ok:
    problem = answer.json()
    print(problem["status"], problem["errorCode"], problem["detail"], problem["requestId"])
