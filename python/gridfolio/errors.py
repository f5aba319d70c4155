"""What can go wrong. The words of each error are those of the command line."""


class Error(Exception):
    """Something that was asked for was not done; the text says why, and the way out."""


class StrategyError(Error, ValueError):
    """The strategy, or what it is to be swept over, cannot be run."""


class ModelError(StrategyError):
    """An alpha model written in Python failed. ``__cause__`` is what it raised, if anything."""


class DataError(Error, ValueError):
    """The prices are missing, wrong, or do not fit the strategy."""


class UsageError(Error, ValueError):
    """It was asked for in a way that cannot be."""


class OutputError(Error, OSError):
    """Results or a sweep's folder could not be read or written."""


class ClusterError(Error):
    """The cluster cannot be used, or has lost part of a sweep for good."""


class NotCovered(Error, NotImplementedError):
    """A part of QSTrader that ``gridfolio.qstrader`` does not have."""
