// netlab: the network of tests in which the network misbehaves. A user-space Ethernet switch with one TAP device in each
// of the network namespaces named, and one in the namespace it is started in, for clients. It cuts, loses and delays per
// ordered pair of its ports, which needs no netem in the kernel.
//
//   netlab SEED NETNS...      the same seed loses the same frames of the same traffic
//
// Port 0 is the clients' at 10.77.N.254, port i the i-th namespace's at 10.77.N.i. N is the first that no other netlab on
// this machine has. The line "ready 10.77.N" says that all devices are up. Then each line on standard input is a command,
// answered by "ok" or "error ..." after it holds; A and B are ports, or * for all but the clients':
//
//   cut A B                   frames from A no longer reach B, those under way included
//   loss A B PERCENT          each frame from A to B is lost with this probability
//   delay A B MS [JITTER_MS]  frames from A reach B later, in their order
//   heal [A B]                undoes all of this, on one pair or everywhere, and every mute
//   mute PORT                 drops all from and to this TCP port of the clients, which neither end is told
//   stats                     a line "A B passed P cut C lost L overflowed O waiting W" for each pair, then "ok"
//
// ARP requests are answered by the switch itself, so that a cut stays silent: with ARP lost as well, the ends would be
// told "no route to host". At the end of standard input it ends, and its devices vanish with it.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define MAX_PORTS 17                     // the clients and 16 nodes
#define CLIENTS 0
#define CLIENTS_HOST 254
#define MAX_FRAME 2048                   // the MTU is 1500
#define MAX_WAITING 4096                 // frames delayed on one link; more are dropped, as by any switch
#define MAX_WAITING_BYTES (64u << 20)    // and on all links together
#define FRAMES_A_TURN 64                 // read from one port before the others have their turn
#define MS 1000000ll

struct frame {
    struct frame *next;
    int64_t due;
    int length;
    uint8_t bytes[];
};

// The way from one port to another.
struct link {
    bool cut;
    uint32_t loss;                       // of 2^32
    int64_t delay, jitter;               // ns
    int64_t last_due;
    struct frame *first, *last;
    int waiting;
    uint64_t passed, dropped_by_cut, lost, overflowed;
};

static struct link links[MAX_PORTS][MAX_PORTS];
static int fds[MAX_PORTS], ports;
static int subnet;
static size_t waiting_bytes;
static uint8_t muted[65536 / 8];
static uint64_t random_state;
static int timer;
static int64_t armed;

static void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "netlab: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "%s%s\n", errno ? ": " : "", errno ? strerror(errno) : "");
    exit(1);
}

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 * MS + t.tv_nsec;
}

static uint32_t next_random(void) {      // splitmix64
    uint64_t z = random_state += 0x9e3779b97f4a7c15ull;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return (z ^ z >> 31) >> 32;
}

// --- devices -------------------------------------------------------------------------------------------------------

static int host_of(int port) {
    return port == CLIENTS ? CLIENTS_HOST : port;
}

static void mac_of(int port, uint8_t *mac) {
    uint8_t bytes[ETH_ALEN] = {0x02, 0xca, 0x77, 0, subnet, port};
    memcpy(mac, bytes, ETH_ALEN);
}

static bool try_tap(int fd, const char *name) {
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_TUN_EXCL};
    strcpy(request.ifr_name, name);
    return ioctl(fd, TUNSETIFF, &request) == 0;
}

static void configure(int socket, unsigned long what, struct ifreq *request, const char *name) {
    if (ioctl(socket, what, request) < 0) die("cannot configure %s (%lx)", name, what);
}

static void set_address(int socket, unsigned long what, const char *name, uint32_t address) {
    struct ifreq request = {0};
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(address)};
    strcpy(request.ifr_name, name);
    memcpy(&request.ifr_addr, &in, sizeof in);
    configure(socket, what, &request, name);
}

static void up(int socket, const char *name) {
    struct ifreq request = {0};
    strcpy(request.ifr_name, name);
    configure(socket, SIOCGIFFLAGS, &request, name);
    request.ifr_flags |= IFF_UP | IFF_RUNNING;
    configure(socket, SIOCSIFFLAGS, &request, name);
}

