"""pywa's echo bot; host and token are all that is changed for the sandbox."""

import os

import httpx
from fastapi import FastAPI
from pywa import WhatsApp, filters, types

app = FastAPI()
session = httpx.Client(timeout=30)
wa = WhatsApp(
    phone_id="900800700",
    token=os.environ["TOKEN"],
    session=session,
    server=app,
    verify_token="the-verify-token-of-these-tests",
    app_secret=os.environ["APP_SECRET"],
    api_version=24.0,
)
session.base_url = f"{os.environ['META']}/v24.0"  # After WhatsApp(...), which sets Meta's.


@wa.on_message(filters.text)
def echo(_: WhatsApp, message: types.Message) -> None:
    message.reply(message.text)


@wa.on_message(filters.image)
def admire(_: WhatsApp, message: types.Message) -> None:
    message.react("\N{BICYCLE}")
