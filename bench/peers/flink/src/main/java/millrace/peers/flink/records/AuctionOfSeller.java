package millrace.peers.flink.records;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

public final class AuctionOfSeller implements FlatRecord<AuctionOfSeller> {
    public static final RecordType<AuctionOfSeller> TYPE = new RecordType<>(AuctionOfSeller.class, AuctionOfSeller::new);

    public int seller;
    public int auction;

    public AuctionOfSeller() {}

    public AuctionOfSeller(int seller, int auction) {
        this.seller = seller;
        this.auction = auction;
    }

    @Override
    public void copyTo(AuctionOfSeller target) {
        target.seller = seller;
        target.auction = auction;
    }

    @Override
    public void write(DataOutputView out) throws IOException {
        out.writeInt(seller);
        out.writeInt(auction);
    }

    @Override
    public void read(DataInputView in) throws IOException {
        seller = in.readInt();
        auction = in.readInt();
    }
}
