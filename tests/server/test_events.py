# SPDX-License-Identifier: MIT
"""Server-sent events: all that happens, in order, once, for those who may see it."""
import json
import threading
import time
import unittest

import support


class Listener:
    """Reads a stream of events until it is closed."""

    def __init__(self, server, path="/v1/events", **headers):
        self.connection = server.connect(timeout=10)
        self.connection.request("GET", path, headers={k.replace("_", "-"): v
                                                      for k, v in headers.items()})
        self.response = self.connection.getresponse()
        self.status = self.response.status

    def event(self):
        """(id, type, data) of the next one; None at the end."""
        found = {}
        while line := self.response.readline():
            line = line.rstrip(b"\r\n")
            if not line and "data" in found:
                return int(found["id"]), found["event"], json.loads(found["data"])
            key, _, value = line.partition(b": ")
            if key in (b"id", b"event", b"data"):
                found[key.decode()] = value.decode()
        return None

    def close(self):
        self.response.close()
        self.connection.close()


class Events(support.Case):
    def listener(self, *args, **headers):
        listener = Listener(self.server, *args, **headers)
        self.addCleanup(listener.close)
        return listener

    def test_what_happens_is_told_at_once(self):
        listener = self.listener("/v1/events?types=dealer.*")
        self.assertEqual(listener.status, 200)
        self.assertEqual(listener.response.headers["Content-Type"], "text/event-stream")
        begin = time.monotonic()
        dealer = self.server.create("dealers", name="A", code="E1")
        number, kind, data = listener.event()
        self.assertLess(time.monotonic() - begin, 3)
        self.assertEqual((kind, data["record"], data["seq"]),
                         ("dealer.created", dealer["id"], number))

    def test_who_comes_back_goes_on_where_it_was(self):
        dealers = [self.server.create("dealers", name=str(n), code=f"F{n}") for n in range(5)]
        listener = self.listener("/v1/events?after=0&types=dealer.created")
        seen = {}
        while dealers[-1]["id"] not in seen:
            number, _, data = listener.event()
            seen[data["record"]] = number
        last = seen[dealers[2]["id"]]
        again = self.listener("/v1/events?types=dealer.created", Last_Event_ID=str(last))
        self.assertEqual([again.event()[2]["record"] for _ in range(2)],
                         [dealer["id"] for dealer in dealers[3:]])

    def test_nothing_is_lost_and_nothing_comes_twice(self):
        listener = self.listener("/v1/events?types=customer.created")
        ids = []

        def write():
            for n in range(150):
                ids.append(self.server.create("customers", kind="person", name=f"C{n}")["id"])
        threads = [threading.Thread(target=write) for _ in range(3)]
        for thread in threads:
            thread.start()
        seen = [listener.event() for _ in range(450)]
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(data["record"] for _, _, data in seen), sorted(ids))
        numbers = [number for number, _, _ in seen]
        self.assertEqual(numbers, sorted(set(numbers)))

    def test_a_number_of_the_future_is_another_database(self):
        self.check(self.server.get("/v1/events?after=999999999"), 409, "lost_cursor")
        self.check(self.server.get("/v1/events?types=%00"), 400, "query")

    def test_many_listen_and_leave(self):
        listeners = [Listener(self.server) for _ in range(60)]
        for listener in listeners[::2]:
            listener.close()
        dealer = self.server.create("dealers", name="A", code="M1")
        for listener in listeners[1::2]:
            self.assertEqual(listener.event()[2]["record"], dealer["id"])
            listener.close()


class Visibility(unittest.TestCase):
    def test_who_may_not_see_a_record_hears_nothing_of_it(self):
        with support.Server() as server:
            dealers = [server.create("dealers", name=str(n), code=f"V{n}") for n in range(2)]
            role = server.create("roles", name="sales", permissions=["*"],
                                 scopes={"*": "dealer"})
            user = server.create("users", name="Ada", login="ada", role_id=role["id"],
                                 dealer_id=dealers[0]["id"])
            customers = [server.create("customers", kind="person", name="C", dealer_id=d["id"])
                         for d in dealers]
            with support.Server(as_=f"user:{user['id']}", db=server.db) as hers:
                listener = Listener(hers, "/v1/events?after=0&types=customer.created")
                self.assertEqual(listener.event()[2]["record"], customers[0]["id"])
                for dealer in reversed(dealers):
                    customers.append(server.create("customers", kind="person", name="D",
                                                   dealer_id=dealer["id"]))
                # Written by another process; of the two only her dealer's is told.
                self.assertEqual(listener.event()[2]["record"], customers[3]["id"])
                listener.close()

    def test_who_may_not_listen_is_told_so(self):
        with support.Server() as server:
            role = server.create("roles", name="none", permissions=["lead.get"])
            user = server.create("users", name="Bo", login="bo", role_id=role["id"])
            with support.Server(as_=f"user:{user['id']}", db=server.db) as his:
                self.assertEqual(his.get("/v1/events").status, 403)
                self.assertEqual(his.get("/v1/leads").status, 403)
                self.assertEqual(his.get("/v1/customers").status, 403)


if __name__ == "__main__":
    support.main()
