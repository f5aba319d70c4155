"""The interface of portfolio optimisers."""

from __future__ import annotations

import datetime
from typing import Mapping


class PortfolioOptimiser:
    """Base class of optimisers: ``__call__(dt, initial_weights)`` returns target weights."""

    def __call__(self, dt: datetime.datetime, initial_weights: Mapping[str, float]) -> Mapping[str, float]:
        raise NotImplementedError("Should implement __call__()")
