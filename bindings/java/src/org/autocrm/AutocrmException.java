// SPDX-License-Identifier: MIT
package org.autocrm;

import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A call failed; nothing was written. */
public final class AutocrmException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Map<String, Object> told;

    private AutocrmException(Map<String, Object> told) {
        super(String.valueOf(told.get("message")));
        this.told = told;
    }

    /** The exception of a status; frees the library's error. */
    static AutocrmException of(int status, Pointer error) {
        if (error == null) {
            return of(Values.text(Library.acrm_status_name(status)), "the call failed");
        }
        byte[] json = Values.text(Library.acrm_error_json(error)).getBytes(StandardCharsets.UTF_8);
        Library.acrm_error_free(error);
        @SuppressWarnings("unchecked")
        Map<String, Object> told = (Map<String, Object>) new Json().read(json);
        return new AutocrmException(told);
    }

    static AutocrmException of(String name, String message) {
        return new AutocrmException(Map.of("name", name, "message", message, "field", "", "reason",
            "", "retriable", false, "fields", List.of()));
    }

    static AutocrmException misuse(String message) {
        return of("ACRM_E_MISUSE", message);
    }

    /** The status: "ACRM_E_INVALID", "ACRM_E_NOTFOUND", "ACRM_E_CONFLICT" ... */
    public String name() {
        return (String) told.get("name");
    }

    /** Path of the first failing field, or "". */
    public String field() {
        return (String) told.get("field");
    }

    /** A stable word: "required", "choice" ... */
    public String reason() {
        return (String) told.get("reason");
    }

    /** Whether the same call may succeed later without a change. */
    public boolean retriable() {
        return Boolean.TRUE.equals(told.get("retriable"));
    }

    /** Of a failed validation: every failing field, with "field", "reason" and "message". */
    @SuppressWarnings("unchecked")
    public List<Map<String, Object>> fields() {
        return (List<Map<String, Object>>) told.getOrDefault("fields", List.of());
    }
}
