#!/usr/bin/python3
"""What a kubelet does with a container runtime, step by step.

  cri.py [options] pod                    run a pod of the host's network: its id
  cri.py [options] pull IMAGE             the image's id
  cri.py [options] create POD NAME IMAGE  pulls nothing: the container's id
  cri.py [options] start CONTAINER
  cri.py [options] erase CONTAINER        one that was created
  cri.py [options] remove POD
  cri.py [options] ask SERVICE METHOD     with nothing said: the answer in hex

--socket, --pod, --namespace, --cgroup-parent and --logs must be the same for
all steps of one pod. A container's output is in LOGS/NAME.log. An error of the
runtime goes to stderr as "CODE: message" with exit status 1.

Messages are written by hand, for there is no generated code to depend on: the
numbers are those of the Container Runtime Interface, runtime.v1.
"""

import argparse
import sys

import grpc

NODE = 2  # NamespaceMode.NODE


def varint(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def message(fields):
    """{number: value}: text, bytes (a message), an integer, or a list of them."""
    out = b""
    for number, values in fields.items():
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, int):
                out += varint(number << 3) + varint(value)
            else:
                data = value.encode() if isinstance(value, str) else value
                out += varint(number << 3 | 2) + varint(len(data)) + data
    return out


def first_text(data):
    """Field 1 of an answer, a text, which every answer we read begins with."""
    if not data or data[0] != 0x0A:
        raise SystemExit("an answer without its first field")
    return data[2 : 2 + data[1]].decode()


class Runtime:
    def __init__(self, options):
        self.options = options
        self.channel = grpc.insecure_channel("unix://" + options.socket)

    def call(self, service, method, fields):
        invoke = self.channel.unary_unary(f"/runtime.v1.{service}/{method}")
        return invoke(message(fields), timeout=self.options.patience)

    def pod_config(self):
        options = self.options
        namespaces = message({1: NODE})  # network
        return message({
            1: message({1: options.pod, 2: options.pod + "-uid", 3: options.namespace}),
            3: options.logs,
            8: message({1: options.cgroup_parent, 2: message({1: namespaces})}),
        })  # fmt: skip

    def pod(self):
        fields = {1: self.pod_config(), 2: self.options.handler}
        return first_text(self.call("RuntimeService", "RunPodSandbox", fields))

    def pull(self, image):
        fields = {1: message({1: image}), 3: self.pod_config()}
        if self.options.auth:
            user, password = self.options.auth.split(":")
            fields[2] = message({1: user, 2: password})
        return first_text(self.call("ImageService", "PullImage", fields))

    def create(self, pod, name, image):
        """As the kubelet: the image's id, and beside it the name the pod has."""
        image_id = self.pull(image) if self.options.pull else self.image_id(image)
        security = message({3: message({1: NODE})})
        config = message({
            1: message({1: name}),
            2: message({1: image_id, 18: self.options.user_name or image}),
            7: [self.image_volume(*text.split("=")) for text in self.options.volume],
            11: name + ".log",
            15: message({2: security}),
        })  # fmt: skip
        fields = {1: pod, 2: config, 3: self.pod_config()}
        return first_text(self.call("RuntimeService", "CreateContainer", fields))

    def image_volume(self, path, image):
        spec = message({1: self.image_id(image), 18: image})
        return message({1: path, 3: 1, 9: spec})

    def image_id(self, image):
        answer = self.call("ImageService", "ImageStatus", {1: message({1: image})})
        if not answer:
            raise SystemExit(f"the runtime does not have {image}")
        return first_text(answer[1 + len(varint(len(answer) - 2)) :])

    def start(self, container):
        self.call("RuntimeService", "StartContainer", {1: container})

    def erase(self, container):
        self.call("RuntimeService", "RemoveContainer", {1: container})

    def remove(self, pod):
        self.call("RuntimeService", "StopPodSandbox", {1: pod})
        self.call("RuntimeService", "RemovePodSandbox", {1: pod})

    def ask(self, service, method):
        return self.call(service, method, {}).hex()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for option in ("--socket", "--pod", "--namespace", "--cgroup-parent", "--logs"):
        parser.add_argument(option, required=True)
    parser.add_argument("--handler", default="", help="of the pod")
    parser.add_argument("--pull", action="store_true", help="pull before create")
    parser.add_argument("--volume", action="append", default=[],
                        metavar="PATH=IMAGE", help="create: an image volume")  # fmt: skip
    parser.add_argument("--patience", type=float, default=120, help="seconds a call")
    parser.add_argument("--auth", help="USER:PASSWORD of a pull")
    parser.add_argument("--user-name", help="say that the pod has this name")
    steps = parser.add_subparsers(dest="step", required=True)
    words = {"pod": [], "pull": ["image"], "create": ["pod_id", "name", "image"],
             "start": ["container"], "erase": ["container"], "remove": ["pod_id"],
             "ask": ["service", "method"]}  # fmt: skip
    for step, arguments in words.items():
        sub = steps.add_parser(step)
        for argument in arguments:
            sub.add_argument(argument)
    options = parser.parse_args()
    step = getattr(Runtime(options), options.step)
    try:
        answer = step(*(getattr(options, argument) for argument in words[options.step]))
    except grpc.RpcError as error:
        sys.exit(f"{error.code().name}: {error.details()}")
    if answer:
        print(answer)


if __name__ == "__main__":
    main()
