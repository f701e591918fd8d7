// SPDX-License-Identifier: MIT
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.autocrm.Crm;

/** Prints the microseconds of a get: Bench DATABASE (see bindings/bench.py). */
public final class Bench {
    /** Nanoseconds of processor time of all threads. */
    private static long used() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime();
    }

    public static void main(String[] args) {
        try (Crm crm = Crm.opening(args[0]).flags(Crm.SYNC_NORMAL).open()) {
            List<Object> ids = new ArrayList<>();
            for (Map<String, Object> each : crm.each("customer.list",
                Map.of("limit", 1000, "fields", List.of("id")))) {
                ids.add(each.get("id"));
            }
            double[] runs = new double[15];
            for (int run = 0; run < runs.length; run++) {
                long begin = used();
                for (int n = 0; n < 5000; n++) {
                    crm.call("customer.get", "id", ids.get(n * 7919 % 10000));
                }
                runs[run] = (used() - begin) / 5000 / 1000.0;
            }
            double[] warm = Arrays.copyOfRange(runs, 6, runs.length);
            Arrays.sort(warm);
            System.out.println(warm[4]);
        }
    }
}
