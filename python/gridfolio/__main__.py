"""``python -m gridfolio``: commands for strategies whose alpha models may be Python's.

    python -m gridfolio audit STRATEGY.toml           looks for look-ahead, as ``gridfolio audit`` does
    python -m gridfolio worker DIR --shards LIST      computes given shards of a sweep's folder, as a node does
    python -m gridfolio cancel DIR                    ends the jobs of a sweep; what is done stays
"""

import argparse
import os
import sys

from gridfolio import _gridfolio, _worker, audit
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


def _arguments():
    parser = argparse.ArgumentParser(prog="python -m gridfolio", description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    audit.add_command(commands)
    worker = commands.add_parser("worker", help="compute given shards of a sweep's folder")
    worker.add_argument("dir", metavar="DIR", help="the sweep's folder")
    worker.add_argument("--shards", required=True, type=_shards, metavar="LIST", help="as in `0-3,7`")
    worker.add_argument(
        "--threads", type=int, default=1, metavar="N", help="processes, where alpha models are Python's; 1 if not given"
    )
    worker.add_argument("--task", default="worker", metavar="LABEL", help="a name for the note in `workers`")
    worker.add_argument("--restart", type=int, default=0, metavar="N", help="how often it was started before")
    cancel = commands.add_parser("cancel", help="end the jobs of a sweep; what is done stays")
    cancel.add_argument("dir", metavar="DIR", help="the sweep's folder")
    return parser.parse_args()


def main():
    arguments = _arguments()
    # The module of a model is looked for where the worker was started.
    sys.path.insert(0, os.getcwd())
    if arguments.command == "audit":
        return audit.execute(arguments)
    try:
        if arguments.command == "cancel":
            _gridfolio.cancel_on_slurm(arguments.dir)
            return 0
        in_processes = arguments.threads > 1 and _gridfolio.Sweep.open(arguments.dir).asks_models
    except Error as error:
        return _worker.failed(error)
    compute = _worker.compute_in_processes if in_processes else _worker.compute
    return compute(arguments.dir, arguments.shards, arguments.threads, arguments.task, arguments.restart)


if __name__ == "__main__":
    sys.exit(main())
