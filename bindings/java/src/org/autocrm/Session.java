// SPDX-License-Identifier: MIT
package org.autocrm;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.Reference;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Somebody acting on a database. Used by one thread at a time: another one that tries meanwhile is
 * told so. Results are maps and lists; amounts, ids, instants and days are text, as in JSON.
 */
public class Session implements AutoCloseable {
    final Engine engine;
    private final ReentrantLock lock = new ReentrantLock();
    private final Json reader = new Json();
    /** Where a call leaves its answer, and behind it its error. */
    private final Memory answer = new Memory(2L * Native.POINTER_SIZE);
    private final Pointer error = answer.share(Native.POINTER_SIZE);
    private Pointer handle;
    private Lent lent;
    private volatile boolean interrupted;

    Session(Engine engine, String principal) {
        this.engine = engine;
        PointerByReference out = new PointerByReference();
        PointerByReference err = new PointerByReference();
        int status = Library.acrm_session_new(engine.handle(), Values.utf8(principal), out, err);
        if (status != 0) {
            throw AutocrmException.of(status, err.getValue());
        }
        handle = out.getValue();
    }

    /** Another session: "user:UUID", "customer:UUID" or "system". */
    public Session actingAs(String principal) {
        return new Session(engine, principal);
    }

    /** The registry as data: "registry", "openapi", "entities", "operations", or a noun. */
    @SuppressWarnings("unchecked")
    public Map<String, Object> describe(String what) {
        return (Map<String, Object>) new Json().read(engine.describe(what));
    }

    private Lent lending() {
        lent = lent == null ? new Lent() : lent;
        return lent;
    }

    /** What the next call reads from: crm.input(file).call("import.run", "source", "leads.csv"). */
    public Session input(InputStream input) {
        lending().input = input;
        return this;
    }

    /** What the next call writes to: crm.output(file).call("attachment.read", "id", photo). */
    public Session output(OutputStream output) {
        lending().output = output;
        return this;
    }

    /** Whom the next call tells its progress. */
    public Session progress(Progress progress) {
        lending().progress = progress;
        return this;
    }

    /** Run an operation; keys and values of its arguments alternate: "id", lead, "force", true. */
    public Map<String, Object> call(String operation, Object... arguments) {
        if (arguments.length % 2 != 0) {
            throw AutocrmException.misuse("arguments are names and values in turn");
        }
        Map<String, Object> map = new LinkedHashMap<>();
        for (int n = 0; n < arguments.length; n += 2) {
            map.put((String) arguments[n], arguments[n + 1]);
        }
        return call(operation, map);
    }

    /** Run an operation. */
    @SuppressWarnings("unchecked")
    public Map<String, Object> call(String operation, Map<String, ?> arguments) {
        Lent now = lent;
        lent = null;
        byte[] json = Values.encode(arguments);
        enter();
        try {
            if (handle == null) {
                throw AutocrmException.misuse("the session was closed");
            }
            return (Map<String, Object>) run(Values.utf8(operation), json, now);
        } finally {
            lock.unlock();
        }
    }

    private Object run(byte[] operation, byte[] json, Lent now) {
        if (interrupted) {
            interrupted = false;
            Library.acrm_interrupt(handle, 0);
        }
        if (now != null) {
            now.lay(engine, handle);
        }
        answer.clear();
        int status = Library.acrm_call_json(handle, operation, json, new NativeLong(json.length),
            answer, error);
        if (now != null) {
            Lent.takeBack(handle);
            Reference.reachabilityFence(now);
        }
        byte[] text = status == 0 ? Library.take(answer.getPointer(0)) : null;
        engine.rethrow(status == 0 ? null : AutocrmException.of(status, error.getPointer(0)));
        return reader.read(text);
    }

    /** End the running call; the one method that another thread may use. */
    public void interrupt() {
        synchronized (answer) {
            if (handle != null) {
                Library.acrm_interrupt(handle, 1);
                interrupted = true;
            }
        }
    }

    private void enter() {
        if (lock.isHeldByCurrentThread() || !lock.tryLock()) {
            throw AutocrmException.misuse("a session runs one call at a time");
        }
    }

    /** Walk a list to its end, page by page: each("customer.list", Map.of("limit", 100)). */
    public Iterable<Map<String, Object>> each(String list, Map<String, ?> arguments) {
        return () -> new Walk(list, new HashMap<>(arguments));
    }

    /** The same without arguments. */
    public Iterable<Map<String, Object>> each(String list) {
        return each(list, Map.of());
    }

    private final class Walk implements Iterator<Map<String, Object>> {
        private final String operation;
        private final Map<String, Object> arguments;
        private final ArrayDeque<Map<String, Object>> page = new ArrayDeque<>();
        private boolean last;

        Walk(String operation, Map<String, Object> arguments) {
            this.operation = operation;
            this.arguments = arguments;
        }

        @Override
        @SuppressWarnings("unchecked")
        public boolean hasNext() {
            while (page.isEmpty() && !last) {
                Map<String, Object> got = call(operation, arguments);
                page.addAll((List<Map<String, Object>>) got.get("items"));
                arguments.put("after", got.get("next"));
                last = got.get("next") == null;
            }
            return !page.isEmpty();
        }

        @Override
        public Map<String, Object> next() {
            return hasNext() ? page.remove() : page.element();
        }
    }

    /** End the session. Closing twice does nothing. */
    @Override
    public void close() {
        enter();
        try {
            synchronized (answer) {
                if (handle != null) {
                    Library.acrm_session_free(handle);
                    handle = null;
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
