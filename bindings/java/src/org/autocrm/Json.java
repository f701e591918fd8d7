// SPDX-License-Identifier: MIT
package org.autocrm;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON text into maps, lists, texts, numbers and truths. The names of members come again with
 * every answer: a reader keeps those it has seen. Used by one thread at a time.
 */
final class Json {
    private static final int MAX_DEPTH = 128;
    private static final int KEPT = 512;
    private static final int NAME_MAX = 64;

    private final String[] names = new String[KEPT];
    private final byte[][] spelt = new byte[KEPT][];
    private byte[] text;
    private int at;
    private int depth;

    /** The value that the text is. */
    Object read(byte[] json) {
        text = json;
        at = 0;
        depth = 0;
        try {
            Object value = value();
            if (next() != -1) {
                throw broken();
            }
            return value;
        } catch (ArrayIndexOutOfBoundsException cut) {
            throw broken();
        } finally {
            text = null;
        }
    }

    private static AutocrmException broken() {
        return AutocrmException.of("ACRM_E_INVALID", "this is not JSON");
    }

    /** The next character that is no space, or -1 at the end. */
    private int next() {
        while (at < text.length) {
            byte c = text[at];
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
                return c;
            }
            at++;
        }
        return -1;
    }

    private Object value() {
        switch (next()) {
            case '{':
                return map();
            case '[':
                return list();
            case '"':
                return string();
            case 't':
                return word("true", Boolean.TRUE);
            case 'f':
                return word("false", Boolean.FALSE);
            case 'n':
                return word("null", null);
            default:
                return number();
        }
    }

    private Object word(String word, Object meaning) {
        for (int n = 0; n < word.length(); n++) {
            if (text[at++] != word.charAt(n)) {
                throw broken();
            }
        }
        return meaning;
    }

    private void enter() {
        if (++depth > MAX_DEPTH) {
            throw AutocrmException.of("ACRM_E_LIMIT", "JSON is at most " + MAX_DEPTH + " deep");
        }
        at++;
    }

    /** Past a comma, or past the end of a list or map; whether that was the end. */
    private boolean ended(char end) {
        int c = next();
        at++;
        if (c != ',' && c != end) {
            throw broken();
        }
        return c == end;
    }

    private Map<String, Object> map() {
        Map<String, Object> map = new LinkedHashMap<>();
        enter();
        boolean end = next() == '}' && ended('}');
        while (!end) {
            if (next() != '"') {
                throw broken();
            }
            String name = name();
            if (next() != ':') {
                throw broken();
            }
            at++;
            map.put(name, value());
            end = ended('}');
        }
        depth--;
        return map;
    }

    private List<Object> list() {
        List<Object> list = new ArrayList<>();
        enter();
        boolean end = next() == ']' && ended(']');
        while (!end) {
            list.add(value());
            end = ended(']');
        }
        depth--;
        return list;
    }

    private Object number() {
        int start = at;
        boolean whole = true;
        for (; at < text.length && "+-.0123456789Ee".indexOf(text[at]) >= 0; at++) {
            whole = whole && text[at] != '.' && (text[at] | 0x20) != 'e';
        }
        String digits = new String(text, start, at - start, StandardCharsets.ISO_8859_1);
        try {
            return whole ? (Object) Long.valueOf(digits) : (Object) Double.valueOf(digits);
        } catch (NumberFormatException wrong) {
            throw broken();
        }
    }

    /** A string that names a member. */
    private String name() {
        int start = at + 1;
        int hash = 0;
        int end = start;
        for (; text[end] != '"'; end++) {
            if (text[end] == '\\') {
                return string();
            }
            hash = hash * 31 + text[end];
        }
        int place = (hash ^ hash >>> 9) & KEPT - 1;
        if (!same(spelt[place], start, end)) {
            String name = new String(text, start, end - start, StandardCharsets.UTF_8);
            if (end - start > NAME_MAX) {
                at = end + 1;
                return name;
            }
            spelt[place] = Arrays.copyOfRange(text, start, end);
            names[place] = name;
        }
        at = end + 1;
        return names[place];
    }

    private boolean same(byte[] known, int start, int end) {
        return known != null
            && Arrays.equals(known, 0, known.length, text, start, end);
    }

    private String string() {
        int start = at + 1;
        boolean plain = true;
        int end = start;
        for (; text[end] != '"'; end++) {
            if (text[end] == '\\') {
                return escaped(start, end);
            }
            plain = plain && text[end] >= 0;
        }
        at = end + 1;
        return new String(text, start, end - start,
            plain ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }

    /** The rest of a string whose first escape is at end. */
    private String escaped(int start, int end) {
        StringBuilder string = new StringBuilder();
        int from = start;
        for (at = end; text[at] != '"'; at++) {
            if (text[at] == '\\') {
                string.append(new String(text, from, at - from, StandardCharsets.UTF_8));
                string.append(escape());
                from = at + 1;
            }
        }
        string.append(new String(text, from, at - from, StandardCharsets.UTF_8));
        at++;
        return string.toString();
    }

    /** The character that an escape stands for; its last byte is then the one that was read. */
    private char escape() {
        byte c = text[++at];
        int known = "\"\\/bfnrt".indexOf(c);
        if (known >= 0) {
            return "\"\\/\b\f\n\r\t".charAt(known);
        }
        int code = c == 'u' ? 0 : -1;
        for (int n = 0; n < 4 && code >= 0; n++) {
            int digit = Character.digit(text[++at], 16);
            code = digit < 0 ? -1 : code * 16 + digit;
        }
        if (code < 0) {
            throw broken();
        }
        return (char) code;
    }
}
