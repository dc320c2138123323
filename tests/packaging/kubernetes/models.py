"""What the Kubernetes API takes, read from the models of Debian's Python client,
which are generated from the API's own description: names, types, and what must
be there. Unknown fields, which an API server drops, are findings."""

import ast
import functools
import pathlib
import re

# Scalars of the description, and what YAML makes of them.
SCALARS = {"str": str, "int": int, "bool": bool, "float": (int, float), "datetime": str,
           "object": (str, int, dict, list)}  # fmt: skip


class Models:
    def __init__(self, client):
        """`client`: the unpacked package."""
        self.folder = pathlib.Path(client, "usr/lib/python3/dist-packages/kubernetes/client/models")
        assert self.folder.is_dir(), f"{self.folder}: no models"

    @functools.cache
    def model(self, name):
        """(JSON key -> type, the keys that must be there) of a class."""
        file = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower() + ".py"
        text = (self.folder / file).read_text()
        tables = {}
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in (
                    "openapi_types", "attribute_map"):  # fmt: skip
                tables[node.targets[0].id] = ast.literal_eval(node.value)
        keys = tables["attribute_map"]
        types = {keys[field]: kind for field, kind in tables["openapi_types"].items()}
        needed = re.findall(r"client_side_validation and (\w+) is None", text)
        return types, {keys[field] for field in needed}

    def findings(self, kind, value, path=""):
        """Each as a line; `kind` as the models write it."""
        if match := re.fullmatch(r"list\[(.+)\]", kind):
            if not isinstance(value, list):
                return [f"{path}: not a list"]
            return [finding for i, one in enumerate(value)
                    for finding in self.findings(match[1], one, f"{path}[{i}]")]  # fmt: skip
        if match := re.fullmatch(r"dict\(str, (.+)\)", kind):
            if not isinstance(value, dict):
                return [f"{path}: not a map"]
            return [finding for key, one in value.items()
                    for finding in self.findings(match[1], one, f"{path}.{key}")]  # fmt: skip
        if kind in SCALARS:
            wrong = not isinstance(value, SCALARS[kind]) or (
                kind in ("int", "float") and isinstance(value, bool))
            return [f"{path}: {value!r} is no {kind}"] if wrong else []
        if not isinstance(value, dict):
            return [f"{path}: not an object"]
        types, needed = self.model(kind)
        found = [f"{path}.{key} is missing" for key in sorted(needed - value.keys())]
        for key, one in value.items():
            if key not in types:
                found.append(f"{path}.{key} is unknown")
            else:
                found += self.findings(types[key], one, f"{path}.{key}")
        return found

    def object_findings(self, thing):
        """Of an object with apiVersion and kind."""
        version = thing.get("apiVersion", "").split("/")[-1].capitalize()
        name = version + thing.get("kind", "")
        if thing.get("kind") == "Event" and thing["apiVersion"] == "v1":
            name = "CoreV1Event"
        return self.findings(name, thing, thing.get("kind", "?"))
