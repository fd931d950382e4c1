package dev.carillon.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** What the machine lets a node have: files, and what the kernel bounds. */
final class MachineCheck {
    private static final long FEW_FILES = 4096;
    private static final long MANY_FILES = 65_536;
    private static final long QUEUE = 4096;
    private static final long TRACKED = 262_144;

    private final Proc proc;

    MachineCheck(Proc proc) {
        this.proc = proc;
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        files(findings);
        atLeast(findings, "net.core.somaxconn", QUEUE, "clients that come at once are refused");
        atLeast(findings, "net.ipv4.tcp_max_syn_backlog", QUEUE, "clients that come at once wait for a second try");
        atLeast(findings, "net.netfilter.nf_conntrack_max", TRACKED, "the firewall drops connections beyond it");
        atLeast(findings, "fs.nr_open", MANY_FILES, "no process may open more files");
        return findings;
    }

    private void files(List<Finding> findings) {
        OptionalLong limit = openFiles();
        if (limit.isEmpty()) {
            return;
        }
        long files = limit.getAsLong();
        String found = files == Long.MAX_VALUE ? "no limit" : files + " open files; each connection is one";
        String cure = "raise LimitNOFILE of the systemd unit, the container's nofile, or 'ulimit -n' of the shell that"
                + " starts the node; then start it anew";
        findings.add(
                files >= MANY_FILES
                        ? Finding.ok("files", found)
                        : files < FEW_FILES ? Finding.bad("files", found, cure) : Finding.warn("files", found, cure));
    }

    /** The hard limit, which Java raises its own to. */
    private OptionalLong openFiles() {
        return proc.read("self/limits")
                .lines()
                .filter(line -> line.startsWith("Max open files"))
                .map(line -> line.trim().split("\\s{2,}"))
                .filter(columns -> columns.length >= 3)
                .mapToLong(columns -> columns[2].equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(columns[2]))
                .findFirst();
    }

    private void atLeast(List<Finding> findings, String name, long wanted, String otherwise) {
        String text = proc.setting(name);
        if (!text.matches("\\d{1,18}")) {
            return;
        }
        long value = Long.parseLong(text);
        findings.add(
                value >= wanted
                        ? Finding.ok("kernel", name + " is " + value)
                        : Finding.warn(
                                "kernel",
                                name + " is " + value + ": " + otherwise,
                                "sysctl -w " + name + "=" + wanted + ", and the same line in /etc/sysctl.d"));
    }
}
