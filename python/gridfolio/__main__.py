"""``python -m gridfolio audit STRATEGY.toml``: looks for look-ahead, as ``gridfolio audit`` does, also in alpha
models that are Python's.

``python -m gridfolio worker DIR --shards LIST``: computes given shards of a sweep's folder, whose
alpha models may be Python's. What runs on the nodes of a cluster."""

import argparse
import os
import sys

from gridfolio import _gridfolio, audit
from gridfolio.errors import Error


def _shards(text):
    shards = set()
    for piece in text.split(","):
        first, _, last = piece.partition("-")
        try:
            shards.update(range(int(first), int(last or first) + 1))
        except ValueError:
            raise argparse.ArgumentTypeError(f"`{piece}` is neither a number nor a range") from None
    return shards


def main():
    parser = argparse.ArgumentParser(prog="python -m gridfolio")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    audit.add_command(commands)
    worker = commands.add_parser("worker", help="compute given shards of a sweep's folder")
    worker.add_argument("dir", metavar="DIR", help="the sweep's folder")
    worker.add_argument("--shards", required=True, type=_shards, metavar="LIST", help="as in `0-3,7`")
    worker.add_argument("--threads", type=int, default=1, metavar="N", help="Python runs one at a time: 1 if not given")
    worker.add_argument("--task", default="worker", metavar="LABEL", help="a name for the note in `workers`")
    worker.add_argument("--restart", type=int, default=0, metavar="N", help="how often it was started before")
    arguments = parser.parse_args()
    # The module of a model is looked for where the worker was started.
    sys.path.insert(0, os.getcwd())
    if arguments.command == "audit":
        return audit.execute(arguments)
    try:
        _gridfolio.Sweep.work(
            arguments.dir, arguments.shards, arguments.threads, arguments.task, arguments.restart
        )
    except Error as error:
        print(f"error: {error}", file=sys.stderr)
        return 5
    return 0


if __name__ == "__main__":
    sys.exit(main())