// Makes the TAP of a port in the namespace that this thread is in.
static void open_port(int port) {
    char name[IFNAMSIZ] = "lan";
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) die("cannot open /dev/net/tun");
    if (port == CLIENTS) {
        // The name of the device is what keeps the subnet to one netlab of this machine.
        for (subnet = 0; subnet < 256; subnet++) {
            snprintf(name, sizeof name, "carillon%d", (uint8_t) subnet);
            if (try_tap(fd, name)) break;
            if (errno != EBUSY) die("cannot make the device %s", name);
        }
        if (subnet == 256) die("all subnets are taken");
    } else if (!try_tap(fd, name)) {
        die("cannot make the device %s of port %d", name, port);
    }
    int socket_here = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket_here < 0) die("no socket");
    struct ifreq request = {.ifr_hwaddr.sa_family = ARPHRD_ETHER};
    strcpy(request.ifr_name, name);
    mac_of(port, (uint8_t *) request.ifr_hwaddr.sa_data);
    configure(socket_here, SIOCSIFHWADDR, &request, name);
    request.ifr_qlen = MAX_WAITING;
    configure(socket_here, SIOCSIFTXQLEN, &request, name);
    set_address(socket_here, SIOCSIFADDR, name, 10u << 24 | 77 << 16 | subnet << 8 | host_of(port));
    set_address(socket_here, SIOCSIFNETMASK, name, 0xffffff00);
    up(socket_here, name);
    if (port != CLIENTS) up(socket_here, "lo");
    close(socket_here);
    fds[port] = fd;
}

static void enter(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || setns(fd, CLONE_NEWNET) < 0) die("cannot enter %s", path);
    close(fd);
}

static void open_ports(char **namespaces, int count) {
    char path[256], home[64];
    sprintf(home, "/proc/%d/ns/net", getpid());
    int home_fd = open(home, O_RDONLY | O_CLOEXEC);
    open_port(CLIENTS);
    for (ports = 1; ports <= count; ports++) {
        snprintf(path, sizeof path, "/var/run/netns/%s", namespaces[ports - 1]);
        enter(path);
        open_port(ports);
    }
    if (home_fd < 0 || setns(home_fd, CLONE_NEWNET) < 0) die("cannot come home");
    close(home_fd);
}

// --- frames --------------------------------------------------------------------------------------------------------

// A device that is full or gone loses the frame, as a wire would.
static void pass(struct link *link, int to, const uint8_t *bytes, int length) {
    if (write(fds[to], bytes, length) == length) {
        link->passed++;
    } else {
        link->overflowed++;
    }
}

static struct frame *take(struct link *link) {
    struct frame *frame = link->first;
    link->first = frame->next;
    link->waiting--;
    waiting_bytes -= frame->length;
    return frame;
}

static void hold(struct link *link, const uint8_t *bytes, int length) {
    if (link->waiting >= MAX_WAITING || waiting_bytes + length > MAX_WAITING_BYTES) {
        link->overflowed++;
        return;
    }
    struct frame *frame = malloc(sizeof *frame + length);
    if (!frame) die("out of memory");
    int64_t jitter = link->jitter ? (int64_t) (next_random() / 4294967296.0 * link->jitter) : 0;
    frame->due = now() + link->delay + jitter;
    if (link->first && frame->due < link->last_due) frame->due = link->last_due;      // never past the one before it
    link->last_due = frame->due;
    frame->next = NULL;
    frame->length = length;
    memcpy(frame->bytes, bytes, length);
    if (link->first) {
        link->last->next = frame;
    } else {
        link->first = frame;
    }
    link->last = frame;
    link->waiting++;
    waiting_bytes += length;
}

static void carry(int from, int to, const uint8_t *bytes, int length) {
    struct link *link = &links[from][to];
    if (link->cut) {
        link->dropped_by_cut++;
    } else if (link->loss && next_random() < link->loss) {
        link->lost++;
    } else if (link->delay || link->jitter || link->first) {
        hold(link, bytes, length);
    } else {
        pass(link, to, bytes, length);
    }
}

