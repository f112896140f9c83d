package millrace.peers.flink.records;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The bids for an auction so far. */
public final class PriceStatistics implements FlatRecord<PriceStatistics> {
    public static final RecordType<PriceStatistics> TYPE = new RecordType<>(PriceStatistics.class, PriceStatistics::new);

    public int auction;
    public int count;
    public int min;
    public int max;
    public long sum;

    public PriceStatistics() {}

    public PriceStatistics(int auction, int count, int min, int max, long sum) {
        this.auction = auction;
        this.count = count;
        this.min = min;
        this.max = max;
        this.sum = sum;
    }

    @Override
    public void copyTo(PriceStatistics target) {
        target.auction = auction;
        target.count = count;
        target.min = min;
        target.max = max;
        target.sum = sum;
    }

    @Override
    public void write(DataOutputView out) throws IOException {
        out.writeInt(auction);
        out.writeInt(count);
        out.writeInt(min);
        out.writeInt(max);
        out.writeLong(sum);
    }

    @Override
    public void read(DataInputView in) throws IOException {
        auction = in.readInt();
        count = in.readInt();
        min = in.readInt();
        max = in.readInt();
        sum = in.readLong();
    }
}
