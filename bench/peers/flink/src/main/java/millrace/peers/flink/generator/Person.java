package millrace.peers.flink.generator;

public final class Person {
    public int id;
    public String name;
    public String email;
    public String creditCard;
    public String city;
    public String state;
    public long dateTime;
    public String extra;

    String text() {
        return id + "|" + name + "|" + email + "|" + creditCard + "|" + city + "|" + state + "|" + dateTime + "|" + extra;
    }
}
