#!/usr/bin/env python3
"""confined.py PROFILE UNIT TRACE...: what a daemon did is what its AppArmor profile
allows.

PROFILE is what `apparmor_parser -p` makes of the profile: one file, nothing included.
UNIT is the service's. TRACE is what strace -ff -y wrote of the daemon's threads, in
a test whose folder stands for the root. Each file that it opened, wrote, locked,
mapped to run or ran, each socket and each signal is held against the rules, by
what the kernel asks of a profile for it. No kernel of AppArmor is needed."""

import pathlib
import re
import sys

# Of a rule's letters, those that this looks for: append is a way of writing.
LETTERS = set("rwmklxia")
NO_PATH = re.compile(r"^(?:/memfd:|anon_inode:|pipe:|socket:|\w+:\[)")
WORK = re.compile(r"^/tmp/assay-e2e\.\w+(?=/)")
# The test's root is empty at first; a node has these.
EVERY_NODE_HAS = {"/run/", "/var/", "/var/lib/", "/var/log/"}


def expression(glob):
    """An AppArmor glob as a regular expression."""
    out, at, depth = "", 0, 0
    while at < len(glob):
        char = glob[at]
        if glob.startswith("**", at):
            out, at = out + ".*", at + 1
        elif char == "*":
            out += "[^/]*"
        elif char == "?":
            out += "[^/]"
        elif char == "[":
            end = glob.index("]", at)
            out, at = out + glob[at : end + 1], end
        elif char in "{}":
            depth += 1 if char == "{" else -1
            out += "(?:" if char == "{" else ")"
        elif char == "," and depth:
            out += "|"
        else:
            out += re.escape(char)
        at += 1
    return out


class Profile:
    def __init__(self, text):
        self.variables = {}
        self.rules, self.lines = [], set()
        self.flags = re.search(r"^profile .*flags=\(([^)]*)\)", text, re.M)
        for line in re.sub(r"#.*", "", text).splitlines():
            self.take(line.strip())

    def take(self, line):
        variable = re.match(r"(@\{\w+\})\s*=\s*(.*)", line)
        if variable:
            self.variables[variable[1]] = "{%s}" % ",".join(variable[2].split())
            return
        # What is for an owner alone is left out: the daemon is root, files are not.
        rule = re.match(r"(deny\s+)?([/@]\S*)\s+([A-Za-z]+),$", line)
        if rule:
            self.rules.append((bool(rule[1]), self.compiled(rule[2]), set(rule[3]) & LETTERS))
        self.lines.add(" ".join(line.rstrip(",").split()))

    def compiled(self, glob):
        while "@{" in glob:
            glob = re.sub(r"@\{\w+\}", lambda name: self.variables[name[0]], glob)
        # A folder's variable ends with a slash, and so may what it stands before.
        return re.compile(expression(re.sub(r"/(?=[,}])([^}]*\})/", r"\1/", glob)))

    def lacks(self, path, wanted):
        granted = set()
        for denied, pattern, letters in self.rules:
            if pattern.fullmatch(path):
                granted = granted - letters if denied else granted | letters
        return set(wanted) - granted

    def capabilities(self):
        return {line.split()[1] for line in self.lines if line.startswith("capability ")}

    def has_network(self, family, kind):
        return any(f"network {each}" in self.lines
                   for each in (family, f"{family} {kind}"))  # fmt: skip


