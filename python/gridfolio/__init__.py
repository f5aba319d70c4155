"""Backtests systematic trading strategies over daily bars: exactly, in microseconds.

    >>> import gridfolio
    >>> market = gridfolio.Market.from_csv("prices", ["SPY", "AGG"])
    >>> strategy = gridfolio.Strategy.from_toml("sixty_forty.toml")
    >>> backtest = strategy.run(market)
    >>> backtest.equity_curve           # a pandas Series
    >>> backtest.statistics["ratios"]["sharpe"]

Everything is computed by the engine that the command line ``gridfolio`` uses: the same strategy on
the same prices gives the same bits.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gridfolio._gridfolio import VERSION as __version__
    from gridfolio._gridfolio import AsOf as AsOf
    from gridfolio.audit import Audit as Audit
    from gridfolio.backtest import Backtest as Backtest
    from gridfolio.errors import ClusterError as ClusterError
    from gridfolio.errors import DataError as DataError
    from gridfolio.errors import Error as Error
    from gridfolio.errors import ModelError as ModelError
    from gridfolio.errors import NotCovered as NotCovered
    from gridfolio.errors import OutputError as OutputError
    from gridfolio.errors import StrategyError as StrategyError
    from gridfolio.errors import UsageError as UsageError
    from gridfolio.market import Market as Market
    from gridfolio.model import AlphaModel as AlphaModel
    from gridfolio.strategy import Strategy as Strategy
    from gridfolio.sweeps import open_sweep as open_sweep
    from gridfolio.sweeps import sweep as sweep
    from gridfolio.verdict import Verdict as Verdict

# Where each name is. A script that uses one part of the package does not wait for the others.
_PLACES = {
    "AlphaModel": "model",
    "AsOf": "_gridfolio",
    "Audit": "audit",
    "Backtest": "backtest",
    "ClusterError": "errors",
    "DataError": "errors",
    "Error": "errors",
    "Market": "market",
    "ModelError": "errors",
    "NotCovered": "errors",
    "OutputError": "errors",
    "Strategy": "strategy",
    "StrategyError": "errors",
    "UsageError": "errors",
    "Verdict": "verdict",
    "open_sweep": "sweeps",
    "sweep": "sweeps",
}

__all__ = [*_PLACES, "__version__"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return importlib.import_module("gridfolio._gridfolio").VERSION
    if name not in _PLACES:
        raise AttributeError(f"module 'gridfolio' has no attribute '{name}'")
    found = getattr(importlib.import_module(f"gridfolio.{_PLACES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
