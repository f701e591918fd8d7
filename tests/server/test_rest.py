# SPDX-License-Identifier: MIT
"""The operations at their routes: what goes in, what comes back, what the headers say."""
import base64
import json
import unittest
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import support


class Records(support.Case):
    def test_create_tells_where_the_record_is(self):
        answer = self.server.post("/v1/dealers", {"name": "North", "code": "R1"})
        self.check(answer, 201)
        self.assertEqual(answer.headers["Location"], f"/v1/dealers/{answer.json['id']}")
        self.assertEqual(answer.headers["Content-Type"], "application/json")
        again = self.server.get(answer.headers["Location"])
        self.assertEqual(again.json, answer.json)
        self.assertEqual(again.headers["ETag"], answer.headers["ETag"])

    def test_what_is_not_there_is_not_found(self):
        none = "01a201db-a4f2-7137-955f-ceaa2cab5e6e"
        self.check(self.server.get(f"/v1/dealers/{none}"), 404)
        for path in ("/v1/nothing", f"/v1/dealers/{none}/fly", "/nothing", "/v1", "/v1/a/b/c/d"):
            self.check(self.server.get(path), 404, "path")
        for path in ("/v1/dealers/7", "/v1/dealers/%22", "/v1/dealers/" + "x" * 36):
            self.assertEqual(self.check(self.server.get(path), 404).json["field"], "id")
        self.check(self.server.get("/v1/dealers/" + "x" * 500), 404)

    def test_a_version_is_an_etag(self):
        first = self.server.post("/v1/dealers", {"name": "North", "code": "R2"})
        path, tag = first.headers["Location"], first.headers["ETag"]
        self.check(self.server.ask("PATCH", path, {"city": "Rome"}), 428, "required")
        changed = self.check(self.server.ask("PATCH", path, {"city": "Rome"}, {"If-Match": tag}),
                             200)
        self.assertEqual(changed.json["version"], 2)
        self.check(self.server.ask("PATCH", path, {"city": "Bari"}, {"If-Match": tag}), 412,
                   "stale_version")
        self.check(self.server.ask("PATCH", path, {"city": "Bari", "version": 1}), 409,
                   "stale_version")
        self.check(self.server.ask("PATCH", path, {"city": "Bari"}, {"If-Match": '"2"'}), 200)
        self.check(self.server.ask("PATCH", path, {"city": "Pisa"}, {"If-Match": "*"}), 200)
        for tag in ("2", '"x"', 'W/"3"', '"3', '"3","4"', '"99999999999999999999"'):
            self.check(self.server.ask("PATCH", path, {"city": "X"}, {"If-Match": tag}), 412)
        self.check(self.server.ask("DELETE", path), 428, "required")
        self.check(self.server.ask("DELETE", path, headers={"If-Match": '"4"'}), 200)
        self.assertTrue(self.server.get(path).json["deleted_at"])
        self.check(self.server.post(path + "/restore"), 200)

    def test_what_has_not_changed_is_not_sent_again(self):
        first = self.server.post("/v1/dealers", {"name": "North", "code": "R3"})
        path, tag = first.headers["Location"], first.headers["ETag"]
        for match in (tag, f'"x", {tag}', "*"):
            same = self.check(self.server.get(path, If_None_Match=match), 304)
            self.assertEqual((same.body, same.headers["ETag"]), (b"", tag))
        self.check(self.server.get(path, If_None_Match='"1-0"'), 200)
        one = self.server.get(path + "?fields=name")
        self.assertNotEqual(one.headers["ETag"], tag)
        found = self.server.get("/v1/dealers?where=" + quote('{"code":"R3"}'))
        self.check(self.server.get("/v1/dealers?where=" + quote('{"code":"R3"}'),
                                   If_None_Match=found.headers["ETag"]), 304)

    def test_a_key_makes_a_repeat_harmless(self):
        key = {"Idempotency-Key": 'once "more"'}
        first = self.server.ask("POST", "/v1/dealers", {"name": "A", "code": "R4"}, key)
        second = self.server.ask("POST", "/v1/dealers", {"name": "A", "code": "R4"}, key)
        self.check(first, 201)
        self.assertEqual(second.json["id"], first.json["id"])
        self.check(self.server.ask("POST", "/v1/dealers", {"name": "B", "code": "R5"}, key), 409)
        self.check(self.server.ask("POST", "/v1/dealers", {"name": "B", "code": "R6"},
                                   {"Idempotency-Key": "x" * 256}), 422)

    def test_a_dry_run_leaves_nothing(self):
        told = self.server.post("/v1/dealers", {"name": "A", "code": "R7", "dry_run": True})
        self.assertTrue(self.check(told, 200).json["dry_run"])
        self.assertEqual(self.server.get("/v1/dealers/count?where=" + quote('{"code":"R7"}'))
                         .json["count"], 0)

    def test_every_failing_field_is_pointed_at(self):
        answer = self.server.post("/v1/customers", {
            "kind": "robot", "name": 7})
        self.check(answer, 422)
        pointers = {error["pointer"] for error in answer.json["errors"]}
        self.assertEqual(pointers, {"#/kind", "#/name"})
        self.assertEqual(len(answer.json["fields"]), 2)
        answer = self.server.post("/v1/customers", {"name": "A", "contact_points": [
            {"channel": "email", "value": "a@b.it"}, {"channel": "bird", "value": "x"}]})
        self.assertEqual(self.check(answer, 422).json["errors"][0]["pointer"],
                         "#/contact_points/1/channel")

    def test_a_head_is_a_get_without_its_body(self):
        self.server.create("dealers", name="A", code="R8")
        answer = self.server.ask("HEAD", "/v1/dealers?limit=1")
        self.assertEqual((answer.status, answer.body), (200, b""))
        self.assertGreater(int(answer.headers["Content-Length"]), 100)

    def test_methods_are_told(self):
        wrong = self.check(self.server.ask("DELETE", "/v1/dealers"), 405, "method")
        self.assertEqual(wrong.headers["Allow"], "OPTIONS, GET, HEAD, POST")
        self.check(self.server.ask("PUT", "/v1/dealers", {}), 405, "method")
        told = self.check(self.server.ask("OPTIONS", "/v1/dealers"), 204)
        self.assertEqual(told.headers["Allow"], wrong.headers["Allow"])

    def test_many_are_created_in_one_transaction(self):
        answer = self.server.post("/v1/dealers/create_many", {
            "records": [{"name": str(n), "code": f"M{n}"} for n in range(300)]})
        self.assertEqual(self.check(answer, 200).json["created"], 300)
        answer = self.server.post("/v1/dealers/create_many", {
            "records": [{"name": "x", "code": "N1"}, {"nme": "x"}]})
        self.check(answer, 422)
        self.assertTrue(answer.json["errors"][0]["pointer"].startswith("#/records/1"))
        self.assertEqual(self.server.get("/v1/dealers/count?where=" + quote('{"code":"N1"}'))
                         .json["count"], 0)

    def test_operations_without_an_entity_have_a_path_too(self):
        answer = self.server.post("/v1/operations/finance.schedule", {})
        self.check(answer, 422)
        self.check(self.server.post("/v1/operations/engine.info"), 200)

    def test_operations_that_write_files_of_the_machine_are_not_offered(self):
        for name in ("engine.backup", "engine.copy"):
            self.check(self.server.post(f"/v1/operations/{name}", {"path": "/tmp/x", "to": "x"}),
                       403, "not_offered")

    def test_a_custom_entity_has_its_routes_at_once(self):
        self.check(self.server.post("/v1/operations/schema.add_entity", {
            "name": "x_boat", "help": "A boat", "fields": [
                {"name": "x_name", "type": "text", "help": "Its name"}]}), 200)
        boat = self.server.create("x_boats", x_name="Anna")
        self.assertEqual(self.server.get(f"/v1/x_boats/{boat['id']}").json["x_name"], "Anna")
        self.assertIn(b"/v1/x_boats/{id}", self.server.get("/openapi.json").body)


