// SPDX-License-Identifier: MIT
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.autocrm.AutocrmException;
import org.autocrm.Crm;
import org.autocrm.Session;

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
        fails("no value", "ACRM_E_INVALID", () -> crm.call("customer.create", "name", new Object()));
        fails("a wrong zone", "ACRM_E_INVALID",
            () -> Crm.open("memory:", "system", "Moon/Base", 0, null));
        fails("nobody", "ACRM_E_INVALID", () -> crm.actingAs("ghost"));
        try {
            Crm.open("memory:", "system", null, 0, () -> {
                throw new IllegalStateException("no time");
            });
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

    private static void threads() throws InterruptedException {
        boolean[] told = new boolean[1];
        Session[] shared = new Session[1];
        try (Crm crm = Crm.open("memory:", "system", null, 0, () -> {
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
        })) {
            shared[0] = crm;
            crm.call("customer.create", "name", "Ada");
            check("two threads in one session", told[0]);
        }
    }

    public static void main(String[] args) throws InterruptedException {
        String asked = System.getenv("AUTOCRM_OPENINGS");
        records();
        misuse();
        threads();
        for (int n = 0; n < (asked != null ? Integer.parseInt(asked) : 60); n++) {
            try (Crm crm = Crm.open("memory:")) {
                crm.call("customer.count");
            }
        }
        System.out.println(checks + " checks, " + failures + " failures");
        System.exit(failures == 0 ? 0 : 1);
    }
}
