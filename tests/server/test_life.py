# SPDX-License-Identifier: MIT
"""From start to stop: options, health, figures, pages, TLS, proxies, an end that loses nothing."""
import gzip
import http.client
import json
import os
import signal
import ssl
import subprocess
import threading
import time
import unittest

import support


def run(*words):
    done = subprocess.run([support.PROGRAM, *words], capture_output=True, text=True, timeout=20)
    return done.returncode, done.stdout, done.stderr


class Starting(unittest.TestCase):
    def test_help_tells_every_option(self):
        code, out, _ = run("--help")
        self.assertEqual(code, 0)
        for word in ("--db FILE", "--listen", "--pages", "--tls-cert", "--as PRINCIPAL"):
            self.assertIn(word, out)
        self.assertEqual(run("--version")[0], 0)

    def test_wrong_options_are_told(self):
        for words in ((), ("--db",), ("--db", "x", "--nope"), ("word",),
                      ("--db", "x", "--threads", "0"), ("--db", "x", "--threads", "two"),
                      ("--db", "x", "--tls-cert", "y")):
            code, _, err = run(*words)
            self.assertEqual(code, 2, words)
            self.assertIn("--help", err)

    def test_what_cannot_be_opened_is_told(self):
        self.assertEqual(run("--db", "/nonexistent/crm.db")[0], 1)
        self.assertEqual(run("--db", "memory:", "--pages", "/nonexistent")[0], 1)
        self.assertEqual(run("--db", "memory:", "--listen", "nowhere")[0], 1)
        self.assertEqual(run("--db", "memory:", "--as", "x" * 80)[0], 1)

    def test_everybody_is_one_only_on_this_machine(self):
        code, _, err = run("--db", "memory:", "--as", "system", "--listen", "0.0.0.0:0")
        self.assertEqual(code, 1)
        self.assertIn("127.0.0.1", err)

    def test_two_cannot_have_one_place(self):
        with support.Server() as server:
            code, _, _ = run("--db", "memory:", "--listen", f"127.0.0.1:{server.port}")
            self.assertEqual(code, 1)


class Running(support.Case):
    def test_it_is_alive_and_ready(self):
        self.assertEqual(self.server.get("/healthz").json, {"status": "ok"})
        self.assertEqual(self.server.get("/readyz").json, {"status": "ready"})

    def test_figures_are_told_to_this_machine_alone(self):
        self.server.get("/v1/dealers")
        text = self.check(self.server.get("/metrics"), 200).body.decode()
        for line in text.splitlines():
            self.assertRegex(line, r"^(# (HELP|TYPE) autocrm_\w+ .+|autocrm_\w+(\{[^}]*\})? \S+)$")
        self.assertIn('autocrm_http_requests_total{status="200"}', text)
        self.check(self.server.get("/metrics", X_Forwarded_For="10.0.0.1"), 403, "metrics")

    def test_without_a_sign_in_nobody_is_known(self):
        with support.Server(as_=None) as server:
            self.assertEqual(server.get("/v1/dealers").status, 401)
            self.assertEqual(server.post("/v1/dealers", {"name": "A"}).status, 401)
            self.assertEqual(server.get("/v1/events").status, 401)
            self.assertEqual(server.get("/healthz").status, 200)

    def test_what_is_due_is_done(self):
        with support.Server("--tick", "1") as server:
            end = time.monotonic() + 10
            while "autocrm_ticks_total 0" in server.get("/metrics").body.decode():
                self.assertLess(time.monotonic(), end)
                time.sleep(0.1)
            self.assertIn("autocrm_tick_failures_total 0", server.get("/metrics").body.decode())

    def test_a_list_is_never_older_than_what_was_written(self):
        tool = [support.TOOL, "--db", self.server.db, "--quiet", "dealer", "create"]
        for n in range(8):
            before = self.server.get("/v1/dealers/count").json["count"]
            if n % 2:
                self.server.create("dealers", name="A", code=f"L{n}")
            else:  # another process
                subprocess.run([*tool, "--name", "A", "--code", f"L{n}"], check=True,
                               capture_output=True)
            self.assertEqual(self.server.get("/v1/dealers/count").json["count"], before + 1)

    @unittest.skipIf(support.SANITIZED, "what is freed is kept for a while")
    def test_ends_of_connections_free_what_they_held(self):
        for _ in range(50):
            self.server.get("/v1/dealers")
        before = self.server.rss()
        for _ in range(1500):
            self.server.get("/v1/dealers")
        self.assertLess(self.server.rss() - before, 4 << 20)


