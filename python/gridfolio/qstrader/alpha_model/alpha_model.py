"""The interface of alpha models."""

from __future__ import annotations

import datetime
from typing import Mapping


class AlphaModel:
    """Base class of alpha models: ``__call__(dt)`` returns weights by asset."""

    def __call__(self, dt: datetime.datetime) -> Mapping[str, float]:
        raise NotImplementedError("Should implement __call__()")
