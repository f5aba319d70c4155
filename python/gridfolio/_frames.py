"""The table of a sweep's results. Imported when there is one, because it needs pandas."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pandas as pd

from gridfolio import _gridfolio
from gridfolio.backtest import Backtest
from gridfolio.errors import Error, UsageError
from gridfolio.verdict import Verdict


class _Origin:
    """Where results come from: their sweep, and its folder if that is to go with them."""

    def __init__(self, sweep: _gridfolio.Sweep, folder: Any = None) -> None:
        self.sweep = sweep
        self.folder = folder

    def __reduce__(self) -> Any:
        # A copy elsewhere finds the folder again, or says that it is gone.
        return (_Origin._opened, (self.sweep.dir,))

    @staticmethod
    def _opened(dir: str) -> Any:
        try:
            return _Origin(_gridfolio.Sweep.open(dir))
        except Error:
            return dir


class SweepResults(pd.DataFrame):
    """A row per trial, indexed by its number: the axes' values, the statistics, and ``error`` for a
    trial that failed. Fractions are fractions: a ``cagr`` of 0.07 is seven per cent.

    The sums over stretches of time, ``fold_1_sum`` and so on, are in ``results.parquet`` only.
    """

    # What pandas hands on to sorted, filtered and sliced frames.
    _metadata = ["_origin"]
    _origin: Any = None

    @property
    def _constructor(self) -> type:
        return SweepResults

    @classmethod
    def of(cls, sweep: _gridfolio.Sweep, folder: Any) -> SweepResults:
        """Reads the results in a sweep's folder; a temporary ``folder`` lives as long as they do."""
        columns = sweep.results()
        shown = {name: values for name, values in columns.items() if not name.startswith("fold_")}
        results = cls(shown).set_index("trial")
        object.__setattr__(results, "_origin", _Origin(sweep, folder))
        return results

    @property
    def _sweep(self) -> _gridfolio.Sweep:
        origin = self._origin
        if isinstance(origin, _Origin):
            return origin.sweep
        if origin is None:
            raise UsageError("these rows no longer know their sweep: keep what `sweep` returned")
        raise UsageError(f"the folder of these results is gone: `{origin}`\n hint: give `sweep` a folder as `out`")

    @property
    def axes_names(self) -> list[str]:
        """The columns that are axes, in order."""
        return self._sweep.axes()

    def verdict(self) -> Verdict:
        """Whether the best trial is real, or luck, counting all that has been tried on these prices: what
        every sweep ends with. See docs/overfitting.md."""
        text, details, said = self._sweep.judge(0)
        for warning in said:
            warnings.warn(warning, stacklevel=2)
        return Verdict(text, json.loads(details))

    def show(self, trial: int) -> Backtest:
        """Runs a trial again and gives all of it. The run is that of its row, to the bit."""
        return Backtest(self._sweep.show(int(trial)))

    def strategy_toml(self, trial: int) -> str:
        """The complete strategy file of a trial."""
        return self._sweep.trial_toml(int(trial))
