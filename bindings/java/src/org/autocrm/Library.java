// SPDX-License-Identifier: MIT
package org.autocrm;

import com.sun.jna.Callback;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import com.sun.jna.ptr.PointerByReference;

/** The functions of the shared library and its structs, as JNA maps them. */
final class Library {
    static {
        String asked = System.getenv("AUTOCRM_LIBRARY");
        try {
            Native.register(Library.class, asked != null ? asked : "libautocrm.so.0");
        } catch (UnsatisfiedLinkError wrong) {
            throw new UnsatisfiedLinkError("the shared library of autocrm was not found: install it, or"
                + " name the file in the environment variable AUTOCRM_LIBRARY (" + wrong.getMessage()
                + ")");
        }
    }

    private Library() {
    }

    /** The clock port. */
    interface Now extends Callback {
        long now(Pointer self);
    }

    /** The key port. */
    interface GetKey extends Callback {
        int get(Pointer self, Pointer key);
    }

    /** Of the transport and connector ports: what is handed over, and where the outcome goes. */
    interface Hand extends Callback {
        int hand(Pointer self, Pointer what, Pointer outcome);
    }

    /** Fills a place with so many bytes, or takes so many from it. */
    interface Stream extends Callback {
        long move(Pointer user, Pointer place, NativeLong size);
    }

    /** Takes so many bytes. */
    interface Sink extends Callback {
        int take(Pointer user, Pointer bytes, NativeLong size);
    }

    /** Hears how far long work is. */
    interface Tell extends Callback {
        int tell(Pointer user, Pointer what, long done, long total);
    }

    @FieldOrder({"structSize", "flags", "self", "now"})
    public static class ClockPort extends Structure {
        public int structSize;
        public int flags;
        public Pointer self;
        public Now now;
    }

    @FieldOrder({"structSize", "flags", "self", "get"})
    public static class KeyPort extends Structure {
        public int structSize;
        public int flags;
        public Pointer self;
        public GetKey get;
    }

    @FieldOrder({"name", "mediaType", "data", "size"})
    public static class OutgoingFile extends Structure {
        public Pointer name;
        public Pointer mediaType;
        public Pointer data;
        public NativeLong size;
    }

    @FieldOrder({"name", "value"})
    public static class OutgoingHeader extends Structure {
        public Pointer name;
        public Pointer value;
    }

    @FieldOrder({"structSize", "channel", "html", "attempt", "key", "to", "name", "subject", "body",
        "language", "text", "unsubscribe", "country", "files", "headers", "nFiles", "nHeaders"})
    public static class Outgoing extends Structure {
        public int structSize;
        public int channel;
        public int html;
        public int attempt;
        public Pointer key;
        public Pointer to;
        public Pointer name;
        public Pointer subject;
        public Pointer body;
        public Pointer language;
        public Pointer text;
        public Pointer unsubscribe;
        public Pointer country;
        public Pointer files;
        public Pointer headers;
        public int nFiles;
        public int nHeaders;
    }

    /** What came of handing over; an answer of a connector begins with the same. */
    @FieldOrder({"structSize", "outcome", "retryAfter", "code", "reference", "reason"})
    public static class Outcome extends Structure {
        public int structSize;
        public int outcome;
        public int retryAfter;
        public int code;
        public byte[] reference = new byte[128];
        public byte[] reason = new byte[128];
    }

    @FieldOrder({"to", "write"})
    public static class Answer extends Outcome {
        public Pointer to;
        public Pointer write;
    }

    @FieldOrder({"structSize", "flags", "name", "channels", "bodyMax", "rate", "rateWindow", "self",
        "submit", "filesMax", "reserved"})
    public static class TransportPort extends Structure {
        public int structSize;
        public int flags;
        public Pointer name;
        public int channels;
        public int bodyMax;
        public int rate;
        public int rateWindow;
        public Pointer self;
        public Hand submit;
        public int filesMax;
        public int reserved;
    }

    @FieldOrder({"structSize", "attempt", "key", "name", "body", "bodyLen", "timeoutMs", "reserved"})
    public static class Request extends Structure {
        public int structSize;
        public int attempt;
        public Pointer key;
        public Pointer name;
        public Pointer body;
        public NativeLong bodyLen;
        public int timeoutMs;
        public int reserved;
    }

    @FieldOrder({"structSize", "flags", "name", "timeoutMs", "answerMax", "self", "ask"})
    public static class ConnectorPort extends Structure {
        public int structSize;
        public int flags;
        public Pointer name;
        public int timeoutMs;
        public int answerMax;
        public Pointer self;
        public Hand ask;
    }

    @FieldOrder({"structSize", "flags", "allocator", "clock", "random", "log", "keys", "zone",
        "blobs", "transports", "nTransports", "phone", "connectors", "nConnectors"})
    public static class Options extends Structure {
        public int structSize;
        public int flags;
        public Pointer allocator;
        public Pointer clock;
        public Pointer random;
        public Pointer log;
        public Pointer keys;
        public Pointer zone;
        public Pointer blobs;
        public Pointer transports;
        public int nTransports;
        public Pointer phone;
        public Pointer connectors;
        public int nConnectors;
    }

    static native Pointer acrm_version();

    static native Pointer acrm_status_name(int status);

    static native Pointer acrm_error_json(Pointer error);

    static native void acrm_error_free(Pointer error);

    static native int acrm_open(byte[] where, Options options, PointerByReference out,
        PointerByReference err);

    static native void acrm_close(Pointer engine);

    static native int acrm_describe(Pointer engine, byte[] what, PointerByReference out,
        PointerByReference err);

    static native int acrm_session_new(Pointer engine, byte[] principal, PointerByReference out,
        PointerByReference err);

    static native void acrm_session_free(Pointer session);

    static native void acrm_session_set_input(Pointer session, Stream read, Pointer user);

    static native void acrm_session_set_output(Pointer session, Sink write, Pointer user);

    static native void acrm_session_set_progress(Pointer session, Tell progress, Pointer user);

    static native void acrm_interrupt(Pointer session, int on);

    static native int acrm_call_json(Pointer session, byte[] operation, byte[] json,
        NativeLong jsonLen, Pointer out, Pointer err);

    static native Pointer acrm_buf_data(Pointer buf);

    static native NativeLong acrm_buf_len(Pointer buf);

    static native void acrm_buf_free(Pointer buf);

    /** The text in a buffer of the library's, which is freed. */
    static byte[] take(Pointer buf) {
        byte[] text = acrm_buf_data(buf).getByteArray(0, acrm_buf_len(buf).intValue());
        acrm_buf_free(buf);
        return text;
    }
}
