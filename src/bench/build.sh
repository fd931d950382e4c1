# shellcheck shell=bash disable=SC2034
# Sourced by scripts/bench and scripts/bench-cluster, at the root: builds what they run, and has what both use.
if [ -n "${JAVA_HOME:-}" ]; then
    PATH=$JAVA_HOME/bin:$PATH
fi
bin=$root/target/bench classes=$root/target/bench/classes jar=$root/target/carillon.jar
for tool in gcc java awk; do
    command -v "$tool" >/dev/null || fail "$tool is not installed"
done
mkdir -p target/bench
for program in wsload wsfloor; do
    if [ ! -x "$bin/$program" ] || [ "src/bench/c/$program.c" -nt "$bin/$program" ]; then
        gcc -O2 -w -o "$bin/$program" "src/bench/c/$program.c" || fail "$program.c does not compile"
    fi
done
is_stale() {
    [ ! -f "$jar" ] || [ ! -d "$classes" ] || [ ! -d "$bin/lib" ] ||
        [ -n "$(find pom.xml src/main src/bench/java -newer "$jar" -type f -print -quit)" ]
}
# The plot needs it as well.
if is_stale; then
    echo "building $jar"
    command -v mvn >/dev/null || fail "mvn is not installed"
    mvn -B -q -Pbench -Dsurefire.skip=true package || fail "the build failed"
fi

free_port() {
    local port
    for _ in $(seq 100); do
        port=$((20000 + RANDOM % 10000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
    fail "no free port"
}

# until_closed PORT...: until servers have closed all sockets whose clients hung up, of thousands a few at a time; half a
# minute at most
until_closed() {
    local port ports= deadline=$((SECONDS + 30))
    for port in "$@"; do
        printf -v ports '%s %04X' "$ports" "$port"
    done
    # 08 is CLOSE_WAIT.
    while [ $SECONDS -lt $deadline ] && awk -v ports="$ports" '
        BEGIN { split(ports, each, " "); for (i in each) of[each[i]] }
        $4 == "08" && substr($2, length($2) - 3) in of { left = 1; exit }
        END { exit !left }' /proc/net/tcp /proc/net/tcp6; do
        sleep 0.5
    done
}

# value FILE KEY: the number after KEY= in the output of a run
value() {
    grep -o "\b$2=[0-9.]*" "$1" | head -n 1 | cut -d= -f2
}

# latency FILE PERCENT: of deliveries, in milliseconds
latency() {
    sed -n "s/^latency_ms.* p${2/./\\.}=\([0-9.]*\).*/\1/p" "$1"
}

# median: of the numbers on standard input
median() {
    sort -g | awk '{ v[NR] = $1 } END { if (NR) print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}