class Trace:
    """The calls of one thread that came about, as (path, letters, what)."""

    CALL = re.compile(r"^(\w+)\((.*)\)\s+= (-?\d+|0x[0-9a-f]+)(?:<(.*)>)?$")
    TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
    FOLDER_AND_NAME = re.compile(r'(?:AT_FDCWD|\d+)<([^>]*)>, "((?:[^"\\]|\\.)*)"')

    def __init__(self, path):
        self.needs, self.sockets, self.other = [], [], []
        for line in path.read_text(errors="replace").splitlines():
            call = self.CALL.match(re.sub(r" \([^()]*\)$", "", line))
            if call and not (call[3].startswith("-") and "EINPROGRESS" not in line):
                self.take(call[1], call[2], call[4], line)

    def need(self, path, letters, line):
        path = WORK.sub("", path.removesuffix("(deleted)"))
        path = path.removeprefix("/assay") if path != "/assay" else "/"
        if path.endswith(".sock") and not path.startswith("/run/"):
            path = "/run/" + path.rsplit("/", 1)[1]  # a runtime's, in the test's folder
        if path.startswith("/") and not NO_PATH.match(path):
            self.needs.append((path, letters, line))

    def paths(self, words):
        """Of a call by name: each path among its arguments."""
        found = self.FOLDER_AND_NAME.findall(words)
        if found:
            return [name if name.startswith("/") else f"{folder}/{name}"
                    for folder, name in found]  # fmt: skip
        return self.TEXT.findall(words)

    def take(self, name, words, result, line):
        of_file = re.match(r"\d+<(.*?)>, ", words)
        address = re.search(r'sun_path="([^"]*)"', words)
        if name in ("open", "openat", "openat2", "creat"):
            writes = re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", words) or name == "creat"
            reads = "O_WRONLY" not in words
            if result and "O_PATH" not in words:
                self.need(result, ("r" if reads else "") + ("w" if writes else ""), line)
        elif name == "execve":
            self.need(self.TEXT.findall(words)[0], "x", line)
        elif name.startswith("link"):
            self.need(self.paths(words)[-1], "wl", line)
        elif re.match(r"(mkdir|rmdir|unlink|rename|symlink|chmod|fchmodat|l?chown|fchownat|"
                      r"mknod|truncate|utime|l?setxattr|l?removexattr)", name):  # fmt: skip
            paths = self.paths(words)
            for path in paths[-1:] if name.startswith("symlink") else paths:
                folder = name.startswith(("mkdir", "rmdir")) or "AT_REMOVEDIR" in words
                self.need(path + "/" * folder, "w", line)
        elif name == "ftruncate" and of_file:
            self.need(of_file[1], "w", line)
        elif of_file and (name == "flock" or (name == "fcntl" and "SETLK" in words)):
            self.need(of_file[1], "k", line)
        elif name == "mmap" and "PROT_EXEC" in words:
            mapped = re.search(r", \d+<(.*?)>, ", words)
            if mapped:
                self.need(mapped[1], "m", line)
        elif name == "socket":
            family, kind = re.match(r"AF_(\w+), SOCK_(\w+)", words).groups()
            self.sockets.append((family.lower(), kind.lower(), line))
        elif address and name in ("connect", "bind", "sendto", "sendmsg"):
            self.need(address[1], "rw" if name in ("connect", "bind") else "w", line)
        elif re.match(r"mount|umount|pivot_root|chroot|ptrace|setns|swapon|sethostname", name):
            self.other.append(line)
        if "SCM_RIGHTS" in words and name == "recvmsg" or re.search(r'"/proc/\d+/root', words):
            self.other.append("attach_disconnected")


def findings(profile, traces):
    for trace in traces:
        for path, letters, line in trace.needs:
            if path in EVERY_NODE_HAS and line.startswith("mkdir"):
                continue
            # The daemon's own start is its attachment, not a rule; what it runs is
            # mapped in this profile, for the unit lets nobody gain privileges.
            own = path == "/usr/sbin/assayd"
            lacking = profile.lacks(path, {"m"} if own else letters | {"m"}
                                    if "x" in letters else letters)  # fmt: skip
            if lacking:
                yield f"no {''.join(sorted(lacking))} for {path}: {line}"
        for family, kind, line in trace.sockets:
            if not profile.has_network(family, kind):
                yield f"no network {family} {kind}: {line}"
        for what in trace.other:
            if what != "attach_disconnected":
                yield f"not in any rule: {what}"
            elif not profile.flags or what not in profile.flags[1]:
                yield "files of other mount namespaces have no path without the flag " + what


def main():
    profile = Profile(pathlib.Path(sys.argv[1]).read_text())
    unit = pathlib.Path(sys.argv[2]).read_text()
    traces = [Trace(pathlib.Path(name)) for name in sys.argv[3:]]
    bounded = re.search(r"^CapabilityBoundingSet=(.*)$", unit, re.M)[1].split()
    found = set(findings(profile, traces))
    if {name.removeprefix("CAP_").lower() for name in bounded} != profile.capabilities():
        found.add(f"the unit has {bounded}, the profile {profile.capabilities()}")
    needs = {(path, letters) for t in traces for path, letters, _ in t.needs}
    print(f"{len(traces)} threads, {len(needs)} needs of files")
    for rule in ("/var/lib/assay", "/var/log/assay", "/run/assay", "/usr/sbin/assayd"):
        if not any(path.startswith(rule) for path, _ in needs):
            found.add(f"the traces have nothing of {rule}")
    for line in sorted(found):
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
