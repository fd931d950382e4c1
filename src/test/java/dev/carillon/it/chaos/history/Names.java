package dev.carillon.it.chaos.history;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Small numbers for names that come again and again: channels, epochs, users. Safe on any thread. */
public final class Names {
    private final int limit;
    private final Map<String, Integer> numbers = new ConcurrentHashMap<>();
    private final List<String> names = new CopyOnWriteArrayList<>();

    private Names(int limit) {
        this.limit = limit;
    }

    public static Names ofChannels() {
        return new Names(Head.MAX_CHANNELS);
    }

    public static Names ofEpochs() {
        return new Names(Head.MAX_EPOCHS);
    }

    public static Names ofUsers() {
        return new Names(Integer.MAX_VALUE);
    }

    /** The number of a name, from 0 on; the same at each call. */
    public int number(String name) {
        Integer known = numbers.get(name);
        return known != null ? known : numbers.computeIfAbsent(name, this::add);
    }

    private synchronized int add(String name) {
        if (names.size() == limit) {
            throw new IllegalStateException("more than " + limit + " names, the last was " + name);
        }
        names.add(name);
        return names.size() - 1;
    }

    public String name(int number) {
        return names.get(number);
    }

    public int size() {
        return names.size();
    }
}
