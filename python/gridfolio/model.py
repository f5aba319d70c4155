"""Alpha models of one's own."""

from __future__ import annotations

from typing import Any, Mapping, Sequence, Union

from gridfolio._gridfolio import AsOf


class AlphaModel:
    """Turns what is known at a decision into target weights. Deriving from it is not required: any
    class with this method will do.

        class AboveAverage(gridfolio.AlphaModel):
            def __init__(self, lookback=200):
                self.lookback = lookback

            def weights(self, as_of):
                above = [a for a in as_of.assets
                         if as_of.price(a) > as_of.moving_average(a, self.lookback)]
                return {a: 1 / len(as_of.assets) for a in above}

    The parameters of the constructor are axes of sweeps: ``alpha.parameters.lookback``.
    """

    def weights(self, as_of: AsOf) -> Union[Mapping[str, float], Sequence[float], Any]:
        """Called once per decision, in order of time.

        Returns weights as fractions of the equity by symbol (a dict or a pandas Series), or a number
        for each of ``as_of.assets``. What is not mentioned is not held.
        """
        raise NotImplementedError("an alpha model needs a method `weights(self, as_of)`")


def class_path(model: Any) -> str:
    """``module:Class`` of a class, or of an object's class."""
    cls = model if isinstance(model, type) else type(model)
    return f"{cls.__module__}:{cls.__qualname__}"
