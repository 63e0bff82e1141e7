"""An inference server that nobody asks: its page, and an accelerator that it holds without work."""

import http.server
import os
import sys
import threading
import time

_, flag_path, seconds = sys.argv[1:4]
PAGE = open(os.path.join(os.path.dirname(__file__), "../Fixtures/pages/vllm.prom"), "rb").read()


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(f"page is http://127.0.0.1:{server.server_address[1]}/metrics", flush=True)
print("trainer is", os.getpid(), flush=True)
with open(flag_path, "r+b") as file:
    # It answers for a second first, so that its driver is known to tell of work.
    for work in (b"\1", b"\2"):
        file.seek(0)
        file.write(work)
        file.flush()
        time.sleep(1.5 if work == b"\1" else float(seconds) + 30)
