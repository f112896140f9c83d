package millrace.peers.flink.queries;

import millrace.peers.flink.records.Reading;
import millrace.peers.flink.records.Totals;
import millrace.peers.flink.results.RowForm;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** {@code keyed}: count and sum for each of a million keys, a row for every reading. */
final class RunningTotals implements Query {
    @Override
    public void build(Workload workload) {
        workload.results(
                workload.readings()
                        .keyBy(reading -> reading.key, Types.INT)
                        .process(new Update(), Totals.TYPE),
                RowForm.ofLast(row -> row.sum, row -> row.key + "|" + row.count + "|" + row.sum, row -> row.key));
    }

    private static final class Update extends KeyedProcessFunction<Integer, Reading, Totals> {
        private transient ValueState<Totals> totals;

        @Override
        public void open(OpenContext context) {
            totals = getRuntimeContext().getState(new ValueStateDescriptor<>("totals", Totals.TYPE));
        }

        @Override
        public void processElement(Reading reading, Context context, Collector<Totals> out) throws Exception {
            Totals current = totals.value();
            if (current == null) {
                current = new Totals(reading.key, 0, 0);
            }
            current.count++;
            current.sum += reading.value;
            totals.update(current);
            out.collect(new Totals(current.key, current.count, current.sum));
        }
    }
}
