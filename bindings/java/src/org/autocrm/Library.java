// SPDX-License-Identifier: MIT
package org.autocrm;

import com.sun.jna.Callback;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.ptr.PointerByReference;

/** The functions of the shared library, as JNA maps them. */
final class Library {
    static {
        String asked = System.getenv("AUTOCRM_LIBRARY");
        Native.register(Library.class, asked != null ? asked : "libautocrm.so.0");
    }

    private Library() {
    }

    /** The clock port. */
    interface Now extends Callback {
        long now(Pointer self);
    }

    @Structure.FieldOrder({"structSize", "flags", "self", "now"})
    public static class Clock extends Structure {
        public int structSize;
        public int flags;
        public Pointer self;
        public Now now;
    }

    @Structure.FieldOrder({"structSize", "flags", "allocator", "clock", "random", "log", "keys",
        "zone", "blobs", "transports", "nTransports", "phone"})
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
    }

    static native Pointer acrm_version();

    static native Pointer acrm_status_name(int status);

    static native Pointer acrm_error_json(Pointer error);

    static native void acrm_error_free(Pointer error);

    static native int acrm_open(byte[] where, Options options, PointerByReference out,
        PointerByReference err);

    static native void acrm_close(Pointer engine);

    static native int acrm_session_new(Pointer engine, byte[] principal, PointerByReference out,
        PointerByReference err);

    static native void acrm_session_free(Pointer session);

    static native int acrm_call_json(Pointer session, byte[] operation, byte[] json,
        NativeLong jsonLen, Pointer out, Pointer err);

    static native Pointer acrm_buf_data(Pointer buf);

    static native NativeLong acrm_buf_len(Pointer buf);

    static native void acrm_buf_free(Pointer buf);
}
