// SPDX-License-Identifier: MIT
package org.autocrm;

import java.util.List;
import java.util.Map;

/** Sends messages when "engine.tick" is called. */
public interface Transport {
    /** Name under which messages say what sent them. */
    String name();

    /** Of "sms", "email", "fax", "letter", "phone", "push", "messenger", "portal", "webhook". */
    List<String> channels();

    /**
     * Hand over one message.
     *
     * @param message "channel", "to", "subject", "body", "html", "text", "name", "language", "key",
     *     "attempt", "unsubscribe", "country", "headers" (a map) and "files" (maps with "name",
     *     "media_type" and "data", a byte[])
     * @return null when it is on its way; else a map with "outcome": "accepted", "delivered",
     *     "retry", "refused" or "bad_address", and maybe "reference", "reason", "retry_after"
     *     (seconds) and "code". What is thrown counts as "retry", and comes out of the tick.
     */
    Map<String, ?> submit(Map<String, Object> message);

    /** Whether a message that is handed over twice under one key is sent once. */
    default boolean dedupes() {
        return false;
    }
}
