// SPDX-License-Identifier: MIT
package org.autocrm;

/** A database that was opened, and a session on it; closing it closes both. */
public final class Crm extends Session {
    public static final int READONLY = 1;
    public static final int NO_CREATE = 2;
    public static final int SYNC_NORMAL = 4;
    public static final int NO_UPGRADE = 8;

    private Crm(Engine engine, String principal) {
        super(engine, principal);
    }

    /**
     * Open a database as its system, creating or upgrading it as needed.
     *
     * @param where a file, "memory:", or what else the library can open
     */
    public static Crm open(String where) {
        return opening(where).open();
    }

    /** Open a database in some other way. */
    public static Opening opening(String where) {
        return new Opening(where);
    }

    static Crm open(Opening asked) {
        Engine engine = new Engine(asked);
        try {
            return new Crm(engine, asked.principal);
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
