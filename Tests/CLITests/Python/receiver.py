"""Receivers of callbacks, well-behaved and not, one per path; what came is said, a line each."""

import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

door = threading.Event()
pen = threading.Lock()


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def date_time_string(self, timestamp=None):
        return super().date_time_string(time.time() + float(os.environ.get("CLOCK_OFFSET", "0")))

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.answer(200, b"{}")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/open":
            door.set()
            return self.answer(204)
        told = {"path": self.path, "id": self.headers["webhook-id"], "body": json.loads(body)}
        with pen:
            print(json.dumps(told), flush=True)
        getattr(self, self.path.strip("/"))()

    def answer(self, status, body=b"", length=None, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def good(self):
        self.answer(200)

    def slow(self):
        time.sleep(2)
        self.answer(200)

    def hangs(self):
        """Until somebody opens the door."""
        door.wait()
        self.answer(200)

    def broken(self):
        self.answer(500, b"sorry")

    def moved(self):
        self.answer(302, Location="/trap")

    def trap(self):
        self.answer(200)

    def lies(self):
        """Promises more than it says."""
        self.answer(200, b"short", length=1000)
        self.close_connection = True

    def boasts(self):
        """Promises more, and keeps the connection open until somebody opens the door."""
        self.answer(200, b"short", length=1000)
        door.wait()
        self.close_connection = True


ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Receiver).serve_forever()
