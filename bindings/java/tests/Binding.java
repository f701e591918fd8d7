// SPDX-License-Identifier: MIT
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.autocrm.AutocrmException;
import org.autocrm.Connector;
import org.autocrm.Crm;
import org.autocrm.Session;
import org.autocrm.Transport;

/** What Java adds to the calls, and that misuse is an exception, never a crash. */
public final class Binding {
    private static int checks;
    private static int failures;

    private static void check(String what, boolean truth) {
        checks++;
        if (!truth) {
            failures++;
            System.out.println("failed: " + what);
        }
    }

    private static void fails(String what, String name, Runnable run) {
        try {
            run.run();
            check(what + ": nothing thrown", false);
        } catch (AutocrmException error) {
            check(what + ": " + error.name() + " " + error.getMessage(), error.name().equals(name));
        }
    }

    private static void thrown(String what, Class<? extends Exception> type, Runnable run) {
        try {
            run.run();
            check(what + ": nothing thrown", false);
        } catch (RuntimeException error) {
            check(what + ": " + error, type.isInstance(error));
        }
    }

    private static void records() {
        try (Crm crm = Crm.open("memory:")) {
            Map<String, Object> ada = crm.call("customer.create", "name", "Ada", "contact_points",
                List.of(Map.of("channel", "phone", "value", "+39 333 1234567")));
            check("a record is a map", ada.get("name").equals("Ada") && ada.get("version").equals(1L));
            for (int n = 0; n < 25; n++) {
                crm.call("customer.create", "name", "Customer " + n);
            }
            int count = 0;
            for (Map<String, Object> each : crm.each("customer.list", Map.of("limit", 10))) {
                count += each.containsKey("name") ? 1 : 0;
            }
            check("each walks all pages", count == 26);
            check("amounts are exact", crm.call("finance.schedule", "currency", "EUR", "price",
                new BigDecimal("1200.00"), "rate", "0", "periods", 12).get("instalment")
                .equals("100.00"));
            try (Session own = crm.actingAs("customer:" + ada.get("id"))) {
                fails("a customer makes no users", "ACRM_E_DENIED",
                    () -> own.call("user.create", "name", "B", "login", "b"));
            }
        }
    }

    private static void misuse() {
        Crm crm = Crm.open("memory:");
        fails("a wrong field", "ACRM_E_INVALID", () -> crm.call("customer.create", "kind", "ghost"));
        fails("no such operation", "ACRM_E_NOTFOUND", () -> crm.call("spaceship.launch"));
        fails("names without values", "ACRM_E_MISUSE", () -> crm.call("customer.get", "id"));
        fails("half a character", "ACRM_E_INVALID",
            () -> crm.call("customer.create", "name", "\ud83d"));
        fails("no number", "ACRM_E_INVALID",
            () -> crm.call("customer.list", "limit", Double.NaN));
        thrown("a class of its own", AutocrmException.NotFound.class,
            () -> crm.call("spaceship.launch"));
        fails("no value", "ACRM_E_INVALID", () -> crm.call("customer.create", "name", new Object()));
        fails("a wrong zone", "ACRM_E_INVALID",
            () -> Crm.opening("memory:").zone("Moon/Base").open());
        fails("nobody", "ACRM_E_INVALID", () -> crm.actingAs("ghost"));
        try {
            Crm.opening("memory:").clock(() -> {
                throw new IllegalStateException("no time");
            }).open();
            check("a clock that fails", false);
        } catch (IllegalStateException expected) {
            check("a clock that fails", expected.getMessage().equals("no time"));
        }
        Session own = crm.actingAs("system");
        crm.close();
        crm.close();
        fails("use after close", "ACRM_E_MISUSE", () -> crm.call("customer.count"));
        fails("a session after close", "ACRM_E_MISUSE", () -> crm.actingAs("system"));
        own.close();
        fails("a closed session", "ACRM_E_MISUSE", () -> own.call("customer.count"));
    }

    private static String state(Crm crm, String entity, Object id) {
        Map<String, Object> record = crm.call(entity + ".get", "id", id);
        return (String) record.get(entity.equals("message") ? "status" : "state");
    }

    private static Object order(Crm crm) {
        Map<String, Object> ada = crm.call("customer.create", "name", "Ada", "contact_points",
            List.of(Map.of("channel", "email", "value", "ada@example.org")));
        return crm.call("message.send", "customer_id", ada.get("id"), "channel", "email", "purpose",
            "service", "subject", "Ready ✓", "body", "Come.").get("id");
    }

