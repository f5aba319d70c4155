"""The interface of alpha models written in Python."""

from __future__ import annotations

from typing import Any, Mapping, Sequence, Union

import numpy as np
import numpy.typing as npt

from gridfolio._gridfolio import AsOf


class AlphaModel:
    """Computes target weights from the market as known at a decision.

    Deriving from this class is optional: any class with a method ``weights(self, as_of)`` is an alpha
    model. The parameters of its constructor can be axes of a sweep, as ``alpha.parameters.lookback``.
    A model must keep its state in its object: otherwise the trials of a sweep depend on each other.

    Examples
    --------
    >>> class AboveAverage(gridfolio.AlphaModel):
    ...     def __init__(self, lookback=200):
    ...         self.lookback = lookback
    ...
    ...     def weights(self, as_of):
    ...         above = [a for a in as_of.assets
    ...                  if as_of.price(a) > as_of.moving_average(a, self.lookback)]
    ...         return {a: 1 / len(as_of.assets) for a in above}
    >>> strategy = gridfolio.Strategy(..., alpha=AboveAverage, parameters={"lookback": 100})
    """

    def weights(self, as_of: AsOf) -> Union[Mapping[str, float], Sequence[float], npt.NDArray[np.float64], Any]:
        """The target weights. Called once per decision, in chronological order.

        Parameters
        ----------
        as_of : AsOf
            The market as known at the decision.

        Returns
        -------
        mapping of str to float, or sequence of float
            Fractions of the equity: by symbol, as a dict or a pandas Series, or one for each of
            ``as_of.assets``. An asset without a weight is not held.
        """
        raise NotImplementedError("an alpha model needs a method `weights(self, as_of)`")


def class_path(model: object) -> str:
    """``module:Class`` of a class, or of the class of an object."""
    cls = model if isinstance(model, type) else type(model)
    return f"{cls.__module__}:{cls.__qualname__}"
