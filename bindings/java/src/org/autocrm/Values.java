// SPDX-License-Identifier: MIT
package org.autocrm;

import com.sun.jna.Pointer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;

/** Values on their way from Java to the library, as JSON text. */
final class Values {
    private static final int MAX_DEPTH = 64;

    private Values() {
    }

    /** A C text. */
    static byte[] utf8(String text) {
        return (text + "\0").getBytes(StandardCharsets.UTF_8);
    }

    static String text(Pointer text) {
        return text.getString(0, "UTF-8");
    }

    /** Arguments or an answer as JSON text. */
    static byte[] encode(Object given) {
        StringBuilder out = new StringBuilder(128);
        write(out, given, 0);
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void write(StringBuilder out, Object given, int depth) {
        if (depth > MAX_DEPTH) {
            throw AutocrmException.of("ACRM_E_LIMIT", "values are at most 64 deep");
        } else if (given instanceof CharSequence) {
            quote(out, (CharSequence) given);
        } else if (given == null || given instanceof Boolean) {
            out.append(given);
        } else if (given instanceof Number) {
            number(out, (Number) given);
        } else if (given instanceof Map) {
            map(out, (Map<?, ?>) given, depth);
        } else if (given instanceof Iterable) {
            list(out, (Iterable<?>) given, depth);
        } else {
            quote(out, plain(given));
        }
    }

    private static void map(StringBuilder out, Map<?, ?> map, int depth) {
        char before = '{';
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(before);
            quote(out, String.valueOf(entry.getKey()));
            out.append(':');
            write(out, entry.getValue(), depth + 1);
            before = ',';
        }
        out.append(before == '{' ? "{}" : "}");
    }

    private static void list(StringBuilder out, Iterable<?> list, int depth) {
        char before = '[';
        for (Object member : list) {
            out.append(before);
            write(out, member, depth + 1);
            before = ',';
        }
        out.append(before == '[' ? "[]" : "]");
    }

    /** Amounts are text, so that nobody rounds them; other numbers are numbers. */
    private static void number(StringBuilder out, Number given) {
        if (given instanceof BigDecimal) {
            quote(out, ((BigDecimal) given).toPlainString());
        } else if (given instanceof Double || given instanceof Float) {
            if (!Double.isFinite(given.doubleValue())) {
                throw AutocrmException.of("ACRM_E_INVALID", "a number cannot be " + given);
            }
            out.append(given);
        } else if (given instanceof BigInteger) {
            out.append(given);
        } else {
            out.append(given.longValue());
        }
    }

    private static void quote(StringBuilder out, CharSequence text) {
        out.append('"');
        for (int n = 0; n < text.length(); n++) {
            char c = text.charAt(n);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else if (Character.isSurrogate(c)) {
                n = pair(out, text, n);
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    /** Both halves of a character that has two; the place of the second. */
    private static int pair(StringBuilder out, CharSequence text, int n) {
        if (n + 1 == text.length() || !Character.isSurrogatePair(text.charAt(n), text.charAt(n + 1))) {
            throw AutocrmException.of("ACRM_E_INVALID", "a text holds half a character");
        }
        out.append(text, n, n + 2);
        return n + 1;
    }

    /** Ids, instants, days and bytes as the text that JSON has for them. */
    private static String plain(Object given) {
        if (given instanceof UUID || given instanceof Instant || given instanceof LocalDate
            || given instanceof LocalTime || given instanceof Duration || given instanceof Enum) {
            return given.toString();
        } else if (given instanceof OffsetDateTime) {
            return ((OffsetDateTime) given).toInstant().toString();
        } else if (given instanceof ZonedDateTime) {
            return ((ZonedDateTime) given).toInstant().toString();
        } else if (given instanceof byte[]) {
            return Base64.getEncoder().encodeToString((byte[]) given);
        }
        throw AutocrmException.of("ACRM_E_INVALID",
            "a value cannot be a " + given.getClass().getName());
    }
}