    private static Transport post(Function<Map<String, Object>, Map<String, ?>> submit) {
        return new Transport() {
            @Override
            public String name() {
                return "post";
            }

            @Override
            public List<String> channels() {
                return List.of("email");
            }

            @Override
            public Map<String, ?> submit(Map<String, Object> message) {
                return submit.apply(message);
            }
        };
    }

    private static void transports() {
        List<Map<String, Object>> sent = new ArrayList<>();
        try (Crm crm = Crm.opening("memory:").transport(post(message -> {
            sent.add(message);
            return Map.of("outcome", "delivered", "reference", "é".repeat(100));
        })).open()) {
            Object id = order(crm);
            crm.call("engine.tick");
            check("a transport of Java sends", sent.size() == 1
                && sent.get(0).get("to").equals("ada@example.org")
                && sent.get(0).get("subject").equals("Ready ✓")
                && sent.get(0).get("files").equals(List.of()));
            check("and says so", state(crm, "message", id).equals("delivered"));
        }
        try (Crm crm = Crm.opening("memory:").transport(post(message -> {
            throw new IllegalStateException("no line");
        })).open()) {
            Object id = order(crm);
            thrown("a transport that throws", IllegalStateException.class,
                () -> crm.call("engine.tick"));
            check("and harms nothing", state(crm, "message", id).equals("queued"));
        }
    }

    private static final class Valuation implements Connector {
        private final List<Map<String, Object>> asked = new ArrayList<>();

        @Override
        public String name() {
            return "valuation";
        }

        @Override
        public Object ask(Map<String, Object> request) {
            asked.add(request);
            switch ((String) request.get("name")) {
                case "price":
                    return Map.of("amount", new BigDecimal("11500.00"), "to", "آدا");
                case "no":
                    throw new Refused("because");
                case "never":
                    throw new Never("because");
                case "later":
                    throw new Later("because", 60);
                default:
                    throw new IllegalStateException("broken");
            }
        }
    }

    private static void connectors() {
        Valuation valuation = new Valuation();
        try (Crm crm = Crm.opening("memory:").connector(valuation).open()) {
            Map<String, Object> made = new LinkedHashMap<>();
            for (String name : List.of("price", "no", "never", "later", "broken")) {
                made.put(name, crm.call("connector.request", "connector", "valuation", "name", name,
                    "body", Map.of("vin", "X")).get("id"));
            }
            thrown("a connector that throws", IllegalStateException.class,
                () -> crm.call("engine.tick"));
            check("what is asked", valuation.asked.get(0).get("body").equals(Map.of("vin", "X"))
                && valuation.asked.get(0).get("key").equals(made.get("price")));
            check("an answer", crm.call("connector_request.get", "id", made.get("price"))
                .get("answer").equals(Map.of("amount", "11500.00", "to", "آدا")));
            StringBuilder states = new StringBuilder();
            made.forEach((name, id) -> states.append(state(crm, "connector_request", id)).append(' '));
            check("every outcome: " + states,
                states.toString().equals("answered refused failed queued queued "));
        }
    }

