"""Speaks to CareWindow with pywa, as a bot that thinks it speaks to Meta.

Prints one JSON object per step: what was answered, or the class of the error pywa raised.
"""

import json
import sys

import httpx
from pywa import WhatsApp, errors
from pywa.types import Button
from pywa.types.templates import BodyText, TemplateLanguage

base, phone_id, token, customer, stranger, inbound = sys.argv[1:7]


def client(token: str) -> WhatsApp:
    session = httpx.Client(timeout=30)
    wa = WhatsApp(phone_id=phone_id, token=token, session=session, api_version=24.0)
    session.base_url = f"{base}/v24.0"  # After WhatsApp(...), which sets Meta's.
    return wa


def step(name: str, act) -> None:
    try:
        answer = act()
        told = {"ok": True, "id": getattr(answer, "id", None), "answer": str(answer)}
    except errors.WhatsAppError as error:
        told = {
            "ok": False,
            "error": type(error).__name__,
            "code": error.code,
            "details": error.details,
            "status": error.status_code,
        }
    print(json.dumps({"step": name, **told}), flush=True)


wa = client(token)
step("text", lambda: wa.send_message(to=customer, text="From pywa"))
step("image", lambda: wa.send_image(to=customer, image="https://example.org/bike.jpg", caption="A bike"))
step(
    "buttons",
    lambda: wa.send_message(
        to=customer, text="Repair it?", buttons=[Button("Yes", "yes"), Button("No", "no")]
    ),
)
step("reaction", lambda: wa.send_reaction(to=customer, emoji="\N{BICYCLE}", message_id=inbound))
step("reply", lambda: wa.send_message(to=customer, text="An answer", reply_to_message_id=inbound))
step("read", lambda: wa.mark_message_as_read(message_id=inbound))
step(
    "template",
    lambda: wa.send_template(
        to=stranger,
        name="order_update",
        language=TemplateLanguage.ENGLISH_US,
        params=[BodyText.params("Ben", "4711")],
    ),
)
step("closed", lambda: wa.send_message(to=stranger, text="Nobody wrote"))
step("closed image", lambda: wa.send_image(to=stranger, image="https://example.org/bike.jpg"))
step("national", lambda: wa.send_message(to="0170 0000042", text="Which country?"))
step("too long", lambda: wa.send_message(to=customer, text="x" * 5000))
step("wrong token", lambda: client("cw_guessed").send_message(to=customer, text="Who is this?"))
step("wrong number", lambda: wa.send_message(to=customer, text="Hello", sender="900800709"))
step("never passed", lambda: wa.deregister_phone_number())
