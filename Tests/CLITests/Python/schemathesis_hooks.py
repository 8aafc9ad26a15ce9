"""What schemathesis cannot guess from the document: secrets, and ids of what exists.

Loaded by schemathesis (`SCHEMATHESIS_HOOKS`). Writes down which statuses each operation answered with, so that the
test can demand a success of each: a description is not tested by refusals alone.
"""

import atexit
import hashlib
import hmac
import json
import os

import schemathesis
from schemathesis import GenerationMode

SECRET = os.environ["HOOKS_APP_SECRET"].encode()
VERIFY_TOKEN = os.environ["HOOKS_VERIFY_TOKEN"]
KNOWN = json.loads(os.environ["HOOKS_KNOWN"])
STATUSES = os.environ["HOOKS_STATUSES"]

MESSAGES = {
    "/messages": {"type": "text", "text": {"body": "Hello"}},
    "/marketing_messages": {
        "type": "template",
        "template": {"name": "autumn_sale", "language": {"code": "en_US"}},
    },
}

CALLBACK = {
    "url": "https://127.0.0.1/hook",
    "kinds": ["meta.raw"],
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
}

# What passes to Meta: bodies and queries that the simulated Meta takes, by the end of the path.
PASSING = {
    ("POST", "/whatsapp_business_profile"): {"messaging_product": "whatsapp", "about": "Hello"},
    ("POST", "/block_users"): {
        "messaging_product": "whatsapp",
        "block_users": [{"user": "491700000099"}],
    },
    ("POST", "/message_templates"): {
        "name": "winter_sale",
        "language": "en_US",
        "category": "MARKETING",
        "components": [{"type": "BODY", "text": "Winter sale."}],
    },
    ("POST", "/{object_id}"): {"category": "MARKETING"},
    # As text: schemathesis takes bytes of a hook for a mistake that the server has to notice.
    ("POST", "/upload:{upload}"): "%PDF",
    ("POST", "/media"): {"messaging_product": "whatsapp", "type": "text/plain", "file": "Hello"},
}
PASSING["DELETE", "/block_users"] = PASSING["POST", "/block_users"]
QUERIES = {
    ("DELETE", "/message_templates"): {"name": "spring_sale"},
    ("POST", "/uploads"): {"file_name": "a.pdf", "file_length": "4", "file_type": "application/pdf"},
}

calls: dict[str, int] = {}
seen: dict[str, set[int]] = {}


def sign(request):
    """Signs the bytes as they leave, as Meta does."""
    body = request.body or b""
    body = body.encode() if isinstance(body, str) else body
    if isinstance(body, bytes) and "X-Hub-Signature-256" not in request.headers:
        digest = hmac.new(SECRET, body, hashlib.sha256).hexdigest()
        request.headers["X-Hub-Signature-256"] = f"sha256={digest}"
    return request


@schemathesis.hook
def before_call(context, case, kwargs):
    """Every other valid call gets what only the initiated know; the rest stays as it was guessed."""
    name = f"{case.method} {case.path}"
    calls[name] = calls.get(name, 0) + 1
    if case.meta and case.meta.generation.mode != GenerationMode.POSITIVE or calls[name] % 2:
        return
    if case.path == "/webhooks/meta" and case.method == "POST":
        kwargs["auth"] = sign
    if case.path == "/webhooks/meta" and case.method == "GET":
        asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}
        case.query = {**asked, "hub.verify_token": VERIFY_TOKEN}
    for ending, message in MESSAGES.items():
        if case.path == "/{version}/{phone_number_id}" + ending:
            case.body = {"messaging_product": "whatsapp", "to": KNOWN["customer"], **message}
    if case.path == "/v1/callbacks" and case.method == "POST":
        case.body = CALLBACK
    if case.path.endswith("/redeliver"):
        case.body = {}
    if (case.operation.definition.raw.get("operationId") or "").startswith("graph_"):
        end = case.method, "/" + case.path.rsplit("/", 1)[1]
        case.query = QUERIES.get(end, {})
        if end in PASSING:
            case.body = PASSING[end]
        if "object_id" in case.path_parameters:
            case.path_parameters["object_id"] = KNOWN["object_id"][case.method]
    # What is removed is another one than what is looked at.
    callback = KNOWN["removable" if case.method == "DELETE" else "callback"]
    for name, value in (KNOWN | {"id": callback} if "/callbacks/" in case.path else KNOWN).items():
        if isinstance(value, str) and name in (case.path_parameters or {}):
            case.path_parameters[name] = value


@schemathesis.hook
def after_call(context, case, response):
    """Notes the status."""
    seen.setdefault(f"{case.method} {case.path}", set()).add(response.status_code)


@atexit.register
def tell():
    with open(STATUSES, "w") as file:
        json.dump({name: sorted(statuses) for name, statuses in sorted(seen.items())}, file)