    private static void lent() throws IOException {
        StringBuilder rows = new StringBuilder("name,phone\n");
        for (int n = 0; n < 300; n++) {
            rows.append(String.format("Name %d,+39333%07d%n", n, n));
        }
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("gone");
            }
        };
        try (Crm crm = Crm.opening("memory:").key(new byte[32]).open()) {
            int[] told = new int[1];
            crm.input(stream(rows.toString())).progress((what, done, total) -> ++told[0] > 0)
                .call("import.run", "source", "a.csv");
            check("a file is read, and progress told",
                crm.call("customer.count").get("count").equals(300L) && told[0] > 0);
            byte[] bytes = "é".repeat(50000).getBytes(StandardCharsets.UTF_8);
            Object someone = ((Map<?, ?>) ((List<?>) crm.call("customer.list", "limit", 1)
                .get("items")).get(0)).get("id");
            Object kept = crm.call("attachment.add", "id", someone, "file_name", "a.bin", "data",
                bytes).get("id");
            ByteArrayOutputStream got = new ByteArrayOutputStream();
            crm.output(got).call("attachment.read", "id", kept);
            check("a file is written", Arrays.equals(got.toByteArray(), bytes));
            thrown("an input that fails", UncheckedIOException.class,
                () -> crm.input(broken).call("import.run", "source", "b.csv"));
            fails("progress ends a call", "ACRM_E_INTERRUPTED", () -> crm.input(stream("name\nA\n"))
                .progress((what, done, total) -> false).call("import.run", "source", "c.csv"));
            fails("what was lent is taken back", "ACRM_E_INVALID",
                () -> crm.call("import.run", "source", "d.csv"));
        }
        thrown("a short key", IllegalArgumentException.class,
            () -> Crm.opening("memory:").key(new byte[3]));
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Cut, wrong and odd JSON is refused; what is right is read. */
    private static void json() {
        String whole = "{\"a\":[1,-2.5e3,true,false,null,\"\\u00e9\\n\\\"\\ud83d\\ude97é\"],\"é\":{}}";
        Object read = Crm.parse(whole.getBytes(StandardCharsets.UTF_8));
        check("JSON: " + read, read.toString().equals("{a=[1, -2500.0, true, false, null, é\n\"🚗é], é={}}"));
        byte[] bytes = whole.getBytes(StandardCharsets.UTF_8);
        for (int len = 0; len < bytes.length; len++) {
            int cut = len;
            fails("JSON cut at " + cut, "ACRM_E_INVALID", () -> Crm.parse(Arrays.copyOf(bytes, cut)));
        }
        for (String wrong : List.of("{\"a\" 1}", "[1 2]", "[1,]", "{,}", "tru", "1x", "--1", "\"\\x\"",
            "\"\\u12g4\"", "[] []", "{1:2}")) {
            fails("JSON: " + wrong, "ACRM_E_INVALID",
                () -> Crm.parse(wrong.getBytes(StandardCharsets.UTF_8)));
        }
        fails("deep JSON", "ACRM_E_LIMIT", () -> Crm.parse("[".repeat(100000)
            .getBytes(StandardCharsets.UTF_8)));
    }

    /** Its own session within a callback of the call that runs: told, and nothing breaks. */
    private static void within() {
        List<String> told = new ArrayList<>();
        Crm[] own = new Crm[1];
        Runnable[] tries = {() -> own[0].call("customer.count"), () -> own[0].close()};
        try (Crm crm = Crm.opening("memory:").clock(() -> {
            for (Runnable each : own[0] != null && told.isEmpty() ? tries : new Runnable[0]) {
                try {
                    each.run();
                } catch (AutocrmException.Misuse error) {
                    told.add(error.name());
                }
            }
            return 1767600000000000L;
        }).open()) {
            own[0] = crm;
            crm.call("customer.create", "name", "Ada");
            check("calls and ends within a callback: " + told, told.size() == 2);
        }
    }

    private static void interrupts() {
        Crm[] own = new Crm[1];
        try (Crm crm = Crm.opening("memory:").clock(() -> {
            if (own[0] != null) {
                own[0].interrupt();
            }
            return 1767600000000000L;
        }).open()) {
            own[0] = crm;
            fails("an interrupt ends the call", "ACRM_E_INTERRUPTED", () -> crm.call("customer.list"));
            own[0] = null;
            check("and no later one", crm.call("customer.count").get("count").equals(0L));
        }
    }

    private static long resident() throws IOException {
        return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * 4096;
    }

    private static void open(int times) {
        for (int n = 0; n < times; n++) {
            try (Crm crm = Crm.opening("memory:").clock(() -> 1767600000000000L).open()) {
                crm.call("customer.count");
            }
        }
    }

    private static void threads() throws InterruptedException {
        boolean[] told = new boolean[1];
        Session[] shared = new Session[1];
        try (Crm crm = Crm.opening("memory:").clock(() -> {
            if (shared[0] != null && !told[0]) {
                Thread other = new Thread(() -> {
                    try {
                        shared[0].call("customer.count");
                    } catch (AutocrmException error) {
                        told[0] = error.name().equals("ACRM_E_MISUSE");
                    }
                });
                other.start();
                try {
                    other.join();
                } catch (InterruptedException ignored) {
                    Thread.currentThread().interrupt();
                }
            }
            return 1767600000000000L;
        }).open()) {
            shared[0] = crm;
            crm.call("customer.create", "name", "Ada");
            check("two threads in one session", told[0]);
        }
    }

    public static void main(String[] args) throws InterruptedException, IOException {
        String asked = System.getenv("AUTOCRM_OPENINGS");
        records();
        misuse();
        threads();
        within();
        interrupts();
        transports();
        connectors();
        lent();
        json();
        open(30);
        long before = resident();
        open(asked != null ? Integer.parseInt(asked) : 60);
        check("databases leak nothing", resident() - before < 64 << 20);
        System.out.println(checks + " checks, " + failures + " failures");
        System.exit(failures == 0 ? 0 : 1);
    }
}
