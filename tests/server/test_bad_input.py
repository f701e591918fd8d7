# SPDX-License-Identifier: MIT
"""What clients must not do: refused, logged, the server stays up and serves the others."""
import json
import random
import resource
import socket
import time
import unittest

import support

GET = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def status(data):
    """Of the first answer; 0: there is none."""
    return int(data.split(b" ", 2)[1]) if data.startswith(b"HTTP/1.") else 0


class Malformed(support.Case):
    options = ("--idle", "20")

    def ask_raw(self, data, timeout=5):
        return support.read_all(self.server.raw(data, timeout))

    def alive(self):
        self.assertEqual(self.server.get("/healthz").status, 200)

    def test_lines_that_are_no_http(self):
        for data in (b"\x00" * 100, b"hello\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
                     b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\r\n" * 50,
                     b"GET  /healthz  HTTP/1.1\r\nHost: x\r\n\r\n\xff",
                     b"GET /healthz HTTP/1.1\r\nHost x\r\n\r\n",
                     b"GET /healthz HTTP/1.1\r\n Host: x\r\n\r\n",
                     b"GET /healthz HTTP/1.1\nHost: x\n\n",
                     b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"):
            sock = self.server.raw(data, 4)
            sock.shutdown(socket.SHUT_WR)
            self.assertIn(status(support.read_all(sock)), (0, 200, 400, 404, 405, 505), data)
        self.alive()

    def test_random_bytes(self):
        chance = random.Random(20261122)
        for _ in range(200):
            self.server.raw(bytes(chance.randrange(256) for _ in range(300)), 1).close()
        words = [b"GET ", b"POST ", b"/v1/dealers", b" HTTP/1.1\r\n", b"Host: x\r\n", b"\r\n\r\n",
                 b"Content-Length: ", b"5\r\n", b"{}", b"Transfer-Encoding: chunked\r\n", b"\xff",
                 b"Content-Type: application/json\r\n", b"0\r\n\r\n", b"%00", b"?where={"]
        for _ in range(300):
            data = b"".join(chance.choice(words) for _ in range(12))
            sock = self.server.raw(data, 1)
            sock.shutdown(socket.SHUT_WR)
            sock.close()
        self.alive()

    def test_requests_that_can_be_read_in_two_ways(self):
        head = b"POST /v1/dealers HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        for more in (b"Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}",
                     b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                     b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                     b"Transfer-Encoding: gzip\r\n\r\n{}",
                     b"Host: other\r\nContent-Length: 2\r\n\r\n{}",
                     b"Content-Length: -2\r\n\r\n{}", b"Content-Length: 2 2\r\n\r\n{}",
                     b"Content-Length: 99999999999999999999\r\n\r\n{}",
                     b"Content-Length: 0x2\r\n\r\n{}"):
            answer = self.ask_raw(head + more)
            self.assertIn(status(answer), (0, 400, 413), (more, answer))
        # What is smuggled behind a request is no request.
        answer = self.ask_raw(head + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
                              b"0\r\n\r\n" + GET)
        self.assertEqual(answer.count(b"HTTP/1.1 "), 1, answer)
        self.alive()

    def test_paths_stay_below_the_root(self):
        for path in ("/../etc/passwd", "/%2e%2e/etc/passwd", "/..%2fetc/passwd", "//etc/passwd",
                     "/v1/../healthz", "/./healthz", "/%00", "/a%00b", "/%zz", "/%", "/%c0%ae/",
                     "/.git/config", "/v1/dealers/.%2e", "/a\\b", "/%5c", "/%0d%0aX:1", "*", "x",
                     "/v1/dealers%0d%0aSet-Cookie:%20a=b", "/\x7f", "/%2e"):
            answer = self.ask_raw(b"GET " + path.encode("latin-1") +
                                  b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            self.assertIn(status(answer), (0, 400, 404), (path, answer))
            self.assertNotIn(b"Set-Cookie", answer.split(b"\r\n\r\n")[0])
            self.assertNotIn(b"root:", answer)

    def test_a_name_cannot_bring_a_header(self):
        customer = self.server.create("customers", kind="person", name="A")
        path = f"/v1/attachments/{customer['id']}/add?file_name=" + \
            "a%0d%0aSet-Cookie:%20x=1;%22%0d%0a.txt&media_type=text/x%0d%0aX-Bad:1"
        kept = self.server.ask("POST", path, b"hello", {"Content-Type": "text/plain"})
        if kept.status == 200:
            back = self.server.get(f"/v1/attachments/{kept.json['id']}/read")
            self.assertIsNone(back.headers["Set-Cookie"])
            self.assertIsNone(back.headers["X-Bad"])
        else:
            self.assertEqual(kept.status, 422)

    def test_a_page_of_another_site_writes_nothing(self):
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"},
                        {"Origin": "null"}, {"Origin": f"http://127.0.0.1:{self.server.port}.x"}):
            self.check(self.server.ask("POST", "/v1/dealers", {"name": "A", "code": "E1"},
                                       headers), 403, "origin")
        own = {"Origin": f"http://127.0.0.1:{self.server.port}", "Sec-Fetch-Site": "same-origin"}
        self.check(self.server.ask("POST", "/v1/dealers", {"name": "A", "code": "E2"}, own), 201)

    def test_a_foreign_name_for_this_machine_is_refused(self):
        for host in ("evil.example", "127.0.0.1.evil.example", "localhost.evil.example"):
            self.check(self.server.ask("GET", "/v1/dealers", headers={"Host": host}), 403, "host")

    def test_json_that_explodes(self):
        deep = '{"name":' + "[" * 100000 + "]" * 100000 + "}"
        wide = '{"name":"A",' + ",".join(f'"f{n}":1' for n in range(100000)) + "}"
        long = '{"name":"' + "x" * 4000000 + '"}'
        for body in (deep, wide, long, '{"name":' + "9" * 1000000 + "}"):
            answer = self.server.ask("POST", "/v1/dealers", body,
                                     {"Content-Type": "application/json"})
            self.assertIn(answer.status, (400, 413, 422), body[:40])
            self.assertLess(len(answer.body), 2000000)
        where = "%7B%22$or%22:[" * 400
        self.assertIn(self.server.get("/v1/dealers?where=" + where).status, (400, 413, 422))
        self.alive()

    def test_multipart_is_not_unpacked(self):
        part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        head = (b"POST /v1/dealers HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n"
                b"Content-Type: multipart/form-data; boundary=x\r\n\r\n" % (len(part) * 9999))
        self.assertEqual(status(self.ask_raw(head + part)), 415)

    def test_bodies_that_are_too_long(self):
        head = (b"POST /v1/dealers HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                b"Content-Type: application/json\r\n")
        self.assertEqual(status(self.ask_raw(head + b"Content-Length: 99999999999\r\n\r\n")), 413)
        before = self.server.rss()
        sock = self.server.raw(head + b"Transfer-Encoding: chunked\r\n\r\n")
        try:
            for _ in range(400):
                sock.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        except OSError:
            pass
        sock.close()
        self.assertLess(self.server.rss() - before, 40 << 20)
        self.alive()

    def test_heads_that_are_too_long(self):
        for data in (b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
                     b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 20000 + b"\r\n",
                     b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: " + b"b" * 200000 + b"\r\n\r\n"):
            try:
                answer = self.ask_raw(data)
            except OSError:  # it hung up while we were sending
                answer = b""
            self.assertIn(status(answer), (0, 400, 404, 413, 414, 431, 500), answer)
        self.alive()

    def test_pipelined_requests_are_answered_in_their_order(self):
        many = 500
        sock = self.server.raw(b"", 5)
        data = b"".join(b"GET /v1/nothing%d HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % n
                        if n % 3 else GET for n in range(many))
        sock.sendall(data + b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = support.read_all(sock)
        found = [int(part.split(b" ", 1)[0]) for part in answer.split(b"HTTP/1.1 ")[1:]]
        self.assertEqual(found, [404 if n % 3 else 200 for n in range(many)] + [200])

    def test_a_request_that_is_cut_is_forgotten(self):
        whole = (b"POST /v1/dealers HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json"
                 b"\r\nContent-Length: 26\r\n\r\n" + b'{"name":"C","code":"CUT1"}')
        for n in range(0, len(whole), 7):
            self.server.raw(whole[:n], 1).close()
        time.sleep(0.2)
        found = self.server.get("/v1/dealers/count?where=%7B%22code%22:%22CUT1%22%7D")
        self.assertEqual(found.json["count"], 0)

    def test_who_does_not_read_holds_up_nobody(self):
        self.server.post("/v1/dealers/create_many", {
            "records": [{"name": "x" * 200, "code": f"S{n}"} for n in range(1000)]})
        socks = []
        for _ in range(30):
            sock = socket.socket()
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.connect(("127.0.0.1", self.server.port))
            sock.sendall(b"GET /v1/dealers?limit=1000 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            socks.append(sock)
        begin = time.monotonic()
        for _ in range(20):
            self.alive()
        self.assertLess(time.monotonic() - begin, 3)
        for sock in socks:
            sock.close()

    def test_the_log_tells_of_it_and_holds_no_data(self):
        self.server.post("/v1/customers", {"kind": "person", "name": "Zacharias Secretname",
                                           "nope": "Hiddenvalue"})
        self.server.get("/v1/customers?where=%7B%22name%22:%22Zacharias%22%7D")
        self.server.ask("GET", "/v1/nothing/Zacharias", headers={
            "Authorization": "Bearer verysecret", "Cookie": "session=verysecret"})
        time.sleep(1.2)
        text = self.server.err_text()
        for word in ("Zacharias", "Secretname", "Hiddenvalue", "verysecret", "127.0.0.1\","):
            self.assertNotIn(word, text)
        for line in text.splitlines():
            self.assertIn("event", json.loads(line))
        self.assertIn('"reason":"path"', text)


class Slow(support.Case):
    options = ("--idle", "1")

    def test_what_is_slow_is_closed_and_others_are_served(self):
        slow = [self.server.raw(b"GET /healthz HT", 30) for _ in range(50)]
        slow += [self.server.raw(b"POST /v1/dealers HTTP/1.1\r\nHost: x\r\nContent-Type: "
                                 b"application/json\r\nContent-Length: 100\r\n\r\n{", 30)
                 for _ in range(10)]
        begin, took = time.monotonic(), 0
        while slow and time.monotonic() - begin < 10:
            asked = time.monotonic()
            self.assertEqual(self.server.get("/healthz").status, 200)
            took = max(took, time.monotonic() - asked)
            for sock in list(slow):  # a byte now and then keeps silence away
                try:
                    sock.send(b"x")
                except OSError:
                    sock.close()
                    slow.remove(sock)
            time.sleep(0.2)
        self.assertEqual(len(slow), 0)
        self.assertLess(took, 1)


class Crowds(unittest.TestCase):
    def test_ten_thousand_idle_connections(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        many = min(1000 if support.SANITIZED else 10000, hard - 600)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, many + 500), hard))
        with support.Server("--idle", "60") as server:
            socks = [server.raw(b"" if n % 2 else b"GET /heal") for n in range(many)]
            begin = time.monotonic()
            for _ in range(50):
                self.assertEqual(server.get("/healthz").status, 200)
            self.assertLess(time.monotonic() - begin, 5)
            lines = server.get("/metrics").body.decode().splitlines()
            idle = [line for line in lines if 'connections{state="idle"}' in line][0]
            self.assertGreaterEqual(int(idle.split()[1]), many)
            for sock in socks:
                sock.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    def test_when_places_grow_short_the_idle_go_first(self):
        with support.Server("--connections", "40", "--idle", "60") as server:
            busy = server.connect()
            socks = []
            for n in range(300):
                socks.append(server.raw(b""))
                if n % 10 == 0:
                    self.assertEqual(server.ask("GET", "/healthz", on=busy).status, 200)
            self.assertEqual(server.get("/healthz").status, 200)
            self.assertIn('refused_total{reason="connections"}',
                          server.get("/metrics").body.decode())
            for sock in socks:
                sock.close()
            busy.close()


if __name__ == "__main__":
    support.main()
