"""Receives Flowstate's webhooks: verifies each one, books each document once.

Made to be copied; Python 3.9 or newer, standard library only.

    PORT=8080 WEBHOOK_SECRET=whsec_... python3 receiver.py

While a secret is changed, WEBHOOK_SECRET holds the old one and the new one, separated by a space. TLS ends in front of
this process. What is done here and why: ../../README.md.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import sys
import threading
import time
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# A request that somebody recorded cannot be sent again later.
TOLERANCE_SECONDS = 5 * 60
# Flowstate sends less. What is larger comes from somebody else, and is not worth the memory.
MAX_BODY_BYTES = 20 * 1024 * 1024
# Of silence on a connection, so that nobody holds them for nothing.
IDLE_LIMIT_SECONDS = 30


def key_of(secret):
    """The key of a whsec_ secret: base64 of 24 to 64 bytes."""
    try:
        key = base64.b64decode(secret[len("whsec_"):], validate=True)
    except ValueError:
        key = b""
    if not secret.startswith("whsec_") or not 24 <= len(key) <= 64:
        sys.exit("WEBHOOK_SECRET must be whsec_ and base64 of 24 to 64 bytes")
    return key


KEYS = [key_of(secret) for secret in os.environ.get("WEBHOOK_SECRET", "").split()]
if not KEYS:
    sys.exit("WEBHOOK_SECRET is missing")


def receive(request):
    """Takes one delivery and says what to answer."""
    length = request.headers.get("content-length", "")
    if not re.fullmatch("[0-9]{1,18}", length):
        return 411
    if int(length) > MAX_BODY_BYTES:
        return 413
    # The signature is over these very bytes: verify first, parse afterwards, never the other way round.
    body = request.rfile.read(int(length))
    webhook_id = verified_id(request.headers, body)
    if webhook_id is None:
        return 401
    payload = json_object(body)
    if payload is None:
        return 400
    if payload.get("type") != "flowstate.ping":
        book_once(webhook_id, payload)
    return 204


def verified_id(headers, body):
    """The webhook-id, which is the document's id, of a delivery that comes from Flowstate and is fresh."""
    webhook_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    if not webhook_id or not re.fullmatch("[0-9]{1,12}", timestamp):
        return None
    if abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return None
    # While Flowstate's secret is changed there are several; those of other versions (v1a) match nothing.
    presented = headers.get("webhook-signature", "").encode("utf-8", "replace").split(b" ")
    signed = f"{webhook_id}.{timestamp}.".encode("utf-8", "replace") + body
    for key in KEYS:
        expected = b"v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256))
        # Takes the same time wherever the two differ, so that a signature cannot be guessed byte by byte.
        if any(hmac.compare_digest(signature, expected) for signature in presented):
            return webhook_id
    return None


def json_object(body):
    try:
        value = json.loads(body.decode("utf-8"), parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


booked = set()
booking = threading.Lock()


def book_once(webhook_id, payload):
    """The same document can come several times, even at the same time, and days apart.

    In your system this is one transaction, in place of the lock and the set:

        insert into flowstate_deliveries (webhook_id) values (...)    -- unique; there already: roll back, answer 2xx
        ... the booking, from payload["data"]["extraction"] ...
        commit                                                        -- only now answer 2xx

    Keep the ids as long as what was booked. Raise when it cannot be booked now: the answer is 500, and it comes again.
    """
    with booking:
        if webhook_id in booked:
            return
        print(f"booked {webhook_id}", flush=True)
        booked.add(webhook_id)


class Handler(BaseHTTPRequestHandler):
    timeout = IDLE_LIMIT_SECONDS

    def do_POST(self):
        try:
            status = receive(self)
        except Exception as error:
            # Whatever went wrong here may go right later: with a 5xx Flowstate tries again.
            print(f"failed: {type(error).__name__}", file=sys.stderr, flush=True)
            status = 500
        self.answer(status)

    def do_GET(self):
        self.answer(405)

    def answer(self, status):
        self.send_response(status)
        if status != 204:
            self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Says nothing about single requests."""


class Server(ThreadingHTTPServer):
    # Connections that wait to be accepted: deliveries come in bursts.
    request_queue_size = 128


if __name__ == "__main__":
    server = Server(("127.0.0.1", int(os.environ.get("PORT", "8080"))), Handler)
    print(f"listening on {server.server_port}", flush=True)
    server.serve_forever()
