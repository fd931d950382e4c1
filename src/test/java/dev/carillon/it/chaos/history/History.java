package dev.carillon.it.chaos.history;

import java.util.ArrayList;
import java.util.List;

/** All that was written down in a run. Logs are added by one thread, before or while others write theirs. */
public final class History {
    private final Names channels = Names.ofChannels();
    private final Names epochs = Names.ofEpochs();
    private final Names users = Names.ofUsers();
    private final List<SubscriberLog> subscribers = new ArrayList<>();
    private final List<PublisherLog> publishers = new ArrayList<>();

    public SubscriberLog subscriber(String name) {
        SubscriberLog log = new SubscriberLog(name);
        subscribers.add(log);
        return log;
    }

    public PublisherLog publisher(String name) {
        PublisherLog log = new PublisherLog(name);
        publishers.add(log);
        return log;
    }

    public List<SubscriberLog> subscribers() {
        return subscribers;
    }

    public List<PublisherLog> publishers() {
        return publishers;
    }

    public Names channels() {
        return channels;
    }

    public Names epochs() {
        return epochs;
    }

    public Names users() {
        return users;
    }
}
