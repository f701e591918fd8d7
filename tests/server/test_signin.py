# SPDX-License-Identifier: MIT
"""Signing in over HTTP: cookies, tokens against forgery, bearer tokens; and what is refused."""
import fnmatch
import json
import re
import shutil
import subprocess
import unittest
from http.cookies import SimpleCookie

import support

GOOD, OTHER = "correct horse battery", "staple of an evening"


class Case(support.Case):
    """A server that knows Ann, a dealer's manager, and the customer Ada."""

    @classmethod
    def setUpClass(cls):
        cls.server = support.Server(*cls.options, as_=None)
        cls.call("signin_policy.create", memory_kib=1024, passes=1)
        cls.north = cls.call("dealer.create", name="North", code="N")["id"]
        cls.ann = cls.user("ann", "dealer_manager")
        cls.ada = cls.call("customer.create", name="Ada", dealer_id=cls.north)["id"]
        cls.call("credential.create", customer_id=cls.ada, login="ada@example.com", password=GOOD,
                 must_change=False)

    @classmethod
    def call(cls, operation, **args):
        done = subprocess.run([support.TOOL, "--db", cls.server.db, "call", operation,
                               json.dumps(args)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    @classmethod
    def user(cls, login, role):
        role = cls.call("role.list", where={"name": role})["items"][0]["id"]
        user = cls.call("user.create", name=login.title(), login=login, role_id=role,
                        dealer_id=cls.north, language="en")["id"]
        cls.call("credential.create", user_id=user, password=GOOD, must_change=False)
        return user

    def sign_in(self, login="ann", password=GOOD):
        answer = self.check(self.server.post("/signin", {"login": login, "password": password}),
                            200)
        cookie = SimpleCookie(answer.headers["Set-Cookie"])
        (self.name, morsel), = cookie.items()
        return {"Cookie": f"{self.name}={morsel.value}", "X-CSRF-Token": answer.json["csrf"]}

    def ask(self, headers, method, path, body=None):
        return self.server.ask(method, path, body, headers)


class Cookies(Case):
    def test_who_signs_in_has_a_cookie_and_is_somebody(self):
        answer = self.server.post("/signin", {"login": "ann", "password": GOOD})
        cookie = answer.headers["Set-Cookie"]
        for word in ("HttpOnly", "SameSite=Strict", "Path=/"):
            self.assertIn(word, cookie)
        self.assertTrue(cookie.startswith("autocrm=acs_"))
        self.assertNotIn("Secure", cookie)
        self.assertIsNone(answer.json["token"])
        self.assertNotIn("acs_", answer.body.decode())
        headers = self.sign_in()
        me = self.check(self.ask(headers, "GET", "/me"), 200)
        self.assertEqual(me.headers["Cache-Control"], "no-store")
        self.assertEqual(me.json["principal"], f"user:{self.ann}")
        self.assertEqual((me.json["name"], me.json["role"], me.json["language"]),
                         ("Ann", "dealer_manager", "en"))
        self.assertEqual(me.json["csrf"], headers["X-CSRF-Token"])
        self.check(self.ask(headers, "GET", "/v1/customers"), 200)
        self.check(self.ask(headers, "POST", "/v1/dealers", {"name": "B", "code": "B"}), 403)

    def test_a_customer_is_one_too(self):
        headers = self.sign_in("Ada@Example.com")
        me = self.check(self.ask(headers, "GET", "/me"), 200).json
        self.assertEqual(me["principal"], f"customer:{self.ada}")
        self.check(self.ask(headers, "GET", f"/v1/customers/{self.ada}"), 200)
        self.check(self.ask(headers, "GET", "/v1/customers"), 403)

    def test_writes_need_the_token_against_forgery(self):
        headers = self.sign_in()
        body = {"name": "Eve", "duplicates": "allow"}
        self.check(self.ask(headers, "POST", "/v1/customers", {**body, "dealer_id": self.north}),
                   201)
        cookie = {"Cookie": headers["Cookie"]}
        self.check(self.ask(cookie, "POST", "/v1/customers", body), 403, "csrf")
        other = self.sign_in()["X-CSRF-Token"]
        for wrong in ("", "x", other, headers["X-CSRF-Token"][:-1] + "?"):
            self.check(self.ask({**cookie, "X-CSRF-Token": wrong}, "POST", "/v1/customers", body),
                       403, "csrf")
        self.check(self.ask(cookie, "POST", "/signout"), 403, "csrf")
        self.check(self.ask({**headers, "Origin": "https://evil.example"}, "POST",
                            "/v1/customers", body), 403, "origin")
        self.check(self.ask({"Origin": "https://evil.example"}, "POST", "/signin",
                            {"login": "ann", "password": GOOD}), 403, "origin")

    def test_signing_out_ends_it(self):
        one, two, three = self.sign_in(), self.sign_in(), self.sign_in()
        gone = self.check(self.ask(one, "POST", "/signout"), 204)
        self.assertIn("Max-Age=0", gone.headers["Set-Cookie"])
        replayed = self.check(self.ask(one, "GET", "/v1/customers"), 401, "signed_out")
        self.assertIn("Max-Age=0", replayed.headers["Set-Cookie"])
        self.check(self.ask(two, "GET", "/v1/customers"), 200)
        self.check(self.ask(three, "POST", "/signout/everywhere"), 204)
        self.check(self.ask(two, "GET", "/v1/customers"), 401, "signed_out")
        self.check(self.ask(three, "GET", "/me"), 401, "signed_out")

    def test_a_cookie_that_is_none_of_ours_is_refused_and_logged(self):
        good = self.sign_in()["Cookie"]
        before = len(self.server.log)
        forged = (good[:-1] + ("A" if good[-1] != "A" else "B"), f"{self.name}=acs_" + "A" * 43,
                  f"{self.name}=x", f"{self.name}=", f"{good}; {good}", f"{self.name}=' OR 1=1 --",
                  f"{self.name}=" + "a" * 5000)
        for cookie in forged:
            self.check(self.ask({"Cookie": cookie}, "GET", "/v1/customers"), 401)
        self.check(self.ask({"Cookie": "other=1; " + good}, "GET", "/v1/customers"), 200)
        self.check(self.ask({"Cookie": "__Host-" + good}, "GET", "/v1/customers"), 401, "sign_in")
        self.server.get("/metrics")
        lines = [line for line in self.server.log[before:] if line.get("status") == 401]
        text = self.server.err_text()
        self.assertNotIn("acs_", text)
        self.assertNotIn(GOOD, text)
        self.assertTrue(all(line["reason"] for line in lines))

    def test_a_new_password_ends_what_was_signed_in_with_the_old(self):
        self.user("carl", "salesperson")
        headers = self.sign_in("carl")
        answer = self.ask(headers, "POST", "/v1/credentials/change_password",
                          {"old": GOOD, "new": OTHER})
        self.check(answer, 200)
        self.check(self.ask(headers, "GET", "/me"), 401, "signed_out")
        self.check(self.server.post("/signin", {"login": "carl", "password": GOOD}), 401, "signin")
        self.sign_in("carl", OTHER)

    def test_rights_that_were_taken_away_are_gone_at_once(self):
        user = self.user("dora", "dealer_manager")
        headers = self.sign_in("dora")
        self.check(self.ask(headers, "GET", "/v1/customers"), 200)
        self.call("user.update", id=user, last_write_wins=True, active=False)
        self.check(self.ask(headers, "GET", "/v1/customers"), 401, "signed_out")


class Attempts(Case):
    def test_nothing_is_told_about_who_exists(self):
        answers = []
        for login in ("ann", "nobody"):
            for _ in range(3):
                answers.append(self.server.post("/signin", {"login": login, "password": OTHER}))
        for answer in answers:
            self.check(answer, 401, "signin")
            self.assertEqual(answer.json, answers[0].json)
            self.assertNotIn("Set-Cookie", answer.headers)
        for login in ("ann", "nobody"):
            self.server.post("/signin", {"login": login, "password": OTHER})
            held = self.check(self.server.post("/signin", {"login": login, "password": GOOD}),
                              429, "throttled")
            self.assertIn(int(held.headers["Retry-After"]), (1, 2))
        known = self.check(self.server.post("/signin/code", {"login": "ada@example.com"}), 202)
        other = self.check(self.server.post("/signin/code", {"login": "eve@example.com"}), 202)
        self.assertEqual(known.json.keys(), other.json.keys())
        self.check(self.server.post("/signin/code", {"login": "eve@example.com"}), 429,
                   "throttled")

    def test_bodies_are_checked(self):
        for body in ({}, {"login": "ann"}, {"login": "ann", "password": 7}, ["ann"], 7,
                     {"login": "ann", "password": GOOD, "peer": "1.2.3.4"},
                     {"login": "a" * 300, "password": GOOD}, {"login": "a\0b", "password": GOOD}):
            answer = self.server.post("/signin", body)
            self.assertIn(answer.status, (400, 422), body)
        form = self.server.ask("POST", "/signin", "login=ann&password=x",
                               {"Content-Type": "application/x-www-form-urlencoded"})
        self.check(form, 415, "media_type")
        self.check(self.server.get("/signin"), 405, "method")

    def test_a_code_signs_in_and_sets_a_password(self):
        number = "+442079460123"
        bo = self.call("customer.create", name="Bo B")["id"]
        self.call("credential.create", customer_id=bo, login=number)
        self.check(self.server.post("/signin/code", {"login": number, "purpose": "reset"}), 202)
        code = self.sent()
        for wrong in ("000000", "no", ""):
            self.check(self.server.post("/signin/reset", {"login": number, "code": wrong,
                                                          "password": OTHER}), 401, "signin")
        self.check(self.server.post("/signin/reset", {"login": number, "code": code,
                                                      "password": OTHER}), 204)
        self.check(self.server.post("/signin", {"login": number, "code": code}), 401, "signin")
        self.check(self.ask(self.sign_in(number, OTHER), "GET", "/me"), 200)
        self.check(self.server.post("/signin/code", {"login": number}), 202)
        self.check(self.server.post("/signin", {"login": number, "code": self.sent()}), 200)

    def sent(self):
        """The code that leaves, when what is due is done."""
        out = self.server.path / "out"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        subprocess.run([support.TOOL, "--db", self.server.db, "tick", "--outbox", f"spool:{out}"],
                       check=True, capture_output=True)
        text = "".join(path.read_text("utf-8") for path in out.rglob("*") if path.is_file())
        return re.search(r"\b(\d{6}) is your code", text)[1]


class Programs(Case):
    def token(self, *scopes):
        return self.call("access_token.create", name="sync", user_id=self.ann, scopes=scopes,
                         expires_at="2099-01-01T00:00:00Z")

    def test_a_program_may_what_its_scopes_say(self):
        headers = {"Authorization": "Bearer " + self.token("customer.*")["token"]}
        self.check(self.ask(headers, "GET", "/v1/customers"), 200)
        self.check(self.ask(headers, "POST", "/v1/customers",
                            {"name": "Fay", "dealer_id": self.north}), 201)
        self.check(self.ask(headers, "GET", "/v1/leads"), 403)
        me = self.check(self.ask(headers, "GET", "/me"), 200).json
        self.assertEqual((me["scopes"], me["csrf"]), (["customer.*"], None))
        self.check(self.ask(headers, "POST", "/v1/credentials/change_password",
                            {"old": GOOD, "new": OTHER}), 403)

    def test_a_token_that_ended_or_never_was_is_refused(self):
        made = self.token("*")
        headers = {"Authorization": "Bearer " + made["token"]}
        self.check(self.ask(headers, "GET", "/v1/customers"), 200)
        self.call("access_token.revoke", id=made["id"])
        self.check(self.ask(headers, "GET", "/v1/customers"), 401, "signed_out")
        for value in ("Bearer", "Bearer ", "Bearer x", "Basic YW5uOng=", "act_x",
                      "Bearer " + made["token"] + " ", "Bearer act_" + "A" * 43):
            answer = self.ask({"Authorization": value}, "GET", "/v1/customers")
            self.check(answer, 401)
            self.assertEqual(answer.headers["WWW-Authenticate"], "Bearer")
        # A cookie's token is no bearer's excuse from the token against forgery, nor the reverse.
        cookie = self.sign_in()["Cookie"]
        self.check(self.ask({"Cookie": f"{self.name}={self.token('*')['token']}"}, "POST",
                            "/v1/customers", {"name": "X"}), 403, "csrf")
        self.check(self.ask({**headers, "Cookie": cookie}, "GET", "/v1/customers"), 401)


class Routes(Case):
    """Every route of the server: the list is the OpenAPI document's, and so the registry's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user("sid", "salesperson")
        some = "01a201db-a4f2-7137-955f-ceaa2cab5e6e"
        cls.routes = [(method.upper(), path.replace("{id}", some), about["operationId"])
                      for path, methods in cls.described("openapi")["paths"].items()
                      for method, about in methods.items() if method != "parameters"]
        cls.public = {operation["name"] for operation in cls.described("registry")["operations"]
                      if "permission" not in operation}
        assert len(cls.routes) > 1000

    @classmethod
    def described(cls, what):
        return json.loads(subprocess.run([support.TOOL, "--db", cls.server.db, "describe", what],
                                         capture_output=True, check=True, text=True).stdout)

    def refused(self, headers, status, names):
        connection, n = self.server.connect(), 0
        for method, path, name in self.routes:
            if not names(name):
                continue
            body = {} if method in ("POST", "PATCH") else None
            answer = self.server.ask(method, path, body, headers, on=connection)
            self.assertEqual(answer.status, status, f"{method} {path} {answer.body}")
            n += 1
        connection.close()
        return n

    def test_nobody_gets_anywhere_without_signing_in(self):
        self.assertEqual(self.refused({}, 401, lambda name: True), len(self.routes))
        for path in ("/me", "/openapi.json", "/v1/events"):
            self.check(self.server.get(path), 401, "sign_in")
        for path in ("/signout", "/signout/everywhere"):
            self.check(self.server.post(path), 401, "sign_in")

    def test_roles_are_denied_what_they_do_not_permit(self):
        for login in ("sid", "ada@example.com"):
            headers = self.sign_in(login)
            patterns = self.ask(headers, "GET", "/me").json["permissions"]
            denied = self.refused(headers, 403, lambda name: name not in self.public and not any(
                fnmatch.fnmatchcase(name, pattern) for pattern in patterns))
            self.assertGreater(denied, 500)


class Https(Case):
    options = ("--secure-cookies",)

    def test_cookies_are_for_https_only(self):
        answer = self.server.post("/signin", {"login": "ann", "password": GOOD})
        cookie = answer.headers["Set-Cookie"]
        self.assertTrue(cookie.startswith("__Host-autocrm=acs_"), cookie)
        self.assertIn("; Secure", cookie)
        self.assertNotIn("Domain", cookie)


if __name__ == "__main__":
    support.main()
