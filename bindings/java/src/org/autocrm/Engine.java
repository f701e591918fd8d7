// SPDX-License-Identifier: MIT
package org.autocrm;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.ptr.PointerByReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** An open database, with the callbacks that it may make. */
final class Engine {
    private final Library.Options options = new Library.Options();
    /** What the library uses while the database is open. */
    private final List<Object> kept = new ArrayList<>();
    private Pointer handle;
    private final ThreadLocal<Throwable> thrown = new ThreadLocal<>();

    Engine(Opening asked) {
        options.structSize = options.size();
        options.flags = asked.flags;
        options.zone = asked.zone == null ? null : keep(asked.zone);
        options.clock = asked.clock == null ? null : clock(asked.clock);
        options.keys = asked.key == null ? null : keys(asked.key);
        options.nTransports = asked.transports.size();
        options.transports = asked.transports.isEmpty() ? null : transports(asked.transports);
        options.nConnectors = asked.connectors.size();
        options.connectors = asked.connectors.isEmpty() ? null : connectors(asked.connectors);
        PointerByReference out = new PointerByReference();
        PointerByReference err = new PointerByReference();
        int status = Library.acrm_open(Values.utf8(asked.where), options, out, err);
        handle = out.getValue();
        try {
            rethrow(status == 0 ? null : AutocrmException.of(status, err.getValue()));
        } catch (RuntimeException | Error wrong) {
            close();
            throw wrong;
        }
    }

    private Pointer keep(String text) {
        byte[] bytes = Values.utf8(text);
        Memory memory = new Memory(bytes.length);
        memory.write(0, bytes, 0, bytes.length);
        kept.add(memory);
        return memory;
    }

    private Pointer keep(Structure struct) {
        struct.write();
        kept.add(struct);
        return struct.getPointer();
    }

    private Pointer clock(LongSupplier micros) {
        Library.ClockPort port = new Library.ClockPort();
        port.structSize = port.size();
        port.now = self -> {
            try {
                return micros.getAsLong();
            } catch (RuntimeException | Error wrong) {
                caught(wrong);
                return 0;
            }
        };
        return keep(port);
    }

    private Pointer keys(byte[] key) {
        Library.KeyPort port = new Library.KeyPort();
        port.structSize = port.size();
        port.get = (self, place) -> {
            place.write(0, key, 0, key.length);
            return 0;
        };
        return keep(port);
    }

    private Pointer transports(List<Transport> transports) {
        Library.TransportPort[] ports = (Library.TransportPort[])
            new Library.TransportPort().toArray(transports.size());
        for (int n = 0; n < ports.length; n++) {
            Transport transport = transports.get(n);
            ports[n].structSize = ports[n].size();
            ports[n].flags = transport.dedupes() ? 1 : 0;
            ports[n].name = keep(transport.name());
            ports[n].channels = Ports.channels(transport.channels());
            ports[n].submit = guarded((message, sent) -> Ports.submit(transport, message, sent));
            keep(ports[n]);
        }
        return ports[0].getPointer();
    }

    private Pointer connectors(List<Connector> connectors) {
        Library.ConnectorPort[] ports = (Library.ConnectorPort[])
            new Library.ConnectorPort().toArray(connectors.size());
        for (int n = 0; n < ports.length; n++) {
            Connector connector = connectors.get(n);
            ports[n].structSize = ports[n].size();
            ports[n].flags = connector.dedupes() ? 1 : 0;
            ports[n].name = keep(connector.name());
            ports[n].timeoutMs = connector.timeout() * 1000;
            ports[n].ask = guarded((request, answer) -> Ports.ask(connector, request, answer));
            keep(ports[n]);
        }
        return ports[0].getPointer();
    }

    private interface Handing {
        void hand(Pointer what, Pointer outcome);
    }

    /** No exception may pass through the library's frames: it is kept for the call. */
    private Library.Hand guarded(Handing handing) {
        return (self, what, outcome) -> {
            try {
                handing.hand(what, outcome);
                return 0;
            } catch (RuntimeException | Error wrong) {
                caught(wrong);
                return -1;
            }
        };
    }

    /** What a callback threw is kept for the call that made it. */
    void caught(Throwable wrong) {
        if (thrown.get() == null) {
            thrown.set(wrong);
        }
    }

    /** Throw what a callback threw within this thread's call, or else the failure given, if any. */
    void rethrow(RuntimeException failure) {
        Throwable raised = thrown.get();
        thrown.remove();
        if (raised instanceof Error) {
            throw (Error) raised;
        } else if (raised != null) {
            throw (RuntimeException) raised;
        } else if (failure != null) {
            throw failure;
        }
    }

    /** The registry as JSON text. */
    synchronized byte[] describe(String what) {
        PointerByReference out = new PointerByReference();
        PointerByReference err = new PointerByReference();
        int status = Library.acrm_describe(handle(), Values.utf8(what), out, err);
        if (status != 0) {
            throw AutocrmException.of(status, err.getValue());
        }
        return Library.take(out.getValue());
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
