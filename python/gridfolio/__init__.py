"""Backtests systematic trading strategies over daily bars: exactly, in microseconds.

The package uses the engine of the command line ``gridfolio``: the same strategy on the same prices gives
the same result to the bit.

Examples
--------
>>> import gridfolio
>>> market = gridfolio.Market.from_folder("prices", ["SPY", "AGG"])
>>> strategy = gridfolio.Strategy.from_toml("sixty_forty.toml")
>>> backtest = strategy.run(market)
>>> backtest.equity_curve           # a pandas Series
>>> backtest.statistics["ratios"]["sharpe"]
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gridfolio._gridfolio import VERSION as __version__
    from gridfolio._gridfolio import AsOf as AsOf
    from gridfolio.audit import Audit as Audit
    from gridfolio.backtest import Backtest as Backtest
    from gridfolio.checks import PriceCheck as PriceCheck
    from gridfolio.checks import check as check
    from gridfolio.errors import ClusterError as ClusterError
    from gridfolio.errors import DataError as DataError
    from gridfolio.errors import Error as Error
    from gridfolio.errors import ModelError as ModelError
    from gridfolio.errors import NotCovered as NotCovered
    from gridfolio.errors import OutputError as OutputError
    from gridfolio.errors import StrategyError as StrategyError
    from gridfolio.errors import UsageError as UsageError
    from gridfolio.fetching import fetch as fetch
    from gridfolio.importing import compare_prices as compare_prices
    from gridfolio.importing import import_prices as import_prices
    from gridfolio.market import Market as Market
    from gridfolio.model import AlphaModel as AlphaModel
    from gridfolio.strategy import Strategy as Strategy
    from gridfolio.sweeps import open_sweep as open_sweep
    from gridfolio.sweeps import sweep as sweep
    from gridfolio.verdict import Verdict as Verdict

# The module of each name, imported at its first use: a script does not load the parts that it does not use.
_MODULES = {
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
    "PriceCheck": "checks",
    "Strategy": "strategy",
    "StrategyError": "errors",
    "UsageError": "errors",
    "Verdict": "verdict",
    "check": "checks",
    "compare_prices": "importing",
    "fetch": "fetching",
    "import_prices": "importing",
    "open_sweep": "sweeps",
    "sweep": "sweeps",
}

__all__ = [*_MODULES, "__version__"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return importlib.import_module("gridfolio._gridfolio").VERSION
    if name not in _MODULES:
        raise AttributeError(f"module 'gridfolio' has no attribute '{name}'")
    found = getattr(importlib.import_module(f"gridfolio.{_MODULES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
