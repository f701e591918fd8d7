// SPDX-License-Identifier: MIT
package org.autocrm;

import java.util.function.LongSupplier;

/** A database that was opened, and a session on it; closing it closes both. */
public final class Crm extends Session {
    public static final int READONLY = 1;
    public static final int NO_CREATE = 2;
    public static final int SYNC_NORMAL = 4;
    public static final int NO_UPGRADE = 8;

    private Crm(Engine engine, String principal) {
        super(engine, principal);
    }

    /** Open a database as its system, creating or upgrading it as needed. */
    public static Crm open(String where) {
        return open(where, "system", null, 0, null);
    }

    /**
     * Open a database.
     *
     * @param where a file, "memory:", or what else the library can open
     * @param principal "system", "user:UUID" or "customer:UUID"
     * @param zone IANA name of the business's time zone; null: UTC
     * @param flags READONLY, NO_CREATE, SYNC_NORMAL, NO_UPGRADE, added up
     * @param micros the clock, in microseconds since 1970; null: the system's
     */
    public static Crm open(String where, String principal, String zone, int flags,
        LongSupplier micros) {
        Engine engine = new Engine(where, zone, flags, micros);
        try {
            return new Crm(engine, principal);
        } catch (RuntimeException wrong) {
            engine.close();
            throw wrong;
        }
    }

    /** Version of the library. */
    public static String version() {
        return Values.text(Library.acrm_version());
    }

    /** JSON text as maps, lists, texts and numbers. */
    public static Object parse(byte[] json) {
        return new Json().read(json);
    }

    @Override
    public void close() {
        super.close();
        engine.close();
    }
}
