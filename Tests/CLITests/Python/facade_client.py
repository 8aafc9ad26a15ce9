"""Speaks to CareWindow with pywa, as a bot that thinks it speaks to Meta.

Prints one JSON object per step: what was answered, or the class of the error pywa raised.
"""

import json
import sys

import httpx
from pywa import WhatsApp, errors
from pywa.types import Button
from pywa.types.templates import BodyText, TemplateLanguage

base, phone_id, token, customer, stranger, inbound, waba = sys.argv[1:8]


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
wa_media = {}


def upload():
    wa_media["id"] = wa.upload_media(media=PICTURE, mime_type="image/png", filename="bike.png").id
    return wa_media["id"]


def download():
    url = wa.get_media_url(wa_media["id"])
    assert url.url.startswith(base), url.url
    assert wa.get_media_bytes(url=url.url) == PICTURE
    return url.url


def delete():
    assert wa.delete_media(media_id=wa_media["id"])


def profile():
    wa.update_business_profile(about="Bikes, repaired")
    assert wa.get_business_profile().about == "Bikes, repaired"


def templates():
    found = list(wa.get_templates(waba_id=waba))
    assert "order_update" in [template.name for template in found], found
    assert wa.get_template(found[0].id).name == found[0].name


PICTURE = bytes(range(256)) * 2000
step("upload", upload)
step("sent by id", lambda: wa.send_image(to=customer, image=wa_media["id"], mime_type="image/png"))
step("download", download)
step("delete", delete)
step("number", lambda: wa.get_business_phone_number().display_phone_number)
step("profile", profile)
step("templates", templates)
step("closed", lambda: wa.send_message(to=stranger, text="Nobody wrote"))
step("closed image", lambda: wa.send_image(to=stranger, image="https://example.org/bike.jpg"))
step("national", lambda: wa.send_message(to="0170 0000042", text="Which country?"))
step("too long", lambda: wa.send_message(to=customer, text="x" * 5000))
step("wrong token", lambda: client("cw_guessed").send_message(to=customer, text="Who is this?"))
step("wrong number", lambda: wa.send_message(to=customer, text="Hello", sender="900800709"))
step("never passed", lambda: wa.deregister_phone_number())
