"""A streamer in one file, with nothing but Python's own library; nothing in it knows us.

Sends three events a connection and then ends it, until there have been nine. Takes the address of
polyfill.js as its argument, and prints its port.
"""

import http.server
import json
import sys
import time


class Streamer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path != "/events":
            page = f'<!doctype html><title>Events</title><script src="{sys.argv[1]}"></script>'
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())
            return

        last = int(self.headers.get("Last-Event-ID", 0))
        if last >= 9:
            self.send_response(204)
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"retry: 100\r\n\r\n")
        for number in range(last + 1, last + 4):
            self.wfile.write(f"id: {number}\r\n".encode())
            self.wfile.write(f"data: {json.dumps({'number': number})}\r\n".encode())
            self.wfile.write("data: zweite Zeile, 二行目\r\n\r\n".encode())
            self.wfile.flush()
            time.sleep(0.02)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Streamer)
print(server.server_port, flush=True)
server.serve_forever()
