// SPDX-License-Identifier: MIT
package org.autocrm;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** How a database is opened: Crm.opening("dealer.db").zone("Europe/Rome").open(). */
public final class Opening {
    private static final int KEY_BYTES = 32;

    final String where;
    String principal = "system";
    String zone;
    int flags;
    LongSupplier clock;
    byte[] key;
    final List<Transport> transports = new ArrayList<>();
    final List<Connector> connectors = new ArrayList<>();

    Opening(String where) {
        this.where = where;
    }

    /** Act as "user:UUID" or "customer:UUID" instead of "system". */
    public Opening principal(String who) {
        principal = who;
        return this;
    }

    /** IANA name of the business's time zone; UTC without it. */
    public Opening zone(String name) {
        zone = name;
        return this;
    }

    /** Crm.READONLY, NO_CREATE, SYNC_NORMAL, NO_UPGRADE, added up. */
    public Opening flags(int sum) {
        flags = sum;
        return this;
    }

    /** The clock, in microseconds since 1970; the system's without it. */
    public Opening clock(LongSupplier micros) {
        clock = micros;
        return this;
    }

    /** 32 bytes: the master key of encrypted fields. */
    public Opening key(byte[] bytes) {
        if (bytes.length != KEY_BYTES) {
            throw new IllegalArgumentException("a master key has 32 bytes");
        }
        key = bytes.clone();
        return this;
    }

    /** By which "engine.tick" sends messages. */
    public Opening transport(Transport transport) {
        transports.add(transport);
        return this;
    }

    /** Another system that "engine.tick" asks. */
    public Opening connector(Connector connector) {
        connectors.add(connector);
        return this;
    }

    /** Open it, creating or upgrading it as needed. */
    public Crm open() {
        return Crm.open(this);
    }
}
