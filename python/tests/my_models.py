"""Alpha models that tests name as `my_models:...`."""

import os
import random
import time

import gridfolio


class TopMomentum(gridfolio.AlphaModel):
    """`top-n-momentum`, written in Python."""

    def __init__(self, lookback, top_n=1):
        self.lookback, self.top_n = lookback, top_n

    def weights(self, as_of):
        weights = {asset: 0.0 for asset in as_of.assets}
        if as_of.closes_seen >= self.lookback:
            ranked = sorted(as_of.assets, key=lambda asset: -as_of.momentum(asset, self.lookback))
            weights.update({asset: 1.0 / self.top_n for asset in ranked[: self.top_n]})
        return weights


class FailsLate(gridfolio.AlphaModel):
    """Raises after a given number of closes."""

    def __init__(self, after):
        self.after = after

    def weights(self, as_of):
        if as_of.closes_seen > self.after:
            raise RuntimeError("no weights after that many closes")
        return {}


class Waits(gridfolio.AlphaModel):
    """Is slow, and prints a line at the start of each decision."""

    def weights(self, as_of):
        os.write(1, b"asked\n")  # a single write, so that lines of several processes do not mix
        time.sleep(1.0)
        return {}


class Random(gridfolio.AlphaModel):
    """Holds random weights, without a seed."""

    def weights(self, as_of):
        return {as_of.assets[0]: random.random(), as_of.assets[1]: random.random()}
