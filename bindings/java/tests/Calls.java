// SPDX-License-Identifier: MIT
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.autocrm.AutocrmException;
import org.autocrm.Crm;

/** The scripts of tests/calls through Java: Calls FOLDER. */
public final class Calls {
    private static int failures;

    private static void told(String fault) {
        failures++;
        System.out.println(fault);
    }

    private static Object fill(Object value, Map<String, Object> kept) {
        if (value instanceof String && ((String) value).startsWith("$")) {
            return kept.getOrDefault(((String) value).substring(1), value);
        }
        if (value instanceof Map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            ((Map<?, ?>) value).forEach((key, member) -> copy.put((String) key, fill(member, kept)));
            return copy;
        }
        if (value instanceof List) {
            List<Object> copy = new ArrayList<>();
            ((List<?>) value).forEach(member -> copy.add(fill(member, kept)));
            return copy;
        }
        return value;
    }

    private static Object at(Object value, String path) {
        for (String word : path.split("\\.")) {
            value = value instanceof List ? ((List<?>) value).get(Integer.parseInt(word))
                : ((Map<?, ?>) value).get(word);
        }
        return value;
    }

    private static void compare(Object expected, Object got, String path) {
        if (expected instanceof Map && got instanceof Map) {
            ((Map<?, ?>) expected).forEach((key, member) -> {
                if (!((Map<?, ?>) got).containsKey(key)) {
                    told(path + ": there is no " + key);
                }
                compare(member, ((Map<?, ?>) got).get(key), path + "." + key);
            });
        } else if (expected instanceof List && got instanceof List) {
            List<?> left = (List<?>) expected;
            List<?> right = (List<?>) got;
            if (left.size() != right.size()) {
                told(path + ": " + right.size() + " members");
                return;
            }
            for (int n = 0; n < left.size(); n++) {
                compare(left.get(n), right.get(n), path + "[" + n + "]");
            }
        } else if (!Objects.equals(expected, got)) {
            told(path + ": " + expected + " expected, " + got + " there");
        }
    }

    private static void step(Crm crm, Map<?, ?> step, Map<String, Object> kept, String where) {
        Object answer;
        boolean failed = false;
        try {
            @SuppressWarnings("unchecked")
            Map<String, Object> args = (Map<String, Object>) fill(step.get("args"), kept);
            answer = crm.call((String) step.get("call"), args);
        } catch (AutocrmException error) {
            failed = true;
            answer = Map.of("name", error.name(), "field", error.field(), "reason", error.reason());
        }
        if (failed != step.containsKey("error")) {
            told(where + ": " + answer);
            return;
        }
        if (step.containsKey("keep")) {
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) step.get("keep")).entrySet()) {
                kept.put((String) entry.getKey(), at(answer, (String) entry.getValue()));
            }
        }
        Object wanted = step.get(failed ? "error" : "expect");
        if (wanted != null) {
            compare(fill(wanted, kept), answer, where);
        }
    }

    public static void main(String[] args) throws IOException {
        int count = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(args[0]), "*.json")) {
            for (Path file : files) {
                Map<?, ?> script = (Map<?, ?>) Crm.parse(Files.readAllBytes(file));
                long now = ChronoUnit.MICROS.between(Instant.EPOCH,
                    Instant.parse((String) script.get("now")));
                Map<String, Object> kept = new HashMap<>();
                try (Crm crm = Crm.opening("memory:").clock(() -> now).open()) {
                    for (Object each : (List<?>) script.get("steps")) {
                        Map<?, ?> step = (Map<?, ?>) each;
                        step(crm, step, kept, file.getFileName() + ": " + step.get("call"));
                    }
                }
                count++;
            }
        }
        System.out.println(count + " checks, " + failures + " failures");
        System.exit(failures == 0 ? 0 : 1);
    }
}
