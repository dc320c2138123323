"""One source from many, which a tool gets through in a fraction of the time, for
most of it goes into headers. By text and not by #include, for some checks look
at a main file only.

What a test or a fuzz target defines is put into a namespace of its own, for
those of one thing speak the same short names."""

import pathlib
import re


def keeps_to_itself(source):
    """Whether nothing outside of a source knows what it defines."""
    return bool(re.search(r"_(test|fuzz)\.cc$", str(source)))


def apart(lines, name):
    """(text, origin) of each line, in a namespace inside the one that the source
    opens first, else after what it includes."""
    at = {"open": [], "close": [], "include": []}
    for index, (text, _) in enumerate(lines):
        if re.match(r"namespace [\w:]+ \{$", text):
            at["open"].append(index)
        elif re.match(r"\}  // namespace [\w:]+$", text):
            at["close"].append(index)
        elif text.startswith("#include "):
            at["include"].append(index)
    first = (at["open"][0] if at["open"] else at["include"][-1]) + 1
    last = at["close"][-1] if at["open"] else len(lines)
    entry = "LLVMFuzzerTestOneInput"  # is no name of C++, and so of no namespace
    inner = [(text.replace(entry, entry + name), origin) for text, origin in lines[first:last]]
    begin, end = (f"namespace {name} {{", None), ("}", None)
    return lines[:first] + [begin] + inner + [end] + lines[last:]


def joined(sources):
    """(text, (source, number)) of each line; no origin where a line is added."""
    lines = []
    for index, source in enumerate(sources):
        text = pathlib.Path(source).read_text().split("\n")
        own = [(line, (source, number)) for number, line in enumerate(text, 1)]
        lines += apart(own, f"source{index}") if keeps_to_itself(source) else own
    return lines
