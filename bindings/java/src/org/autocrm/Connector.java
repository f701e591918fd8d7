// SPDX-License-Identifier: MIT
package org.autocrm;

import java.util.Map;

/** Another system that is asked when "engine.tick" is called. */
public interface Connector {
    /** Name by which requests ask for it. */
    String name();

    /**
     * Answer one request.
     *
     * @param request "name", "body" (a map), "key" (the same in every attempt), "attempt" and
     *     "timeout" (seconds)
     * @return what a result may hold; or throws {@link Refused}, {@link Never} or {@link Later}.
     *     What else is thrown counts as Later, and comes out of the tick.
     */
    Object ask(Map<String, Object> request);

    /** Seconds within which an answer is wanted; 0: thirty. */
    default int timeout() {
        return 0;
    }

    /** Whether a request that is asked twice under one key has its effect once. */
    default boolean dedupes() {
        return false;
    }

    /** Why there is no answer. */
    abstract class No extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final int outcome;
        final int seconds;

        private No(int outcome, String reason, int seconds) {
            super(reason);
            this.outcome = outcome;
            this.seconds = seconds;
        }
    }

    /** The other side has understood, and the answer is no. */
    final class Refused extends No {
        private static final long serialVersionUID = 1L;

        public Refused(String reason) {
            super(2, reason, 0);
        }
    }

    /** This request will never be answered. */
    final class Never extends No {
        private static final long serialVersionUID = 1L;

        public Never(String reason) {
            super(3, reason, 0);
        }
    }

    /** Not now; seconds tell when to ask again, 0 when that is not known. */
    final class Later extends No {
        private static final long serialVersionUID = 1L;

        public Later(String reason, int seconds) {
            super(0, reason, seconds);
        }
    }
}