static void answer_arp(int from, uint8_t *bytes, int length) {
    static const uint8_t request[] = {0, 1, 8, 0, 6, 4, 0, 1};        // Ethernet, IPv4, "who has"
    uint8_t *arp = bytes + ETH_HLEN, *sender = arp + 8, *target = arp + 18;
    if (length < ETH_HLEN + 28 || memcmp(arp, request, sizeof request)) return;
    int host = target[9], wanted = host == CLIENTS_HOST ? CLIENTS : host;
    if (target[6] != 10 || target[7] != 77 || target[8] != subnet || wanted == from || wanted >= ports || !host) return;
    uint8_t address[4];
    memcpy(address, target + 6, 4);
    memcpy(target, sender, 10);
    mac_of(wanted, sender);
    memcpy(sender + 6, address, 4);
    arp[7] = 2;                                                        // "is at"
    memcpy(bytes, bytes + ETH_ALEN, ETH_ALEN);
    mac_of(wanted, bytes + ETH_ALEN);
    if (write(fds[from], bytes, ETH_HLEN + 28) < 0 && errno != EAGAIN) die("cannot answer ARP");
}

static bool is_muted(int from, const uint8_t *bytes, int length) {
    const uint8_t *ip = bytes + ETH_HLEN, *tcp = ip + (ip[0] & 15) * 4;
    if (ip[9] != IPPROTO_TCP || tcp + 4 > bytes + length) return false;
    int port = from == CLIENTS ? tcp[0] << 8 | tcp[1] : tcp[2] << 8 | tcp[3];
    return muted[port / 8] >> port % 8 & 1;
}

static void receive(int from, uint8_t *bytes, int length) {
    if (length < ETH_HLEN) return;
    int type = bytes[12] << 8 | bytes[13];
    if (type == ETH_P_ARP) {
        answer_arp(from, bytes, length);
    } else if (type != ETH_P_IP || length < ETH_HLEN + 20) {
        return;
    } else if (bytes[0] & 1) {
        for (int to = 0; to < ports; to++) {
            if (to != from) carry(from, to, bytes, length);
        }
    } else {
        uint8_t mac[ETH_ALEN];
        int to = bytes[5];
        mac_of(to, mac);
        if (to >= ports || to == from || memcmp(bytes, mac, ETH_ALEN)) return;
        if ((from == CLIENTS || to == CLIENTS) && is_muted(from, bytes, length)) {
            links[from][to].dropped_by_cut++;
        } else {
            carry(from, to, bytes, length);
        }
    }
}

static void drain(int port) {
    uint8_t bytes[MAX_FRAME];
    for (int i = 0; i < FRAMES_A_TURN; i++) {
        int length = read(fds[port], bytes, sizeof bytes);
        if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (length <= 0) die("port %d is gone", port);
        receive(port, bytes, length);
    }
}

// Passes on what is due and sets the timer to what is due next.
static void pass_due(void) {
    int64_t next = 0, time = now();
    for (int from = 0; from < ports; from++) {
        for (int to = 0; to < ports; to++) {
            struct link *link = &links[from][to];
            while (link->first && link->first->due <= time) {
                struct frame *frame = take(link);
                pass(link, to, frame->bytes, frame->length);
                free(frame);
            }
            if (link->first && (!next || link->first->due < next)) next = link->first->due;
        }
    }
    if (next != armed) {
        struct itimerspec at = {.it_value = {next / (1000 * MS), next % (1000 * MS)}};
        timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL);
        armed = next;
    }
}

// --- commands ------------------------------------------------------------------------------------------------------

static void heal(struct link *link) {
    link->cut = false;
    link->loss = 0;
    link->delay = link->jitter = 0;
}

static void cut(struct link *link) {
    link->cut = true;
    while (link->first) {
        free(take(link));
        link->dropped_by_cut++;
    }
}

static bool parse_port(const char *text, int *first, int *last) {
    char *end;
    *first = *last = strtol(text, &end, 10);
    if (!strcmp(text, "*")) {
        *first = 1;
        *last = ports - 1;
        return true;
    }
    return end != text && !*end && *first >= 0 && *first < ports;
}

static const char *obey_link(struct link *link, const char *verb, int values, double value, double jitter) {
    if (!strcmp(verb, "heal") && values == 0) {
        heal(link);
    } else if (!strcmp(verb, "cut") && values == 0) {
        cut(link);
    } else if (!strcmp(verb, "loss") && values == 1 && value >= 0 && value < 100) {
        link->loss = value / 100 * 4294967296.0;
    } else if (!strcmp(verb, "delay") && values >= 1 && value >= 0 && value <= 60000 && jitter >= 0 && jitter <= 60000) {
        link->delay = value * MS;
        link->jitter = jitter * MS;
    } else {
        return "no such command, or a value out of range";
    }
    return NULL;
}