@unittest.skipIf(support.SANITIZED, "what is freed is kept for a while")
class Memory(unittest.TestCase):
    """A hundred connections that all ask at once, over and over."""

    def crowd(self, rounds):
        for n in range(rounds):
            for i, connection in enumerate(self.connections):
                what = (n + i) % 10
                if what == 0:
                    connection.request("POST", "/v1/customers", '{"name":"Ada"}',
                                       {"Content-Type": "application/json"})
                else:
                    connection.request("GET", "/v1/customers?limit=50" if what < 3
                                       else f"/v1/customers/{self.one}")
            for connection in self.connections:
                answer = connection.getresponse()
                self.assertIn(answer.status, (200, 201))
                answer.read()
        self.assertEqual(self.server.post("/signin", {"login": "x", "password": "y"}).status, 401)

    def test_stays_small_however_many_ask(self):
        with support.Server() as self.server:
            self.one = self.server.create("customers", name="Ada")["id"]
            self.connections = [self.server.connect() for _ in range(100)]
            self.crowd(8)
            before = self.server.rss()
            self.assertLess(before, 24 << 20)
            self.crowd(24)
            self.assertLess(self.server.rss() - before, 3 << 20)
            for connection in self.connections:
                connection.close()


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = support.tempfile.TemporaryDirectory()
        root = support.pathlib.Path(cls.folder.name)
        (root / "pages" / "assets").mkdir(parents=True)
        (root / "secret.txt").write_text("secret")
        files = {"index.html": "<!doctype html><title>x</title>", "assets/app-1a2b.js": "let x;\n"
                 * 100, "manifest.webmanifest": "{}", ".hidden": "hidden", "sub.txt": "s"}
        for name, text in files.items():
            (root / "pages" / name).write_text(text)
        (root / "pages/assets/app-1a2b.js.gz").write_bytes(gzip.compress(b"let x;\n" * 100))
        (root / "pages/assets/app-1a2b.js.br").write_bytes(b"brotli")
        os.symlink(root / "secret.txt", root / "pages/link.txt")
        os.symlink(root, root / "pages/up")
        os.mkfifo(root / "pages/pipe.txt")
        cls.server = support.Server("--pages", str(root / "pages"), as_=None)

    @classmethod
    def tearDownClass(cls):
        cls.server.close()
        cls.folder.cleanup()

    def test_pages_are_served_with_their_rules(self):
        for path in ("/", "/index.html", "/leads", "/customers/12"):
            answer = self.server.get(path)
            self.assertEqual((answer.status, answer.headers["Content-Type"]),
                             (200, "text/html; charset=utf-8"), path)
            self.assertIn("default-src 'self'", answer.headers["Content-Security-Policy"])
            self.assertIn("frame-ancestors 'none'", answer.headers["Content-Security-Policy"])
            self.assertNotIn("unsafe-eval", answer.headers["Content-Security-Policy"])
            self.assertEqual(answer.headers["Cache-Control"], "no-cache")
            self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        same = self.server.get("/", If_None_Match=answer.headers["ETag"])
        self.assertEqual((same.status, same.body), (304, b""))
        self.assertEqual(self.server.get("/manifest.webmanifest").headers["Content-Type"],
                         "application/manifest+json")

    def test_what_is_compressed_already_is_sent_so(self):
        path = "/assets/app-1a2b.js"
        plain = self.server.get(path)
        self.assertIn("immutable", plain.headers["Cache-Control"])
        self.assertIsNone(plain.headers["Content-Encoding"])
        self.assertEqual(plain.headers["Vary"], "Accept-Encoding")
        zipped = self.server.get(path, Accept_Encoding="gzip, deflate")
        self.assertEqual(zipped.headers["Content-Encoding"], "gzip")
        self.assertEqual(gzip.decompress(zipped.body), plain.body)
        self.assertEqual(zipped.headers["Content-Type"], plain.headers["Content-Type"])
        self.assertEqual(self.server.get(path, Accept_Encoding="gzip, br").body, b"brotli")
        for none in ("br;q=0, identity", "brr", "x-gzip", ""):
            self.assertEqual(self.server.get(path, Accept_Encoding=none).body, plain.body, none)

    def test_only_files_of_the_folder_are_served(self):
        for path in ("/link.txt", "/up/secret.txt", "/pipe.txt", "/.hidden", "/assets/.x",
                     "/nothing.js", "/assets/app-1a2b.js/x.js", "/%2e%2e/secret.txt",
                     "/..%2fsecret.txt", "/assets/../../secret.txt", "/secret.txt",
                     "/index.html%00.js", "/" + "a" * 300 + ".js"):
            answer = self.server.get(path)
            self.assertIn(answer.status, (400, 404), path)
            self.assertNotIn(b"secret", answer.body)
            self.assertNotIn(b"hidden", answer.body)

    def test_pages_are_only_read(self):
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            self.assertEqual(self.server.ask(method, "/index.html").status, 405)


