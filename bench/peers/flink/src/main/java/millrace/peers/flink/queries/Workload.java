package millrace.peers.flink.queries;

import java.time.Duration;
import millrace.peers.flink.generator.Auction;
import millrace.peers.flink.generator.Bid;
import millrace.peers.flink.generator.Event;
import millrace.peers.flink.generator.EventGenerator;
import millrace.peers.flink.generator.Person;
import millrace.peers.flink.generator.ReadingGenerator;
import millrace.peers.flink.records.Reading;
import millrace.peers.flink.results.ResultSink;
import millrace.peers.flink.results.RowForm;
import millrace.peers.flink.source.GeneratorSource;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Where queries begin and end. */
public final class Workload {
    private static final Duration OUT_OF_ORDERNESS = Duration.ofSeconds(1);

    private final StreamExecutionEnvironment environment;
    private final int eventCount;
    private final String resultFolder;
    private final boolean isChecked;

    public Workload(StreamExecutionEnvironment environment, int eventCount, String resultFolder, boolean isChecked) {
        this.environment = environment;
        this.eventCount = eventCount;
        this.resultFolder = resultFolder;
        this.isChecked = isChecked;
    }

    public DataStream<Event> events() {
        WatermarkStrategy<Event> watermarks = WatermarkStrategy.<Event>forBoundedOutOfOrderness(OUT_OF_ORDERNESS)
                .withTimestampAssigner((event, before) -> event.dateTime());
        return environment.fromSource(
                new GeneratorSource<>(new EventGenerator(), eventCount), watermarks, "events", Event.TYPE);
    }

    public DataStream<Reading> readings() {
        return environment.fromSource(
                new GeneratorSource<>(new ReadingGenerator(), eventCount),
                WatermarkStrategy.noWatermarks(),
                "readings",
                Reading.TYPE);
    }

    /** What the query needs of every bid, made beside the source. */
    public <T> DataStream<T> bids(MapFunction<Bid, T> projection, TypeInformation<T> type) {
        FlatMapFunction<Event, T> project = (event, out) -> {
            if (event.bid != null) {
                out.collect(projection.map(event.bid));
            }
        };
        return events().flatMap(project, type);
    }

    /** As {@link #bids}, for the auctions of a stream of events. A projection to null leaves the auction out. */
    static <T> DataStream<T> auctions(
            DataStream<Event> events, MapFunction<Auction, T> projection, TypeInformation<T> type) {
        FlatMapFunction<Event, T> project = (event, out) -> {
            T projected = event.auction == null ? null : projection.map(event.auction);
            if (projected != null) {
                out.collect(projected);
            }
        };
        return events.flatMap(project, type);
    }

    /** As {@link #auctions}, for persons. */
    static <T> DataStream<T> persons(
            DataStream<Event> events, MapFunction<Person, T> projection, TypeInformation<T> type) {
        FlatMapFunction<Event, T> project = (event, out) -> {
            T projected = event.person == null ? null : projection.map(event.person);
            if (projected != null) {
                out.collect(projected);
            }
        };
        return events.flatMap(project, type);
    }

    public <T> void results(DataStream<T> rows, RowForm<T> form) {
        rows.sinkTo(new ResultSink<>(form, resultFolder, isChecked)).name("results");
    }
}
