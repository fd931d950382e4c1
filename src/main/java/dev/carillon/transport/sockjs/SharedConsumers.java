package dev.carillon.transport.sockjs;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event-bus addresses that this event loop's sockets listen at: one consumer for each address, whatever the number
 * of sockets, because the whole cluster is told of every consumer. Confined to its event loop.
 */
final class SharedConsumers {
    private static final Logger LOG = LoggerFactory.getLogger(SharedConsumers.class);

    private final Vertx vertx;
    private final Map<String, Listeners> byAddress = new HashMap<>();

    SharedConsumers(Vertx vertx) {
        this.vertx = vertx;
    }

    void add(String address, BusLink link) {
        Listeners listeners = byAddress.get(address);
        if (listeners == null) {
            listeners = new Listeners(address);
            byAddress.put(address, listeners);
            listeners.open();
        }
        listeners.links.add(link);
    }

    void remove(String address, BusLink link) {
        Listeners listeners = byAddress.get(address);
        if (listeners != null && listeners.links.remove(link) && listeners.links.isEmpty()) {
            byAddress.remove(address);
            listeners.close();
        }
    }

    private final class Listeners {
        private final String address;
        private final Set<BusLink> links = new LinkedHashSet<>();
        private final MessageConsumer<Object> consumer;

        Listeners(String address) {
            this.address = address;
            this.consumer = vertx.eventBus().consumer(address);
        }

        void open() {
            consumer.handler(this::deliver).completion().onFailure(this::failed);
        }

        void close() {
            consumer.unregister().onFailure(cause -> LOG.warn("a consumer could not be taken off the bus", cause));
        }

        private void deliver(Message<Object> message) {
            if (message.isSend()) {
                deliverToOne(message);
            } else {
                BusRecord record = BusRecord.of(address, message);
                // A write can close a slow socket, which leaves the set.
                List<BusLink> all = new ArrayList<>(links);
                all.forEach(link -> link.deliver(record));
            }
        }

        // As on the bus itself, what is sent point to point reaches one of them, each in its turn.
        private void deliverToOne(Message<Object> message) {
            links.stream().findFirst().ifPresent(link -> {
                links.remove(link);
                links.add(link);
                link.deliver(message, BusRecord.of(address, message));
            });
        }

        private void failed(Throwable cause) {
            LOG.warn("an address could not be registered on the bus", cause);
            if (byAddress.remove(address, this)) {
                List.copyOf(links).forEach(link -> link.registrationFailed(address));
            }
        }
    }
}
