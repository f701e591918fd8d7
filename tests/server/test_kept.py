# SPDX-License-Identifier: MIT
"""Answers that are kept: never another's, never older than what was written."""
import json
import sqlite3
import subprocess
import threading
import unittest

import support
import test_signin


class Kept(test_signin.Case):
    def test_nobody_gets_what_another_may_see(self):
        south = self.call("dealer.create", name="South", code="S")["id"]
        role = self.call("role.list", where={"name": "dealer_manager"})["items"][0]["id"]
        sue = self.call("user.create", name="Sue", login="sue", role_id=role, dealer_id=south)["id"]
        self.call("credential.create", user_id=sue, password=test_signin.GOOD, must_change=False)
        self.call("customer.create", name="Bea", dealer_id=south)
        ann, sue = self.sign_in("ann"), self.sign_in("sue")
        for _ in range(4):
            for headers, name in ((ann, "Ada"), (sue, "Bea")):
                found = self.check(self.ask(headers, "GET", "/v1/customers?fields=name"), 200)
                self.assertEqual([item["name"] for item in found.json["items"]], [name])
        self.check(self.server.get("/v1/customers?fields=name"), 401)


class Fresh(support.Case):
    def test_who_writes_reads_it_whatever_others_read_meanwhile(self):
        ended, faults = threading.Event(), []

        def read():
            connection = self.server.connect()
            while not ended.is_set():
                self.server.ask("GET", "/v1/dealers/count", on=connection)
            connection.close()

        def write(letter):
            connection = self.server.connect()
            where = "/v1/dealers/count?where=%7B%22city%22:%22" + letter + "%22%7D"
            for n in range(1, 40):
                made = self.server.ask("POST", "/v1/dealers", {
                    "name": letter, "code": f"{letter}{n}", "city": letter}, on=connection)
                told = self.server.ask("GET", where, on=connection)
                if made.status != 201 or told.json["count"] != n:
                    faults.append((letter, n, made.status, told.body))
            connection.close()
        readers = [threading.Thread(target=read) for _ in range(2)]
        writers = [threading.Thread(target=write, args=(letter,)) for letter in "ABC"]
        for thread in readers + writers:
            thread.start()
        for thread in writers:
            thread.join()
        ended.set()
        for thread in readers:
            thread.join()
        self.assertEqual(faults, [])

    def test_the_same_question_in_two_ways_has_one_answer(self):
        self.server.create("dealers", name="Z", code="Z1")
        answers = {json.dumps(self.server.get(path).json) for path in
                   ("/v1/dealers?limit=1&fields=code&order=-code",
                    "/v1/dealers?fields=code&order=-code&limit=1") for _ in range(3)}
        self.assertEqual(len(answers), 1)


class Held(support.Case):
    """While many read, one session is held so that they need no locks of their own."""
    options = ("--tick", "3600")  # the session is the tick's

    def setUp(self):
        self.ended, code = threading.Event(), self._testMethodName[-10:]
        self.id = self.server.create("dealers", name="A", code=code)["id"]
        self.threads = [threading.Thread(target=self.read) for _ in range(2)]
        for thread in self.threads:
            thread.start()

    def tearDown(self):
        self.ended.set()
        for thread in self.threads:
            thread.join()

    def read(self):
        sock = self.server.raw()
        while not self.ended.is_set():
            sock.sendall(f"GET /v1/dealers/{self.id} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            sock.recv(65536)
        sock.close()

    def test_what_anybody_wrote_is_read_at_once(self):
        for n in range(20):
            path = f"/v1/dealers/{self.id}"
            if n % 10 == 9:  # another process
                subprocess.run([support.TOOL, "--db", self.server.db, "dealer", "update", self.id,
                                "--city", str(n), "--last-write-wins"], check=True,
                               capture_output=True)
            else:
                self.server.ask("PATCH", path, {"city": str(n)}, {"If-Match": "*"})
            self.assertEqual(self.server.get(path).json["city"], str(n))

    def test_the_log_can_be_emptied(self):
        other = sqlite3.connect(self.server.db, timeout=60, isolation_level=None)
        for n in range(5):
            self.server.ask("PATCH", f"/v1/dealers/{self.id}", {"city": str(n)}, {"If-Match": "*"})
            busy, left, _ = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            self.assertEqual((busy, left), (0, 0))
        other.close()


if __name__ == "__main__":
    unittest.main()