static const char *obey_links(const char *verb, const char *a, const char *b, int values, double value, double jitter) {
    int first_from, last_from, first_to, last_to;
    if (!parse_port(a, &first_from, &last_from) || !parse_port(b, &first_to, &last_to)) return "no such port";
    for (int from = first_from; from <= last_from; from++) {
        for (int to = first_to; to <= last_to; to++) {
            const char *problem = from == to ? NULL : obey_link(&links[from][to], verb, values, value, jitter);
            if (problem) return problem;
        }
    }
    return NULL;
}

static void heal_all(void) {
    for (int from = 0; from < ports; from++) {
        for (int to = 0; to < ports; to++) heal(&links[from][to]);
    }
    memset(muted, 0, sizeof muted);
}

static void print_stats(void) {
    for (int from = 0; from < ports; from++) {
        for (int to = 0; to < ports; to++) {
            const struct link *link = &links[from][to];
            if (from == to) continue;
            printf("%d %d passed %llu cut %llu lost %llu overflowed %llu waiting %d\n", from, to,
                   (unsigned long long) link->passed, (unsigned long long) link->dropped_by_cut,
                   (unsigned long long) link->lost, (unsigned long long) link->overflowed, link->waiting);
        }
    }
}

static const char *obey(const char *line) {
    char verb[16], a[16], b[16], rest;
    double value = 0, jitter = 0;
    int words = sscanf(line, "%15s %15s %15s %lf %lf %c", verb, a, b, &value, &jitter, &rest);
    if (words == 1 && !strcmp(verb, "stats")) {
        print_stats();
        return NULL;
    }
    if (words == 1 && !strcmp(verb, "heal")) {
        heal_all();
        return NULL;
    }
    if (words == 2 && !strcmp(verb, "mute")) {
        int port = atoi(a);
        if (port < 1 || port > 65535) return "no such TCP port";
        muted[port / 8] |= 1 << port % 8;
        return NULL;
    }
    if (words < 3 || words > 5) return "no such command";
    return obey_links(verb, a, b, words - 3, value, jitter);
}

// Obeys each whole line that has come in; false at the end of the input.
static bool read_commands(void) {
    static char buffer[4096];
    static size_t filled;
    ssize_t got = read(STDIN_FILENO, buffer + filled, sizeof buffer - 1 - filled);
    if (got < 0 && errno == EINTR) return true;
    if (got <= 0) return false;
    filled += got;
    buffer[filled] = 0;
    char *line = buffer, *end;
    while ((end = strchr(line, '\n'))) {
        *end = 0;
        const char *problem = obey(line);
        if (problem) {
            printf("error %s: %s\n", problem, line);
        } else {
            puts("ok");
        }
        line = end + 1;
    }
    fflush(stdout);
    filled -= line - buffer;
    memmove(buffer, line, filled);
    return filled < sizeof buffer - 1;
}

static void watch(int poll, int fd, int tag) {
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = tag};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) < 0) die("cannot watch %d", tag);
}

int main(int count, char **arguments) {
    if (count < 3 || count - 2 >= MAX_PORTS) {
        fprintf(stderr, "usage: netlab SEED NETNS... (at most %d)\n", MAX_PORTS - 1);
        return 2;
    }
    random_state = strtoull(arguments[1], NULL, 10);
    open_ports(arguments + 2, count - 2);
    setpriority(PRIO_PROCESS, 0, -10);   // on a busy machine the network is not what is slow
    timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    int poll = epoll_create1(EPOLL_CLOEXEC);
    if (timer < 0 || poll < 0) die("no timer or poll");
    for (int port = 0; port < ports; port++) watch(poll, fds[port], port);
    watch(poll, timer, MAX_PORTS);
    watch(poll, STDIN_FILENO, MAX_PORTS + 1);
    printf("ready 10.77.%d\n", subnet);
    fflush(stdout);
    while (true) {
        struct epoll_event events[MAX_PORTS + 2];
        int ready = epoll_wait(poll, events, MAX_PORTS + 2, -1);
        if (ready < 0 && errno != EINTR) die("cannot wait");
        for (int i = 0; i < ready; i++) {
            uint32_t tag = events[i].data.u32;
            uint64_t expired;
            if (tag == MAX_PORTS + 1) {
                if (!read_commands()) return 0;
            } else if (tag == MAX_PORTS) {
                if (read(timer, &expired, sizeof expired) > 0) armed = 0;
            } else {
                drain(tag);
            }
        }
        pass_due();
    }
}
