# SPDX-License-Identifier: MIT
"""What Python adds to the calls: types, nouns, exceptions, callbacks; and that misuse is one."""

import datetime as dt
import gc
import inspect
import io
import os
import resource
import tempfile
import threading
import unittest
import uuid
from decimal import Decimal

import autocrm
from autocrm import stubs

ROME = dt.timezone(dt.timedelta(hours=1))


class Binding(unittest.TestCase):
    def setUp(self):
        self.crm = autocrm.open("memory:")
        self.addCleanup(self.crm.close)

    def test_values_have_types_of_python(self):
        at = dt.datetime(2026, 3, 1, 9, 30, tzinfo=ROME)
        ada = self.crm.customer.create(name="Ada Example")
        self.assertIsInstance(ada.id, uuid.UUID)
        self.assertIs(ada.created_at.tzinfo, dt.timezone.utc)
        work = self.crm.activity.create(customer_id=ada.id, kind="call", subject="Ring", due_at=at)
        self.assertEqual(work.due_at, at)
        self.assertEqual(work["due_at"], work.due_at)
        told = self.crm.finance.schedule(currency="EUR", price=Decimal("1200.00"),
                                         rate=Decimal(0), periods=12)
        self.assertEqual(told.instalment, Decimal("100.00"))

    def test_what_has_no_exact_form_is_refused(self):
        for wrong in (dt.datetime(2026, 1, 1), Decimal("NaN"), float("inf"),
                      dt.timedelta(microseconds=1)):
            with self.subTest(wrong), self.assertRaises(ValueError):
                self.crm.customer.create(name="A", city=wrong)
        with self.assertRaises(TypeError):
            self.crm.customer.create(name="A", city=object())

    def test_every_operation_is_there_with_its_help(self):
        for name, operation in self.crm._engine.registry.operations.items():
            noun, verb = name.split(".")
            noun, verb = (word + "_" if word in ("import", "raise") else word
                          for word in (noun, verb))
            self.assertIn(operation["help"], getattr(getattr(self.crm, noun), verb).__doc__)
            self.assertNotIn(noun, vars(autocrm.Session), "a method hides a noun")
        self.assertIn("customer", dir(self.crm))
        with self.assertRaisesRegex(AttributeError, "there is no leads, did you mean lead"):
            self.crm.leads  # noqa: B018
        with self.assertRaisesRegex(AttributeError, "no operation lst, did you mean list"):
            self.crm.customer.lst  # noqa: B018
        self.assertIn("get", repr(self.crm.customer))
        self.assertIn("system", repr(self.crm))
        shown = str(inspect.signature(self.crm.quote.accept))
        self.assertTrue(shown.startswith("(id, *, number=None, "), shown)

    def test_names_of_python_take_a_line_behind_them(self):
        told = self.crm.finance.rates(from_="nominal", value=6)
        self.assertEqual(told, self.crm.invoke("finance.rates", **{"from": "nominal", "value": 6}))
        self.crm.customer.create(name="Ada")
        page = self.crm.customer.list()
        self.assertEqual(page.items_, page["items"])
        self.assertIn("items_", dir(page))
        with self.assertRaisesRegex(AttributeError, "no itms, only items, next"):
            page.itms  # noqa: B018

    def test_a_real_is_a_float_even_when_it_is_whole(self):
        self.crm.schema.add_entity(name="x_thing", help="Thing", fields=[
            {"name": "x_share", "type": "real", "help": "Share"}])
        self.assertIs(type(self.crm.x_thing.create(x_share=2).x_share), float)

    def test_a_failure_names_every_field(self):
        with self.assertRaises(autocrm.Invalid) as caught:
            self.crm.customer.create(kind="ghost", city=7)
        self.assertEqual([each["field"] for each in caught.exception.details], ["kind", "city"])
        self.assertEqual(caught.exception.reason, "choice")
        self.assertFalse(caught.exception.retriable)
        with self.assertRaises(LookupError):
            self.crm.customer.get(uuid.uuid4())

    def test_each_walks_all_pages(self):
        for n in range(25):
            self.crm.customer.create(name=f"Customer {n:02}")
        names = [one.name for one in self.crm.customer.each(order=["name"], limit=10)]
        self.assertEqual(names, [f"Customer {n:02}" for n in range(25)])

    def test_words_added_at_run_time_are_known(self):
        self.crm.schema.add_field(entity="customer", name="x_shoe", type="decimal", help="Size")
        ada = self.crm.customer.create(name="Ada", x_shoe=Decimal("42.5"))
        self.assertEqual(ada.x_shoe, Decimal("42.5"))

    def test_files_are_read_and_progress_is_told(self):
        told = []
        rows = "name,phone\n" + "".join(f"Name {n},+39333{n:07}\n" for n in range(300))
        done = self.crm.import_.run("file.csv", _input=io.BytesIO(rows.encode()),
                                    _progress=lambda *all: told.append(all))
        self.assertEqual(self.crm.customer.count().count, 300, done)
        self.assertTrue(told)

    def test_an_exception_in_a_callback_comes_out_of_the_call(self):
        class Broken(io.RawIOBase):
            def read(self, size=-1):
                raise OSError("the disk is gone")
        with self.assertRaisesRegex(OSError, "the disk is gone"):
            self.crm.import_.run("file.csv", _input=Broken())
        self.assertEqual(self.crm.customer.count().count, 0)
        with self.assertRaises(TypeError):
            self.crm.import_.run("text.csv", _input=io.StringIO("name\nA\n"))

    def test_a_progress_callback_can_end_the_call(self):
        rows = "name,phone\n" + "".join(f"Name {n},+39333{n:07}\n" for n in range(3000))
        with self.assertRaises(autocrm.Interrupted):
            self.crm.import_.run("file.csv", _input=io.BytesIO(rows.encode()),
                                 _progress=lambda *all: False)
        self.assertEqual(self.crm.customer.create(name="After").version, 1)

    def test_sessions_act_as_somebody(self):
        with self.assertRaises(autocrm.NotFound):
            self.crm.acting_as("user:" + str(uuid.uuid4()))
        ada = self.crm.customer.create(name="Ada")
        bea = self.crm.customer.create(name="Bea")
        with self.crm.acting_as(f"customer:{ada.id}") as own:
            self.assertEqual(own.customer.get(ada.id).name, "Ada")
            with self.assertRaises(autocrm.NotFound):
                own.customer.get(bea.id)
            with self.assertRaises(PermissionError):
                own.user.create(name="B", login="b")


