package dev.carillon.it.chaos.check;

/** What is promised; each rule is broken by some history in {@code CheckerTest}. */
public enum Rule {
    P1("every acknowledged publication reaches each subscriber whose stream covers it, and all catch up with the head"),
    P2("nobody is given a publication twice"),
    P3("one position holds one publication, whoever is asked"),
    P4("offsets follow one another without a hole, unless the subscriber was told"),
    P5("an acknowledgement is about its publication alone, and says the same again"),
    P6("what is delivered was published, on that channel"),
    P7("users come online and go offline in turn, and nobody goes who stays"),
    P8("a publish is answered: acknowledged in the end, or refused for now");

    private final String promise;

    Rule(String promise) {
        this.promise = promise;
    }

    public String promise() {
        return promise;
    }
}
