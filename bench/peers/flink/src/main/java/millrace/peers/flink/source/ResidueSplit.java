package millrace.peers.flink.source;

import org.apache.flink.api.connector.source.SourceSplit;

/** The events whose number leaves one residue, in order. The reader that has it moves it on. */
final class ResidueSplit implements SourceSplit {
    final int residue;
    final int modulus;
    /** Not below it: the end of the events. */
    final int end;
    /** The number of the next event. */
    private long position;

    ResidueSplit(int residue, int modulus, int end, long position) {
        this.residue = residue;
        this.modulus = modulus;
        this.end = end;
        this.position = position;
    }

    @Override
    public String splitId() {
        return residue + " of " + modulus;
    }

    long position() {
        return position;
    }

    boolean isFinished() {
        return position >= end;
    }

    int take() {
        int number = (int) position;
        position += modulus;
        return number;
    }

    ResidueSplit copy() {
        return new ResidueSplit(residue, modulus, end, position);
    }
}
