// SPDX-License-Identifier: MIT
package org.autocrm;

import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A call failed; nothing was written. The statuses that programs tell apart have classes below. */
public class AutocrmException extends RuntimeException {
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
        return of(told);
    }

    static AutocrmException of(String name, String message) {
        return of(Map.of("name", name, "message", message, "field", "", "reason", "", "retriable",
            false, "fields", List.of()));
    }

    private static AutocrmException of(Map<String, Object> told) {
        switch ((String) told.get("name")) {
            case "ACRM_E_INVALID":
                return new Invalid(told);
            case "ACRM_E_NOTFOUND":
                return new NotFound(told);
            case "ACRM_E_CONFLICT":
                return new Conflict(told);
            case "ACRM_E_DENIED":
                return new Denied(told);
            case "ACRM_E_BUSY":
                return new Busy(told);
            case "ACRM_E_MISUSE":
                return new Misuse(told);
            default:
                return new AutocrmException(told);
        }
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

    /** The arguments break their schema or a rule; see {@link #fields}. */
    public static final class Invalid extends AutocrmException {
        private static final long serialVersionUID = 1L;

        private Invalid(Map<String, Object> told) {
            super(told);
        }
    }

    /** No such operation or record, or not one that this session may see. */
    public static final class NotFound extends AutocrmException {
        private static final long serialVersionUID = 1L;

        private NotFound(Map<String, Object> told) {
            super(told);
        }
    }

    /** A stale version, or a value that must be unique is taken. */
    public static final class Conflict extends AutocrmException {
        private static final long serialVersionUID = 1L;

        private Conflict(Map<String, Object> told) {
            super(told);
        }
    }

    /** The session's role lacks the permission of this operation. */
    public static final class Denied extends AutocrmException {
        private static final long serialVersionUID = 1L;

        private Denied(Map<String, Object> told) {
            super(told);
        }
    }

    /** Another writer holds the storage; try again. */
    public static final class Busy extends AutocrmException {
        private static final long serialVersionUID = 1L;

        private Busy(Map<String, Object> told) {
            super(told);
        }
    }

    /** A fault of the program: use after close, two calls at once in a session. */
    public static final class Misuse extends AutocrmException {
        private static final long serialVersionUID = 1L;

        private Misuse(Map<String, Object> told) {
            super(told);
        }
    }
}
