"""A server that keeps comments as GitHub does: comments.py FILE PORT_FILE

It leaves all comments in FILE, and its port in PORT_FILE. The token "forbidden" may not comment.
"""

import http.server
import json
import re
import sys

comments = []


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        with open(sys.argv[1], "w", encoding="utf-8") as file:
            json.dump(comments, file, indent=1)

    def body(self):
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]

    def refuses(self):
        if self.headers["Authorization"] == "Bearer t":
            return False
        self.answer(403, {"message": "Resource not accessible by integration"})
        return True

    def do_GET(self):
        issue = re.fullmatch(r"/repos/o/r/issues/(\d+)/comments\?per_page=100&page=(\d+)", self.path)
        if self.refuses():
            return
        found = [each for each in comments if each["issue"] == issue[1]]
        self.answer(200, found if issue[2] == "1" else [])

    def do_POST(self):
        issue = re.fullmatch(r"/repos/o/r/issues/(\d+)/comments", self.path)
        text = self.body()
        if self.refuses():
            return
        comments.append({"id": len(comments) + 1, "issue": issue[1], "body": text})
        self.answer(201, comments[-1])

    def do_PATCH(self):
        comment = re.fullmatch(r"/repos/o/r/issues/comments/(\d+)", self.path)
        text = self.body()
        if self.refuses():
            return
        comments[int(comment[1]) - 1]["body"] = text
        self.answer(200, comments[int(comment[1]) - 1])

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
with open(sys.argv[2], "w", encoding="utf-8") as file:
    file.write(str(server.server_port))
server.serve_forever()
