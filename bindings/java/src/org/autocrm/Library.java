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

    static native int acrm_call(Pointer session, byte[] operation, Pointer args,
        PointerByReference out, PointerByReference err);

    static native int acrm_value_new(Pointer allocator, PointerByReference out);

    static native void acrm_value_free(Pointer root);

    static native int acrm_value_parse(Pointer allocator, byte[] json, NativeLong len,
        PointerByReference out, PointerByReference err);

    static native int acrm_value_type(Pointer value);

    static native int acrm_value_bool(Pointer value);

    static native long acrm_value_int(Pointer value);

    static native double acrm_value_real(Pointer value);

    static native Pointer acrm_value_text(Pointer value, long[] len);

    static native NativeLong acrm_value_count(Pointer value);

    static native Pointer acrm_value_at(Pointer value, NativeLong n);

    static native Pointer acrm_value_key(Pointer map, NativeLong n, long[] len);

    static native int acrm_value_set_null(Pointer value);

    static native int acrm_value_set_bool(Pointer value, int truth);

    static native int acrm_value_set_int(Pointer value, long integer);

    static native int acrm_value_set_real(Pointer value, double real);

    static native int acrm_value_set_text(Pointer value, byte[] text, NativeLong len);

    static native int acrm_value_set_bytes(Pointer value, byte[] bytes, NativeLong len);

    static native int acrm_value_set_list(Pointer value);

    static native int acrm_value_set_map(Pointer value);

    static native Pointer acrm_value_add(Pointer list);

    static native Pointer acrm_value_put(Pointer map, byte[] key);
}
