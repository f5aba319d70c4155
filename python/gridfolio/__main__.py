"""Commands for strategies whose alpha models are Python's.

``python -m gridfolio audit STRATEGY.toml`` looks for look-ahead, as ``gridfolio audit`` does.
``python -m gridfolio worker DIR --shards LIST`` computes given shards of a sweep's folder: what runs on the
nodes of a cluster.
"""

import argparse
import json
import os
import sys

from gridfolio import _gridfolio
from gridfolio.errors import DataError, Error, StrategyError, UsageError
from gridfolio.market import Market
from gridfolio.strategy import Strategy


def _shards(text):
    shards = set()
    for piece in text.split(","):
        first, _, last = piece.partition("-")
        try:
            shards.update(range(int(first), int(last or first) + 1))
        except ValueError:
            raise argparse.ArgumentTypeError(f"`{piece}` is neither a number nor a range") from None
    return shards


def _positive(text):
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number from 1 on")
    return int(text)


def _audit(arguments):
    read = _gridfolio.Strategy.from_file(arguments.strategy, arguments.overrides)
    market = None
    if arguments.data is not None:
        market = Market.from_csv(arguments.data, read.symbols, adjusted=read.adjusted)
    audit = Strategy._of(read).audit(market, dates=arguments.dates)
    print(json.dumps(audit.details, indent=2) if arguments.json else audit.summary().rstrip())
    return 0 if audit.passed else 1


def _work(arguments):
    _gridfolio.Sweep.work(
        arguments.dir, arguments.shards, arguments.threads, arguments.task, arguments.restart
    )
    return 0


def _arguments():
    parser = argparse.ArgumentParser(prog="python -m gridfolio")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    audit = commands.add_parser("audit", help="look for look-ahead in a strategy and its alpha model")
    audit.set_defaults(execute=_audit)
    audit.add_argument("strategy", metavar="STRATEGY.toml", help="the strategy file")
    audit.add_argument("--data", metavar="DIR", help="the folder of price files, in place of the file's")
    audit.add_argument("--set", metavar="KEY=VALUE", dest="overrides", action="append", default=[], help="change a key")
    audit.add_argument("--dates", metavar="N", type=_positive, default=100, help="how often the future is taken away")
    audit.add_argument("--json", action="store_true", help="print everything that was found as JSON")
    worker = commands.add_parser("worker", help="compute given shards of a sweep's folder")
    worker.set_defaults(execute=_work)
    worker.add_argument("dir", metavar="DIR", help="the sweep's folder")
    worker.add_argument("--shards", required=True, type=_shards, metavar="LIST", help="as in `0-3,7`")
    worker.add_argument("--threads", type=int, default=1, metavar="N", help="Python runs one at a time: 1 if not given")
    worker.add_argument("--task", default="worker", metavar="LABEL", help="a name for the note in `workers`")
    worker.add_argument("--restart", type=int, default=0, metavar="N", help="how often it was started before")
    return parser.parse_args()


def main():
    arguments = _arguments()
    # The module of a model is looked for where the command was started.
    sys.path.insert(0, os.getcwd())
    try:
        return arguments.execute(arguments)
    except Error as error:
        print(f"error: {error}", file=sys.stderr)
        codes = {UsageError: 2, StrategyError: 3, DataError: 4}
        return next((code for kind, code in codes.items() if isinstance(error, kind)), 5)


if __name__ == "__main__":
    sys.exit(main())
