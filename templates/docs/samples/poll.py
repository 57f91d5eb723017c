# 202: the job is at Location, and Retry-After says how many seconds to wait
import os
import time
from pathlib import Path

import requests

url = os.environ["CHATSVG_URL"]
session = requests.Session()
session.headers["X-API-Key"] = os.environ["CHATSVG_API_KEY"]

wanted = {"prompt": "a lighthouse at night", "style": "filled"}
answer = session.post(f"{url}/v1/svg/generate", json=wanted)
answer.raise_for_status()
job = {"status": "QUEUED"}
while job["status"] in ("QUEUED", "RUNNING"):
    time.sleep(int(answer.headers["Retry-After"]))
    job = session.get(url + answer.headers["Location"]).json()["job"]

# the same drawing as a picture
export = f"{url}/v1/svg/drawings/{job['drawingId']}/export"
picture = session.get(export, params={"format": "png", "size": 512})
Path("lighthouse.png").write_bytes(picture.content)
print(job["status"], job["svg"])
