"""The interface of risk models."""

from __future__ import annotations

import datetime
from typing import Mapping


class RiskModel:
    """Base class of risk models. As in QSTrader 0.3.0, a session accepts one and never calls it."""

    def __call__(self, dt: datetime.datetime, weights: Mapping[str, float]) -> Mapping[str, float]:
        raise NotImplementedError("Should implement __call__()")