class Behind(unittest.TestCase):
    def test_tls(self):
        with support.tempfile.TemporaryDirectory() as folder:
            cert, key = f"{folder}/cert.pem", f"{folder}/key.pem"
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                            "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", cert,
                            "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"],
                           check=True, capture_output=True)
            with support.Server("--tls-cert", cert, "--tls-key", key, "--pages",
                                folder) as server:
                context = ssl.create_default_context(cafile=cert)
                connection = http.client.HTTPSConnection("127.0.0.1", server.port,
                                                         context=context, timeout=10)
                for _ in range(3):
                    connection.request("GET", "/v1/dealers")
                    self.assertEqual(connection.getresponse().read(), b'{"items":[],"next":null}')
                connection.close()
                support.read_all(server.raw(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 2))
                connection.request("GET", "/cert.pem")
                answer = connection.getresponse()
                self.assertTrue(answer.headers["Strict-Transport-Security"])
                connection.close()

    def test_only_a_trusted_proxy_is_believed(self):
        with support.tempfile.TemporaryDirectory() as folder:
            (support.pathlib.Path(folder) / "index.html").write_text("x")
            for trust, believed in (((), False), (("--trust", "10.0.0.7"), False),
                                    (("--trust", "127.0.0.1"), True)):
                with support.Server("--pages", folder, *trust) as server:
                    told = server.get("/", X_Forwarded_Proto="https")
                    self.assertEqual(told.headers["Strict-Transport-Security"] is not None,
                                     believed)
                    self.assertIsNone(server.get("/").headers["Strict-Transport-Security"])


class Stopping(unittest.TestCase):
    rows = 1500 if support.SANITIZED else 6000

    def test_running_calls_are_finished_first(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            server = support.Server()
            rows = [{"name": "x", "code": f"S{n}"} for n in range(self.rows)]
            told = []
            thread = threading.Thread(target=lambda: told.append(
                server.post("/v1/dealers/create_many", {"records": rows})))
            thread.start()
            while 'state="running"} 2' not in server.get("/metrics").body.decode() and not told:
                pass
            self.assertEqual(server.stop(number), 0)
            thread.join()
            self.assertEqual(told[0].status, 200)
            self.assertIn("stop", [line["event"] for line in server.log])
            out = subprocess.run([support.TOOL, "--db", server.db, "call", "dealer.count"],
                                 capture_output=True, check=True)
            self.assertEqual(json.loads(out.stdout)["count"], self.rows)
            server.close()

    def test_listeners_and_idle_connections_do_not_hold_it(self):
        server = support.Server()
        connections = [server.connect() for _ in range(10)]
        for connection in connections:
            connection.request("GET", "/v1/events")
            self.assertEqual(connection.getresponse().status, 200)
        idle = [server.raw() for _ in range(10)]
        begin = time.monotonic()
        server.close()
        self.assertLess(time.monotonic() - begin, 5)
        for connection in connections + idle:
            connection.close()

    def test_a_call_that_takes_too_long_is_ended(self):
        server = support.Server("--grace", "0")
        rows = [{"name": "x", "code": f"S{n}"} for n in range(4 * self.rows)]
        told = []

        def write():
            try:
                told.append(server.post("/v1/dealers/create_many", {"records": rows}).status)
            except (OSError, http.client.HTTPException):
                told.append(0)
        thread = threading.Thread(target=write)
        thread.start()
        while 'state="running"} 2' not in server.get("/metrics").body.decode() and not told:
            pass
        server.stop()
        thread.join()
        self.assertIn(told[0], (0, 503, 200))
        out = subprocess.run([support.TOOL, "--db", server.db, "call", "dealer.count"],
                             capture_output=True, check=True)
        self.assertIn(json.loads(out.stdout)["count"], (0, 4 * self.rows))
        server.close()


if __name__ == "__main__":
    support.main()
