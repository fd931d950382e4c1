package dev.carillon.it.chaos.check;

import dev.carillon.it.chaos.history.History;

/** Words for what numbers stand for. */
record Evidence(History history) {
    String channel(int channel) {
        return history.channels().name(channel);
    }

    String at(int channel, int epoch, long offset) {
        return channel(channel) + " " + history.epochs().name(epoch) + ":" + offset;
    }

    String publisher(int publisher) {
        return history.publishers().get(publisher).name();
    }
}