class Misuse(unittest.TestCase):
    def test_use_after_close_is_an_exception(self):
        crm = autocrm.open("memory:")
        other = crm.acting_as("system")
        get = crm.customer.get
        crm.close()
        crm.close()
        for use in (lambda: get(uuid.uuid4()), lambda: crm.invoke("customer.count"), lambda: crm.acting_as("system"),
                    crm.describe, lambda: crm.statements):
            with self.assertRaises(autocrm.Misuse):
                use()
        other.close()
        with self.assertRaises(autocrm.Misuse):
            other.invoke("customer.count")

    def test_its_own_session_within_a_callback_is_misuse(self):
        told = []

        def clock():
            if crm and not told:
                for use in (crm.customer.count, crm.close):
                    try:
                        use()
                    except autocrm.Misuse as error:
                        told.append(error)
            return dt.datetime(2026, 1, 5, tzinfo=dt.timezone.utc)
        crm = None
        with autocrm.open("memory:", clock=clock) as crm:
            crm.customer.create(name="Ada")
            self.assertEqual(len(told), 2)
        crm.interrupt()

    def test_two_threads_in_one_session_are_told(self):
        with autocrm.open("memory:") as crm:
            inside, caught = threading.Event(), []

            class Slow(io.RawIOBase):
                def read(self, size=-1):
                    inside.set()
                    released.wait(10)
                    self.read = lambda size=-1: b""
                    return b"name,phone\nAda,+393331234567\n"
            released = threading.Event()
            worker = threading.Thread(target=lambda: crm.import_.run("slow.csv", _input=Slow()))
            worker.start()
            inside.wait(10)
            for use in (lambda: crm.invoke("customer.count"), crm.close):
                try:
                    use()
                except autocrm.Misuse as error:
                    caught.append(error)
            released.set()
            worker.join()
            self.assertEqual(len(caught), 2)

    def test_threads_with_a_session_each_work_side_by_side(self):
        with tempfile.TemporaryDirectory() as folder, \
                autocrm.open(os.path.join(folder, "a.db")) as crm:
            def work():
                with crm.acting_as("system") as own:
                    for _ in range(20):
                        own.customer.create(name="Somebody")
            workers = [threading.Thread(target=work) for _ in range(4)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            self.assertEqual(crm.customer.count().count, 80)

    def test_opening_what_is_no_database_is_an_exception(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"This is a letter, and a long one. " * 50)
            file.flush()
            with self.assertRaises(autocrm.Corrupt):
                autocrm.open(file.name)
        with self.assertRaises(autocrm.NotFound):
            autocrm.open("/nowhere/at/all.db", flags=autocrm.NO_CREATE)
        with self.assertRaises(ValueError):
            autocrm.open("memory:", key=b"short")
        with self.assertRaises(autocrm.Invalid):
            autocrm.open("memory:", zone="Moon/Base")

    def test_a_clock_that_fails_comes_out_of_open(self):
        def broken():
            raise RuntimeError("no time")
        with self.assertRaisesRegex(RuntimeError, "no time"):
            autocrm.open("memory:", clock=broken)

    def test_thousands_of_databases_leak_nothing(self):
        def round_trip(times):
            for _ in range(times):
                crm = autocrm.open("memory:")
                crm.invoke("customer.count")
                crm.close()
            gc.collect()
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        before = round_trip(50)
        self.assertLess(round_trip(int(os.environ.get("AUTOCRM_OPENINGS", "60"))) - before, 8192)


class Posting(unittest.TestCase):
    def order(self, crm):
        ada = crm.customer.create(name="Ada Example", contact_points=[
            {"channel": "email", "value": "ada@example.org"}])
        return crm.message.send(customer_id=ada.id, channel="email", purpose="service",
                                subject="Ready ✓", body="Your car is ready.")

    def test_a_transport_of_python_sends(self):
        sent = []

        class Post(autocrm.Transport):
            name = "post"
            channels = ("email",)

            def submit(self, message):
                sent.append(message)
                return autocrm.Sent(autocrm.DELIVERED, reference="r-1")
        with autocrm.open("memory:", transports=[Post()]) as crm:
            message = self.order(crm)
            crm.engine.tick()
            self.assertEqual([(one.to, one.subject, one.body) for one in sent],
                             [("ada@example.org", "Ready ✓", "Your car is ready.")])
            self.assertEqual(crm.message.get(message.id).status, "delivered")

    def test_a_transport_that_raises_harms_nothing(self):
        class Broken(autocrm.Transport):
            name = "broken"
            channels = ("email",)

            def submit(self, message):
                raise ConnectionError("no line")
        with autocrm.open("memory:", transports=[Broken()]) as crm:
            message = self.order(crm)
            with self.assertRaises(ConnectionError):
                crm.engine.tick()
            self.assertEqual(crm.message.get(message.id).status, "queued")

    def test_a_connector_of_python_answers(self):
        asked = []

        class Valuation(autocrm.Connector):
            name = "valuation"
            timeout = 5.0

            def ask(self, request):
                asked.append(request)
                if request.name == "price":
                    return {"amount": "11500.00", "to": "آدا"}
                raise {"no": autocrm.Refused, "never": autocrm.Never, "later": autocrm.Later,
                       "broken": ConnectionError}[request.name]("because")
        with autocrm.open("memory:", connectors=[Valuation()]) as crm:
            ids = {name: crm.connector.request(connector="valuation", name=name,
                                               body={"vin": "X"}).id
                   for name in ("price", "no", "never", "later", "broken")}
            with self.assertRaises(ConnectionError):
                crm.engine.tick()
            self.assertEqual((asked[0].name, asked[0].body, asked[0].key, asked[0].timeout),
                             ("price", {"vin": "X"}, str(ids["price"]), 5.0))
            got = {name: crm.connector_request.get(one) for name, one in ids.items()}
            self.assertEqual({name: one.state for name, one in got.items()},
                             {"price": "answered", "no": "refused", "never": "failed",
                              "later": "queued", "broken": "queued"})
            self.assertEqual(got["price"].answer, {"amount": "11500.00", "to": "آدا"})
            self.assertEqual(got["no"].reason, "because")


class Stubs(unittest.TestCase):
    def test_stubs_are_python_and_name_everything(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(stubs.write(folder), encoding="utf-8") as file:
                text = file.read()
        compile(text, "stubs", "exec")
        self.assertIn("    lead: _Lead\n", text)
        self.assertIn("def assign(self, id: UUID | str, *, user_id:", text)


if __name__ == "__main__":
    unittest.main()
