package dev.carillon.session;

/** Makes the sessions of one event loop. Confined to it. */
public final class Sessions implements SessionFactory {
    private final SessionServices services;
    private final EventLoopServices loop;

    public Sessions(SessionServices services, EventLoopServices loop) {
        this.services = services;
        this.loop = loop;
    }

    @Override
    public Session open(Connection connection) {
        return new ClientSession(connection, services, loop);
    }

    @Override
    public boolean hasRoom(String address) {
        return services.admission().takesIdle() && services.admission().hasRoom(address);
    }

    @Override
    public boolean isAccepting() {
        return !services.registry().isDraining();
    }
}
