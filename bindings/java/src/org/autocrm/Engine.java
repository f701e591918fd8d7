// SPDX-License-Identifier: MIT
package org.autocrm;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.util.function.LongSupplier;

/** An open database. */
final class Engine {
    private final Library.Options options = new Library.Options();
    private Library.Clock clock;
    private Memory zone;
    private Pointer handle;
    private final ThreadLocal<RuntimeException> thrown = new ThreadLocal<>();

    Engine(String where, String zoneName, int flags, LongSupplier micros) {
        options.structSize = options.size();
        options.flags = flags;
        if (zoneName != null) {
            byte[] text = Values.utf8(zoneName);
            zone = new Memory(text.length);
            zone.write(0, text, 0, text.length);
            options.zone = zone;
        }
        if (micros != null) {
            setClock(micros);
        }
        PointerByReference out = new PointerByReference();
        PointerByReference err = new PointerByReference();
        int status = Library.acrm_open(Values.utf8(where), options, out, err);
        if (status != 0) {
            throw thrown(AutocrmException.of(status, err.getValue()));
        }
        handle = out.getValue();
        RuntimeException raised = thrown(null);
        if (raised != null) {
            close();
            throw raised;
        }
    }

    private void setClock(LongSupplier micros) {
        clock = new Library.Clock();
        clock.structSize = clock.size();
        clock.now = self -> {
            try {
                return micros.getAsLong();
            } catch (RuntimeException wrong) {
                thrown.set(wrong);
                return 0;
            }
        };
        clock.write();
        options.clock = clock.getPointer();
    }

    /** What a callback threw within this thread's call, or else the failure given. */
    RuntimeException thrown(RuntimeException failure) {
        RuntimeException raised = thrown.get();
        thrown.remove();
        return raised != null ? raised : failure;
    }

    void rethrow() {
        RuntimeException raised = thrown(null);
        if (raised != null) {
            throw raised;
        }
    }

    synchronized Pointer handle() {
        if (handle == null) {
            throw AutocrmException.misuse("the database was closed");
        }
        return handle;
    }

    synchronized void close() {
        if (handle != null) {
            Library.acrm_close(handle);
            handle = null;
        }
    }
}
