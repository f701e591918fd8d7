// SPDX-License-Identifier: MIT
package org.autocrm;

import com.sun.jna.Function;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the library asks of its host, between its structs and maps. */
final class Ports {
    private static final List<String> CHANNELS = List.of("sms", "email", "fax", "letter", "phone",
        "push", "messenger", "portal", "webhook");
    private static final List<String> OUTCOMES = List.of("retry", "accepted", "delivered", "refused",
        "bad_address");
    private static final int ANSWERED = 1;

    private Ports() {
    }

    /** A struct of the library's, read from where it is. */
    private static <T extends Structure> T at(Class<T> type, Pointer place) {
        T struct = Structure.newInstance(type, place);
        struct.read();
        return struct;
    }

    private static String text(Pointer text) {
        return text == null ? null : Values.text(text);
    }

    static int channels(List<String> channels) {
        int bits = 0;
        for (String channel : channels) {
            if (!CHANNELS.contains(channel)) {
                throw new IllegalArgumentException("there is no channel " + channel);
            }
            bits |= 1 << CHANNELS.indexOf(channel);
        }
        return bits;
    }

    private static List<Object> files(Library.Outgoing raw) {
        List<Object> files = new ArrayList<>();
        Library.OutgoingFile[] all = raw.nFiles == 0 ? new Library.OutgoingFile[0]
            : (Library.OutgoingFile[]) at(Library.OutgoingFile.class, raw.files).toArray(raw.nFiles);
        for (Library.OutgoingFile each : all) {
            Map<String, Object> file = new HashMap<>();
            file.put("name", text(each.name));
            file.put("media_type", text(each.mediaType));
            file.put("data", each.data == null ? new byte[0]
                : each.data.getByteArray(0, each.size.intValue()));
            files.add(file);
        }
        return files;
    }

    private static Map<String, Object> headers(Library.Outgoing raw) {
        Map<String, Object> headers = new LinkedHashMap<>();
        Library.OutgoingHeader[] all = raw.nHeaders == 0 ? new Library.OutgoingHeader[0]
            : (Library.OutgoingHeader[]) at(Library.OutgoingHeader.class, raw.headers)
                .toArray(raw.nHeaders);
        for (Library.OutgoingHeader each : all) {
            headers.put(text(each.name), text(each.value));
        }
        return headers;
    }

    private static Map<String, Object> message(Pointer place) {
        Library.Outgoing raw = at(Library.Outgoing.class, place);
        Map<String, Object> message = new HashMap<>();
        message.put("channel", CHANNELS.get(Integer.numberOfTrailingZeros(raw.channel)));
        message.put("html", raw.html != 0);
        message.put("attempt", (long) raw.attempt);
        message.put("key", text(raw.key));
        message.put("to", text(raw.to));
        message.put("name", text(raw.name));
        message.put("subject", text(raw.subject));
        message.put("body", text(raw.body));
        message.put("language", text(raw.language));
        message.put("text", text(raw.text));
        message.put("unsubscribe", text(raw.unsubscribe));
        message.put("country", text(raw.country));
        message.put("files", files(raw));
        message.put("headers", headers(raw));
        return message;
    }

    /** At most 127 bytes of a text, cut between characters. */
    private static void fit(Object text, byte[] room) {
        byte[] bytes = text == null ? new byte[0] : text.toString().getBytes(StandardCharsets.UTF_8);
        int len = Math.min(bytes.length, room.length - 1);
        while (len < bytes.length && (bytes[len] & 0xc0) == 0x80) {
            len--;
        }
        System.arraycopy(bytes, 0, room, 0, len);
    }

    private static int number(Object number) {
        return number instanceof Number ? ((Number) number).intValue() : 0;
    }

    static void submit(Transport transport, Pointer message, Pointer sent) {
        Map<String, ?> told = transport.submit(message(message));
        Map<String, ?> outcome = told == null ? Map.of() : told;
        Object word = outcome.containsKey("outcome") ? outcome.get("outcome") : "accepted";
        if (!OUTCOMES.contains(word)) {
            throw new IllegalArgumentException("an outcome is one of " + OUTCOMES);
        }
        Library.Outcome raw = at(Library.Outcome.class, sent);
        raw.outcome = OUTCOMES.indexOf(word);
        raw.retryAfter = number(outcome.get("retry_after"));
        raw.code = number(outcome.get("code"));
        fit(outcome.get("reference"), raw.reference);
        fit(outcome.get("reason"), raw.reason);
        raw.write();
    }

    static void ask(Connector connector, Pointer request, Pointer answer) {
        Library.Request raw = at(Library.Request.class, request);
        Library.Answer out = at(Library.Answer.class, answer);
        Map<String, Object> asked = new HashMap<>();
        asked.put("name", text(raw.name));
        asked.put("key", text(raw.key));
        asked.put("attempt", (long) raw.attempt);
        asked.put("timeout", raw.timeoutMs / 1000.0);
        asked.put("body", new Json().read(raw.body.getByteArray(0, raw.bodyLen.intValue())));
        try {
            byte[] body = Values.encode(connector.ask(asked));
            Function.getFunction(out.write)
                .invokeInt(new Object[] {out.to, body, new NativeLong(body.length)});
            out.outcome = ANSWERED;
        } catch (Connector.No no) {
            out.outcome = no.outcome;
            out.retryAfter = no.seconds;
            fit(no.getMessage(), out.reason);
        }
        out.write();
    }
}
