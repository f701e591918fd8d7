// SPDX-License-Identifier: MIT
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.autocrm.Crm;

/** Prints the microseconds of a get: Bench DATABASE (see bindings/bench.py). */
public final class Bench {
    public static void main(String[] args) {
        try (Crm crm = Crm.open(args[0], "system", null, Crm.SYNC_NORMAL, null)) {
            for (int start = 0; start < 10000; start += 1000) {
                List<Map<String, Object>> records = new ArrayList<>();
                for (int n = start; n < start + 1000; n++) {
                    records.add(Map.of("name", String.format("Customer %06d", n)));
                }
                crm.call("customer.create_many", "records", records);
            }
            List<Object> ids = new ArrayList<>();
            for (Map<String, Object> each : crm.each("customer.list",
                Map.of("limit", 1000, "fields", List.of("id")))) {
                ids.add(each.get("id"));
            }
            double[] runs = new double[7];
            for (int run = 0; run < runs.length; run++) {
                long begin = System.nanoTime();
                for (int n = 0; n < 5000; n++) {
                    crm.call("customer.get", "id", ids.get(n * 7919 % 10000));
                }
                runs[run] = (System.nanoTime() - begin) / 5000 / 1000.0;
            }
            double[] warm = Arrays.copyOfRange(runs, 2, runs.length);
            Arrays.sort(warm);
            System.out.println(warm[2]);
        }
    }
}
