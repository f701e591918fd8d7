// SPDX-License-Identifier: MIT
package org.autocrm;

import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** What one call reads from, writes to and tells its progress. */
final class Lent {
    private static final int FAILED = -7;

    InputStream input;
    OutputStream output;
    Progress progress;
    /** Kept as long as the library may call them. */
    private Library.Stream read;
    private Library.Sink write;
    private Library.Tell tell;

    private interface Action {
        long run() throws IOException;
    }

    private static long guarded(Engine engine, long failed, Action action) {
        try {
            return action.run();
        } catch (IOException wrong) {
            engine.caught(new UncheckedIOException(wrong));
        } catch (RuntimeException | Error wrong) {
            engine.caught(wrong);
        }
        return failed;
    }

    void lay(Engine engine, Pointer session) {
        if (input != null) {
            read = (user, place, room) -> guarded(engine, FAILED, () -> {
                byte[] bytes = input.readNBytes(room.intValue());
                place.write(0, bytes, 0, bytes.length);
                return bytes.length;
            });
        }
        if (output != null) {
            write = (user, place, size) -> (int) guarded(engine, FAILED, () -> {
                output.write(place.getByteArray(0, size.intValue()));
                return 0;
            });
        }
        if (progress != null) {
            tell = (user, what, done, total) -> (int) guarded(engine, 1,
                () -> progress.tell(Values.text(what), done, total) ? 0 : 1);
        }
        Library.acrm_session_set_input(session, read, null);
        Library.acrm_session_set_output(session, write, null);
        Library.acrm_session_set_progress(session, tell, null);
    }

    static void takeBack(Pointer session) {
        Library.acrm_session_set_input(session, null, null);
        Library.acrm_session_set_output(session, null, null);
        Library.acrm_session_set_progress(session, null, null);
    }
}
