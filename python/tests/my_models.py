"""Alpha models that tests name as `my_models:...`."""

import os
import random
import time

import gridfolio


class TopMomentum(gridfolio.AlphaModel):
    """What `top-n-momentum` does, in Python."""

    def __init__(self, lookback, top_n=1):
        self.lookback, self.top_n = lookback, top_n

    def weights(self, as_of):
        weights = {asset: 0.0 for asset in as_of.assets}
        if as_of.closes_seen >= self.lookback:
            ranked = sorted(as_of.assets, key=lambda asset: -as_of.momentum(asset, self.lookback))
            weights.update({asset: 1.0 / self.top_n for asset in ranked[: self.top_n]})
        return weights


class FailsLate:
    """Raises once it has seen enough."""

    def __init__(self, after):
        self.after = after

    def weights(self, as_of):
        if as_of.closes_seen > self.after:
            raise RuntimeError("no idea what to do")
        return {}


class Waits:
    """Takes its time, and says when it begins."""

    def weights(self, as_of):
        os.write(1, b"asked\n")  # in one piece, whatever the other processes write
        time.sleep(1.0)
        return {}


class Forgetful:
    """Holds something else in each process."""

    def weights(self, as_of):
        return {as_of.assets[0]: random.random(), as_of.assets[1]: random.random()}
