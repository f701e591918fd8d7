// SPDX-License-Identifier: MIT
package org.autocrm;

/** Hears how far long work is. */
public interface Progress {
    /** What is being done, how much of it is done, and of how much; false ends the call. */
    boolean tell(String what, long done, long total);
}
