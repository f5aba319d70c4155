"""The table of a sweep's results. Imported when there is one, because it needs pandas."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pandas as pd

from gridfolio import _gridfolio
from gridfolio.backtest import Backtest
from gridfolio.verdict import Verdict


class SweepResults(pd.DataFrame):
    """A row per trial, indexed by its number: the axes' values, the statistics, and ``error`` for a
    trial that failed. Fractions are fractions: a ``cagr`` of 0.07 is seven per cent."""

    # What pandas hands on to sorted, filtered and sliced frames.
    _metadata = ["_sweep", "_folder"]
    _sweep: Any = None
    _folder: Any = None

    @property
    def _constructor(self) -> type:
        return SweepResults

    @classmethod
    def of(cls, sweep: _gridfolio.Sweep, folder: Any) -> SweepResults:
        """Reads the results in a sweep's folder; a temporary ``folder`` lives as long as they do."""
        results = cls(sweep.results()).set_index("trial")
        object.__setattr__(results, "_sweep", sweep)
        object.__setattr__(results, "_folder", folder)
        return results

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
