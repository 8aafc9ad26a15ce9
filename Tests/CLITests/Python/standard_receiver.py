"""A receiver of callbacks that checks signatures with the library of Standard Webhooks, and says what it got, a line each."""

import json
import os

from fastapi import FastAPI, Request, Response
from standardwebhooks import Webhook, WebhookVerificationError

app = FastAPI()
webhook = Webhook(os.environ["SECRET"])
seen: set[str] = set()


def accepts(body: bytes, headers: dict[str, str]) -> bool:
    try:
        webhook.verify(body, headers)
        return True
    except WebhookVerificationError:
        return False


@app.post("/hook")
async def hook(request: Request) -> Response:
    body = await request.body()
    headers = dict(request.headers)
    id = headers.get("webhook-id", "")
    told = {
        "id": id,
        "verified": accepts(body, headers),
        "tampered": accepts(body + b" ", headers),
        "body": json.loads(body),
    }
    print(json.dumps(told), flush=True)
    # The first attempt of each fails, so that every delivery is seen twice.
    first = id not in seen
    seen.add(id)
    return Response(status_code=500 if first else 204)


@app.get("/hook")
def alive() -> Response:
    return Response(status_code=204)
