# what becomes of your jobs, until the next one has ended
import json
import os

import requests

with requests.get(
    os.environ["CHATSVG_URL"] + "/v1/events",
    headers={"X-API-Key": os.environ["CHATSVG_API_KEY"]},
    stream=True,
    timeout=60,  # of silence: the stream says a word every 15 s
) as stream:
    stream.raise_for_status()
    for line in stream.iter_lines(chunk_size=1, decode_unicode=True):
        if not line.startswith("data: "):
            continue
        event = json.loads(line.removeprefix("data: "))
        print(event["jobId"], event["status"], event["progress"], flush=True)
        if event["status"] in ("SUCCEEDED", "FAILED", "CANCELED"):
            break
