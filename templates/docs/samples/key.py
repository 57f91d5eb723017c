# signs in and makes a test key; CHATSVG_EMAIL and CHATSVG_PASSWORD are those of your account
import os

import requests

api = os.environ["CHATSVG_URL"] + "/api"
person = {"email": os.environ["CHATSVG_EMAIL"], "password": os.environ["CHATSVG_PASSWORD"]}

with requests.Session() as session:
    session.headers["X-CSRF-Token"] = session.get(f"{api}/csrf").json()["csrfToken"]
    session.post(f"{api}/auth/login", json=person).raise_for_status()
    made = session.post(f"{api}/keys", json={"name": "My first key", "environment": "test"})
    made.raise_for_status()
    print(made.json()["key"])
