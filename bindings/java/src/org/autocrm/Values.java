// SPDX-License-Identifier: MIT
package org.autocrm;

import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Values on their way between Java and the library. */
final class Values {
    private static final int MAX_DEPTH = 64;

    private Values() {
    }

    static byte[] utf8(String text) {
        return (text + "\0").getBytes(StandardCharsets.UTF_8);
    }

    static byte[] bytes(Pointer text) {
        return text.getString(0, "UTF-8").getBytes(StandardCharsets.UTF_8);
    }

    static String text(Pointer text) {
        return text.getString(0, "UTF-8");
    }

    private static String text(Pointer text, long len) {
        return new String(text.getByteArray(0, (int) len), StandardCharsets.UTF_8);
    }

    /** JSON text as maps, lists, texts, numbers. */
    static Object parse(byte[] json) {
        PointerByReference out = new PointerByReference();
        int status = Library.acrm_value_parse(null, json, new NativeLong(json.length), out, null);
        if (status != 0) {
            throw AutocrmException.of("ACRM_E_INVALID", "this is not JSON");
        }
        return take(out.getValue());
    }

    /** What a value holds; the value is freed. */
    static Object take(Pointer root) {
        try {
            return read(root);
        } finally {
            Library.acrm_value_free(root);
        }
    }

    private static Object read(Pointer value) {
        switch (Library.acrm_value_type(value)) {
            case 1:
                return Library.acrm_value_bool(value) != 0;
            case 2:
                return Library.acrm_value_int(value);
            case 3:
                return Library.acrm_value_real(value);
            case 4:
                return readText(value);
            case 5:
                return readText(value).getBytes(StandardCharsets.UTF_8);
            case 6:
                return readList(value);
            case 7:
                return readMap(value);
            default:
                return null;
        }
    }

    private static String readText(Pointer value) {
        long[] len = new long[1];
        Pointer text = Library.acrm_value_text(value, len);
        return text(text, len[0]);
    }

    private static List<Object> readList(Pointer value) {
        long count = Library.acrm_value_count(value).longValue();
        List<Object> list = new ArrayList<>();
        for (long n = 0; n < count; n++) {
            list.add(read(Library.acrm_value_at(value, new NativeLong(n))));
        }
        return list;
    }

    private static Map<String, Object> readMap(Pointer value) {
        long count = Library.acrm_value_count(value).longValue();
        long[] len = new long[1];
        Map<String, Object> map = new LinkedHashMap<>();
        for (long n = 0; n < count; n++) {
            NativeLong place = new NativeLong(n);
            Pointer key = Library.acrm_value_key(value, place, len);
            map.put(text(key, len[0]), read(Library.acrm_value_at(value, place)));
        }
        return map;
    }

    /** A new value that holds a map; the caller frees it. */
    static Pointer give(Map<String, ?> map) {
        PointerByReference out = new PointerByReference();
        checked(Library.acrm_value_new(null, out));
        try {
            write(out.getValue(), map, 0);
            return out.getValue();
        } catch (RuntimeException wrong) {
            Library.acrm_value_free(out.getValue());
            throw wrong;
        }
    }

    private static void write(Pointer value, Object given, int depth) {
        if (value == null) {
            throw AutocrmException.of("ACRM_E_NOMEM", "out of memory");
        } else if (depth > MAX_DEPTH) {
            throw AutocrmException.of("ACRM_E_LIMIT", "values are at most 64 deep");
        } else if (given == null) {
            checked(Library.acrm_value_set_null(value));
        } else if (given instanceof Boolean) {
            checked(Library.acrm_value_set_bool(value, (Boolean) given ? 1 : 0));
        } else if (given instanceof Integer || given instanceof Long || given instanceof Short) {
            checked(Library.acrm_value_set_int(value, ((Number) given).longValue()));
        } else if (given instanceof Double || given instanceof Float) {
            checked(Library.acrm_value_set_real(value, ((Number) given).doubleValue()));
        } else if (given instanceof byte[]) {
            byte[] bytes = (byte[]) given;
            checked(Library.acrm_value_set_bytes(value, bytes, new NativeLong(bytes.length)));
        } else if (given instanceof Map) {
            writeMap(value, (Map<?, ?>) given, depth);
        } else if (given instanceof Iterable) {
            checked(Library.acrm_value_set_list(value));
            for (Object member : (Iterable<?>) given) {
                write(Library.acrm_value_add(value), member, depth + 1);
            }
        } else {
            byte[] text = plain(given).getBytes(StandardCharsets.UTF_8);
            checked(Library.acrm_value_set_text(value, text, new NativeLong(text.length)));
        }
    }

    private static void writeMap(Pointer value, Map<?, ?> map, int depth) {
        checked(Library.acrm_value_set_map(value));
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            Pointer place = Library.acrm_value_put(value, utf8(String.valueOf(entry.getKey())));
            write(place, entry.getValue(), depth + 1);
        }
    }

    /** Ids, instants, days, amounts and choices as the text that JSON has for them. */
    private static String plain(Object given) {
        if (given instanceof BigDecimal) {
            return ((BigDecimal) given).toPlainString();
        }
        if (given instanceof CharSequence || given instanceof java.util.UUID
            || given instanceof Instant || given instanceof Duration || given instanceof Enum
            || given instanceof java.time.LocalDate || given instanceof java.time.LocalTime) {
            return given.toString();
        }
        throw AutocrmException.of("ACRM_E_INVALID",
            "a value cannot be a " + given.getClass().getName());
    }

    private static void checked(int status) {
        if (status != 0) {
            throw AutocrmException.of(status, null);
        }
    }
}
