"""``python -m gridfolio``: commands for strategies whose alpha model is a Python class.

    python -m gridfolio audit STRATEGY.toml           look for look-ahead, as ``gridfolio audit`` does
    python -m gridfolio worker DIR --shards LIST      compute shards of a sweep's folder, as a task on a node does
    python -m gridfolio cancel DIR                    cancel the jobs of a sweep; completed shards are kept
"""

from __future__ import annotations

import argparse
import json
import os
import sys

from gridfolio import _gridfolio, _worker
from gridfolio.errors import Error
from gridfolio.market import Market
from gridfolio.strategy import Strategy


def _shards(text: str) -> set[int]:
    shards: set[int] = set()
    for piece in text.split(","):
        first, _, last = piece.partition("-")
        try:
            shards.update(range(int(first), int(last or first) + 1))
        except ValueError:
            raise argparse.ArgumentTypeError(f"`{piece}` is neither a number nor a range") from None
    return shards


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gridfolio", description=(__doc__ or "").split("\n")[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    audit = commands.add_parser("audit", help="look for look-ahead in a strategy and its alpha model")
    audit.add_argument("strategy", metavar="STRATEGY.toml", help="the strategy file")
    audit.add_argument("--data", metavar="DIR", help="the folder of price files; overrides the strategy file")
    audit.add_argument("--set", metavar="KEY=VALUE", dest="overrides", action="append", default=[], help="change a key")
    audit.add_argument(
        "--dates", metavar="N", type=int, default=100, help="the number of dates at which prices change; default 100"
    )
    audit.add_argument("--json", action="store_true", help="print all findings as JSON")
    worker = commands.add_parser("worker", help="compute shards of a sweep's folder")
    worker.add_argument("dir", metavar="DIR", help="the sweep's folder")
    worker.add_argument("--shards", required=True, type=_shards, metavar="LIST", help="shards, as in `0-3,7`")
    worker.add_argument(
        "--threads", type=int, default=1, metavar="N", help="threads, or processes for Python models; default 1"
    )
    worker.add_argument("--task", default="worker", metavar="LABEL", help="the label of the status file in `workers`")
    worker.add_argument("--restart", type=int, default=0, metavar="N", help="the number of earlier starts of the task")
    worker.add_argument(
        "--trust",
        action="store_true",
        help="run the alpha models that the folder names, if they are gridfolio.AlphaModel; only for a folder whose origin you know",
    )
    cancel = commands.add_parser("cancel", help="cancel the jobs of a sweep; completed shards are kept")
    cancel.add_argument("dir", metavar="DIR", help="the sweep's folder")
    return parser


def _audit(arguments: argparse.Namespace) -> int:
    """Exits as ``gridfolio audit``: 1 if look-ahead was found, 8 if there may be one that the audit cannot see."""
    read = _gridfolio.Strategy.from_file(arguments.strategy, arguments.overrides)
    market = None
    if arguments.data is not None:
        market = Market.from_folder(
            arguments.data, read.symbols, adjusted=read.adjusted, opens=read.opens, also=read.only_read
        )
    audit = Strategy._of(read).audit(market, dates=arguments.dates)
    print(json.dumps(audit.details, indent=2) if arguments.json else audit.summary().rstrip())
    return {"passed": 0, "failed": 1, "not proven": 8}[audit.answer]


def _compute(arguments: argparse.Namespace) -> int:
    all_models, classes = _worker.trust_of(os.environ.get("GRIDFOLIO_TRUST", ""))
    trust = (all_models or arguments.trust, classes)
    in_processes = arguments.threads > 1 and _gridfolio.Sweep.open(arguments.dir, *trust).asks_models
    compute = _worker.compute_in_processes if in_processes else _worker.compute
    return compute(arguments.dir, arguments.shards, arguments.threads, arguments.task, arguments.restart, trust)


def main() -> int:
    """Runs the command of ``sys.argv`` and returns its exit code."""
    arguments = _parser().parse_args()
    # The module of a model may be in the folder in which the command was started. Python puts that folder
    # first, where its files would replace those of the standard library.
    here = os.getcwd()
    sys.path[:] = [entry for entry in sys.path if entry not in ("", here)] + [here]
    try:
        if arguments.command == "audit":
            return _audit(arguments)
        if arguments.command == "worker":
            return _compute(arguments)
        _gridfolio.cancel_on_slurm(arguments.dir)
    except Error as error:
        return _worker.failed(error)
    return 0


if __name__ == "__main__":
    sys.exit(main())
