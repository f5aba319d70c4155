"""The exceptions of the package. Their messages are those of the command line."""


class Error(Exception):
    """Base class of the package's exceptions. The message says what failed, why, and what to do.

    Examples
    --------
    >>> try:
    ...     strategy.run(market)
    ... except gridfolio.Error as error:
    ...     print(error)
    """


class StrategyError(Error, ValueError):
    """A strategy, or the axes of its sweep, is invalid."""


class ModelError(StrategyError):
    """An alpha model written in Python failed. ``__cause__`` is the exception it raised, if any."""


class DataError(Error, ValueError):
    """Prices are missing or invalid, or do not cover what the strategy needs."""


class UsageError(Error, ValueError):
    """A function was called with arguments that are invalid or contradict each other."""


class OutputError(Error, OSError):
    """Results or the folder of a sweep could not be read or written."""


class ClusterError(Error):
    """Slurm cannot be used, or part of a sweep was lost too often."""


class NotCovered(Error, NotImplementedError):
    """A part of QSTrader that ``gridfolio.qstrader`` does not cover."""