class Lists(support.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.post("/v1/dealers/create_many", {
            "records": [{"name": f"D{n:04}", "code": f"C{n}", "kind": "dealer"}
                        for n in range(1200)]})

    def test_pages_are_linked(self):
        path, names, pages = "/v1/dealers?fields=name&limit=500&order=-name", [], 0
        while path:
            page = self.check(self.server.get(path), 200)
            names += [item["name"] for item in page.json["items"]]
            link = page.headers["Link"]
            self.assertEqual(link is None, page.json["next"] is None)
            path = link and link[1:link.index(">")]
            pages += 1
        self.assertEqual(pages, 3)
        self.assertEqual(names, [f"D{n:04}" for n in reversed(range(1200))])

    def test_filter_fields_and_order_are_in_the_query(self):
        where = quote(json.dumps({"name": {"$gte": "D1190"}}))
        page = self.server.get(f"/v1/dealers?where={where}&fields=name,code&order=-name&limit=2")
        self.assertEqual([(i["name"], i["code"]) for i in page.json["items"]],
                         [("D1199", "C1199"), ("D1198", "C1198")])
        self.assertEqual(self.server.get(f"/v1/dealers/count?where={where}").json["count"], 10)
        same = self.server.get('/v1/dealers?fields=%5B%22name%22%5D&order=name&limit=1')
        self.assertEqual(same.json["items"][0]["name"], "D0000")

    def test_an_aggregate_takes_json(self):
        rows = self.server.get("/v1/dealers/aggregate?group=" + quote('["kind"]')).json["rows"]
        self.assertEqual(rows, [{"kind": "dealer", "count": 1200}])

    def test_wrong_queries_are_refused(self):
        for query, status in (("where=%7B", 400), ("where=%7B%7D%2C%22x%22:1", 400),
                              ("limit=many", 422), ("limit=0", 422), ("limit=1e3", 422),
                              ("colour=red", 422), ("limit=1&limit=2", 400), ("order=%zz", 400),
                              ("order=%00", 400), ("order=%ff", 400), ("after=x", 422)):
            answer = self.server.get("/v1/dealers?" + query)
            self.assertEqual(answer.status, status, (query, answer.body))
            self.assertEqual(answer.headers["Content-Type"], "application/problem+json")

    def test_an_export_streams_all(self):
        answer = self.server.get("/v1/dealers?fields=name&order=name",
                                 Accept="application/x-ndjson")
        self.assertEqual(answer.headers["Content-Type"], "application/x-ndjson")
        names = [json.loads(line)["name"] for line in answer.body.splitlines()]
        self.assertEqual(names, [f"D{n:04}" for n in range(1200)])
        few = self.server.get("/v1/dealers?limit=7", Accept="application/x-ndjson")
        self.assertEqual(len(few.body.splitlines()), 7)
        self.check(self.server.get("/v1/dealers?where=%7B%22x%22:1%7D",
                                   Accept="application/x-ndjson"), 422)

    def test_exports_side_by_side(self):
        def export(_):
            return len(self.server.get("/v1/dealers", Accept="application/x-ndjson")
                       .body.splitlines())
        with ThreadPoolExecutor(12) as pool:
            self.assertEqual(list(pool.map(export, range(36))), [1200] * 36)

    def test_an_export_that_is_broken_off_frees_its_place(self):
        for _ in range(40):
            sock = self.server.raw(b"GET /v1/dealers HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                   b"Accept: application/x-ndjson\r\n\r\n")
            sock.recv(10)
            sock.close()
        self.assertEqual(len(self.server.get("/v1/dealers", Accept="application/x-ndjson")
                             .body.splitlines()), 1200)


class Bodies(support.Case):
    def test_only_json_is_taken(self):
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; "
                     "boundary=x", "application/jsonx", ""):
            self.check(self.server.ask("POST", "/v1/dealers", "{}", {"Content-Type": kind}), 415,
                       "media_type")
        self.check(self.server.ask("POST", "/v1/dealers", b"{}", {
            "Content-Type": "application/json", "Content-Encoding": "gzip"}), 415, "encoding")
        for kind in ("application/json; charset=utf-8", "Application/JSON"):
            self.check(self.server.ask("POST", "/v1/dealers/count", "{}", {"Content-Type": kind}),
                       405)

    def test_what_is_no_object_is_refused(self):
        for body in ("[]", "7", "{", "{}x", "nul", '{"a":1,"a":2}', "{'a':1}", "\x00", "{}{}",
                     '{"name":"\\u0000"}', b'{"name":"\xff"}', "}", "{,}"):
            answer = self.server.ask("POST", "/v1/dealers", body,
                                     {"Content-Type": "application/json"})
            self.assertEqual(answer.status, 400, (body, answer.body))

    def test_the_id_of_the_path_cannot_be_named_again(self):
        dealer = self.server.create("dealers", name="A", code="B1")
        path = f"/v1/dealers/{dealer['id']}"
        self.check(self.server.ask("PATCH", path, {"id": dealer["id"], "version": 1}), 400)
        self.check(self.server.get(f"{path}?id={dealer['id']}"), 400, "query")
        self.check(self.server.ask("POST", "/v1/dealers?name=A", {"code": "B2"}), 400, "query")

    def test_a_file_is_kept_and_given_back(self):
        customer = self.server.create("customers", kind="person", name="A B")
        data = bytes(range(256)) * 4000
        path = f"/v1/attachments/{customer['id']}/add?file_name=" + quote("car ü.bin")
        kept = self.server.ask("POST", path, data, {"Content-Type": "application/octet-stream"})
        self.check(kept, 200)
        back = self.server.get(f"/v1/attachments/{kept.json['id']}/read")
        self.assertEqual(back.body, data)
        self.assertIn("attachment; filename*=UTF-8''car%20%C3%BC.bin",
                      back.headers["Content-Disposition"])
        self.assertIn("sandbox", back.headers["Content-Security-Policy"])
        self.assertEqual(back.headers["X-Content-Type-Options"], "nosniff")
        small = self.server.post(f"/v1/attachments/{customer['id']}/add", {
            "file_name": "x.txt", "data": base64.b64encode(b"hello").decode()})
        self.assertEqual(self.server.get(f"/v1/attachments/{small.json['id']}/read").body,
                         b"hello")

    def test_leads_are_imported_from_a_body(self):
        csv = "name,phone,model\nAnna Berg,+49 30 1234567,X3\nBo Li,+49 30 7654321,X5\n"
        told = self.server.ask("POST", "/v1/operations/import.run?source=web&country=DE", csv,
                               {"Content-Type": "text/csv"})
        self.check(told, 200)
        self.assertEqual(self.server.get("/v1/leads/count").json["count"], 2)
        told = self.server.ask("POST", "/v1/operations/import.suggest_mapping?entity=customer",
                               "Name,Telefon\nAnna Berg,+49 30 1234567\n",
                               {"Content-Type": "text/csv"})
        self.check(told, 200)


if __name__ == "__main__":
    support.main()
