"""Finds the examples of the documents and man pages, and knows what each is for.

A block is what a document shows as it is to be typed: between fences in
Markdown, between .Bd -literal and .Ed, or behind .Dl, in a page.
"""

import dataclasses
import re
import tomllib

# Man pages say of no block what it is.
CONSOLE = re.compile(r"^[#$] ")
TABLE = re.compile(r"^(\[|[a-z_]+ *= )")
COMMENT = re.compile(r"\s+# .*")
ESCAPES = {r"\-": "-", r"\e": "\\", r"\(dq": '"', r"\&": ""}


@dataclasses.dataclass(frozen=True)
class Block:
    document: str
    line: int
    language: str
    text: str

    def where(self):
        return f"{self.document}:{self.line}"

    def first_line(self):
        return self.text.split("\n", 1)[0]

    def file(self):
        """The path that the block's first line names in a comment, if any."""
        match = re.fullmatch(r"# (\S+\.\w+)", self.first_line())
        return match and match[1]

    def commands(self):
        """What is typed, with what is printed after it: [(command, [line])]."""
        found = []
        for line in self.text.splitlines():
            typed = self._typed(line)
            if typed and found and found[-1][0].endswith("\\"):
                found[-1] = (found[-1][0][:-1] + typed, [])
            elif typed:
                found.append((typed, []))
            elif found and self.language == "console":
                found[-1][1].append(line)
        return [(COMMENT.sub("", command).removeprefix("sudo "), said)
                for command, said in found]  # fmt: skip

    def _typed(self, line):
        if self.language == "sh":
            return line.strip() if line.strip() and line[0] != "#" else None
        return line[2:] if CONSOLE.match(line) else None


def of_markdown(document, text):
    inside, language, lines, began = False, "", [], 0
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("```"):
            lines.append(line)
        elif inside:
            yield Block(document, began, language, "\n".join(lines))
            inside = False
        else:
            inside, language, lines, began = True, line[3:], [], number + 1


def plain(line):
    for escape, text in ESCAPES.items():
        line = line.replace(escape, text)
    return line


def language_of(text):
    if CONSOLE.match(text):
        return "console"
    if text.startswith("[Service]"):
        return "ini"
    return "toml" if TABLE.match(text.lstrip()) else ""


def of_page(document, text):
    lines, began = None, 0
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(".Bd -literal"):
            lines, began = [], number + 1
        elif line == ".Ed":
            shown = "\n".join(lines)
            yield Block(document, began, language_of(shown), shown)
            lines = None
        elif lines is not None:
            lines.append(plain(line))
        elif line.startswith(".Dl "):
            yield Block(document, number, "", plain(line[4:]))


def all_blocks(source, pages):
    """Of the documents in the order a reader meets them, then of the pages."""
    documents = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "plugin/README.md",
                 *sorted(str(path.relative_to(source))
                         for path in (source / "plugin/docs").rglob("*.md"))]  # fmt: skip
    for document in documents:
        yield from of_markdown(document, (source / document).read_text())
    for page in sorted(pages):
        yield from of_page(page.name, page.read_text())


class Known:
    """known.toml: what is no command of this node, and what ends otherwise."""

    def __init__(self, path):
        tables = tomllib.loads(path.read_text())
        self.elsewhere = tables["elsewhere"]
        self.exits = {one["command"]: one["status"] for one in tables["exit"]}
        self.shown = tables["shown"]
        self.used = set()

    def run_elsewhere(self, command):
        for one in self.elsewhere:
            if command == one["command"]:
                self.used.add(command)
                return True
        return False

    def status(self, command):
        self.used.add(command)
        return self.exits.get(command, [0])

    def is_shown(self, block):
        for one in self.shown:
            if block.document == one["document"] and block.text.lstrip().startswith(one["begins"]):
                self.used.add((one["document"], one["begins"]))
                return True
        return False

    def unused(self):
        yield from (one["command"] for one in self.elsewhere if one["command"] not in self.used)
        yield from (command for command in self.exits if command not in self.used)
        for one in self.shown:
            if (one["document"], one["begins"]) not in self.used:
                yield f"{one['document']}: {one['begins']}"
