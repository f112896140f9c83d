package millrace.peers.flink.records;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

public final class AuctionPrice implements FlatRecord<AuctionPrice> {
    public static final RecordType<AuctionPrice> TYPE = new RecordType<>(AuctionPrice.class, AuctionPrice::new);

    public int auction;
    public int price;

    public AuctionPrice() {}

    public AuctionPrice(int auction, int price) {
        this.auction = auction;
        this.price = price;
    }

    @Override
    public void copyTo(AuctionPrice target) {
        target.auction = auction;
        target.price = price;
    }

    @Override
    public void write(DataOutputView out) throws IOException {
        out.writeInt(auction);
        out.writeInt(price);
    }

    @Override
    public void read(DataInputView in) throws IOException {
        auction = in.readInt();
        price = in.readInt();
    }
}
