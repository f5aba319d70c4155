"""Prices from Yahoo, through the package yfinance. A module of its own, since it requires pandas and yfinance."""

from __future__ import annotations

import datetime
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Optional, Union

import pandas as pd

from gridfolio.errors import DataError, UsageError

_COLUMNS = ["Open", "High", "Low", "Close", "Adj Close", "Volume", "Dividends", "Stock Splits", "Capital Gains"]

# Days before the end of a file that are downloaded again, to see whether the past has changed.
_OVERLAP = datetime.timedelta(days=14)

# Two downloads of one price differ by less.
_TOLERANCE = 1e-5


def fetch(
    symbols: Union[str, Iterable[str]],
    dir: Union[str, os.PathLike[str]],
    *,
    start: Union[str, datetime.date, None] = None,
    end: Union[str, datetime.date, None] = None,
) -> pd.DataFrame:
    """Downloads daily bars from Yahoo with the package yfinance, into a CSV file per symbol.

    Prices are as Yahoo has them, adjusted for splits, with dividends, splits and the column ``Adj Close``. A file
    that is there is extended. Where Yahoo has changed the past of a symbol, as after each dividend and split, its
    whole history is downloaded again. The bar of today is left out, since it may not be over.

    Yahoo's data are for personal use, and yfinance is neither of Yahoo nor of gridfolio; docs/get-prices.md has
    other ways.

    Parameters
    ----------
    symbols : str or iterable of str
        Yahoo's symbols: ``SPY``, ``^VIX``, ``VOD.L``, ``BTC-USD``.
    dir : path
        The folder, created if it does not exist.
    start : str or date, optional
        The first day of new files; by default all that Yahoo has.
    end : str or date, optional
        The last day; by default yesterday.

    Returns
    -------
    pandas.DataFrame
        A row per symbol: the ``first`` and ``last`` day of its file, its ``rows``, how many are ``new``, and where
        closes that were known have changed, the first day of that (``changed_from``) and the largest
        ``ratio`` of new and old.

    Raises
    ------
    UsageError
        If yfinance is not installed.
    DataError
        If Yahoo cannot be reached or refuses, or has no prices for some of the symbols; the files of the others are
        written all the same.

    Examples
    --------
    >>> gridfolio.fetch(["SPY", "AGG"], "prices")
    >>> market = gridfolio.Market.from_folder("prices", ["SPY", "AGG"])
    """
    try:
        import yfinance
    except ImportError as error:
        raise UsageError(
            "`fetch` requires the package yfinance\n hint: install it with `pip install \"gridfolio[data]\"`"
        ) from error
    wanted = [symbols] if isinstance(symbols, str) else list(dict.fromkeys(symbols))
    for symbol in wanted:
        if not symbol or "/" in symbol or "\\" in symbol or symbol.startswith("."):
            raise UsageError(f"`{symbol}` cannot be the name of a file\n hint: give symbols as Yahoo has them, as `BRK-B`")
    folder = Path(dir)
    folder.mkdir(parents=True, exist_ok=True)
    # yfinance leaves the day of `end` out.
    until = datetime.date.today() if end is None else _day(end) + datetime.timedelta(days=1)
    since = datetime.date(1900, 1, 1) if start is None else _day(start)

    known = {symbol: _stored(folder / f"{symbol}.csv") for symbol in wanted}
    new = [symbol for symbol in wanted if known[symbol] is None]
    old = {symbol: frame for symbol, frame in known.items() if frame is not None}
    frames: dict[str, pd.DataFrame] = {}
    if old:
        from_ = min(frame.index[-1].date() for frame in old.values()) - _OVERLAP
        latest = _download(yfinance, list(old), from_, until)
        for symbol, frame in old.items():
            if symbol in latest and _agree(frame, latest[symbol]):
                kept = frame[~frame.index.isin(latest[symbol].index)]
                frames[symbol] = pd.concat([kept, latest[symbol]]).sort_index()
    changed = [symbol for symbol in old if symbol not in frames]
    for group, from_ in ((new, since), (changed, None)):
        if group:
            first = from_ or min(old[symbol].index[0].date() for symbol in group)
            frames.update(_download(yfinance, group, first, until))
    rows = []
    for symbol in wanted:
        if symbol in frames:
            _write(folder / f"{symbol}.csv", frames[symbol])
            rows.append(_summary(symbol, known[symbol], frames[symbol]))
    missing = [symbol for symbol in wanted if symbol not in frames]
    if missing:
        raise _missing(yfinance, missing, len(rows), folder)
    return pd.DataFrame(rows, columns=["symbol", "first", "last", "rows", "new", "changed_from", "ratio"]).set_index("symbol")


def _download(yfinance: Any, symbols: list[str], start: datetime.date, end: datetime.date) -> dict[str, pd.DataFrame]:
    """The bars of each symbol that has any."""
    try:
        table = yfinance.download(
            symbols,
            start=start.isoformat(),
            end=end.isoformat(),
            interval="1d",
            auto_adjust=False,
            actions=True,
            progress=False,
        )
    except Exception as error:
        raise _explained(error) from error
    if table is None or len(table) == 0:
        return {}
    return by_symbol(table, symbols)


def by_symbol(table: pd.DataFrame, symbols: list[str]) -> dict[str, pd.DataFrame]:
    """Divides what yfinance returns, in whichever orientation its version has it."""
    frames = {}
    columns = table.columns
    if isinstance(columns, pd.MultiIndex):
        fields = next((at for at in range(columns.nlevels) if "Close" in columns.get_level_values(at)), None)
        if fields is None:
            raise DataError(f"yfinance returned the columns {list(columns)[:4]}, and none is `Close`\n hint: update it with `pip install -U yfinance`")
        names = next(at for at in range(columns.nlevels) if at != fields)
        for symbol in dict.fromkeys(columns.get_level_values(names)):
            own = table.loc[:, columns.get_level_values(names) == symbol]
            own.columns = own.columns.get_level_values(fields)
            frames[str(symbol)] = own
    elif len(symbols) == 1:
        frames[symbols[0]] = table
    else:
        raise DataError("yfinance returned one table for several symbols\n hint: update it with `pip install -U yfinance`")
    # Yahoo writes symbols in capitals.
    given = {symbol.upper(): symbol for symbol in symbols}
    cleaned = {given.get(symbol.upper(), symbol): _cleaned(frame) for symbol, frame in frames.items()}
    return {symbol: frame for symbol, frame in cleaned.items() if len(frame) > 0 and symbol in symbols}


def _cleaned(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows with a close, by day, with the columns that a file has."""
    if "Close" not in frame:
        return frame.iloc[:0]
    index = pd.DatetimeIndex(frame.index)
    if index.tz is not None:
        # The day at the exchange.
        index = index.tz_localize(None)
    own = frame.set_axis(index.normalize().rename("Date"), axis=0)
    own = own.loc[own["Close"].notna(), [column for column in _COLUMNS if column in own.columns]]
    own = own[~own.index.duplicated(keep="last")].sort_index()
    own.columns.name = None
    return own


def _stored(path: Path) -> Optional[pd.DataFrame]:
    """The bars of a file that an earlier call wrote."""
    if not path.exists():
        return None
    try:
        frame = pd.read_csv(path, index_col="Date", parse_dates=True)
        if len(frame) > 0 and "Close" in frame and isinstance(frame.index, pd.DatetimeIndex):
            return frame
    except ValueError:
        pass
    raise DataError(f"`{path}` was not written by `fetch`\n hint: name another folder, or move the file away")


def _agree(old: pd.DataFrame, new: pd.DataFrame) -> bool:
    """Whether both have the same prices for the days that they have in common; the last day of `old` apart."""
    days = old.index[:-1].intersection(new.index)
    if len(days) == 0 or ("Adj Close" in old) != ("Adj Close" in new):
        return False
    for column in ("Close", "Adj Close"):
        if column in old and ((new.loc[days, column] / old.loc[days, column] - 1).abs() > _TOLERANCE).any():
            return False
    return True


def _summary(symbol: str, old: Optional[pd.DataFrame], new: pd.DataFrame) -> dict[str, Any]:
    changed, ratio = pd.NaT, float("nan")
    if old is not None:
        days = old.index[:-1].intersection(new.index)
        ratios = new.loc[days, "Close"] / old.loc[days, "Close"]
        ratios = ratios[(ratios - 1).abs() > _TOLERANCE]
        if len(ratios) > 0:
            changed, ratio = ratios.index[0], ratios.loc[ratios.map(lambda one: abs(one - 1)).idxmax()]
    n_known = 0 if old is None else len(old.index.intersection(new.index))
    return {
        "symbol": symbol,
        "first": new.index[0],
        "last": new.index[-1],
        "rows": len(new),
        "new": len(new) - n_known,
        "changed_from": changed,
        "ratio": ratio,
    }


def _write(path: Path, frame: pd.DataFrame) -> None:
    """Replaces the file as a whole."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "w", newline="") as file:
            frame.to_csv(file, date_format="%Y-%m-%d")
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _explained(error: Exception) -> DataError:
    """What an error of yfinance means."""
    kind = type(error).__name__
    if "RateLimit" in kind or "Too Many Requests" in str(error) or "429" in str(error):
        return DataError(
            "Yahoo refuses for now: too many requests\n hint: wait some minutes and call `fetch` again; files that are "
            "complete are not downloaded again"
        )
    return DataError(
        f"yfinance failed: {kind}: {error}\n hint: check the connection, or update it with `pip install -U yfinance`: "
        "Yahoo changes its pages without notice"
    )


def _missing(yfinance: Any, symbols: list[str], n_written: int, folder: Path) -> DataError:
    """Symbols without prices, with the reason that yfinance noted for each."""
    noted = getattr(getattr(yfinance, "shared", None), "_ERRORS", None) or {}
    reasons = [str(noted.get(symbol) or noted.get(symbol.upper()) or "no prices") for symbol in symbols]
    if any("RateLimit" in reason or "Too Many Requests" in reason for reason in reasons):
        return _explained(RuntimeError("Too Many Requests"))
    lines = "".join(f"\n  {symbol}: {reason}" for symbol, reason in zip(symbols, reasons))
    written = f"; {n_written} others were written to `{folder}`" if n_written else ""
    return DataError(
        f"Yahoo has no prices for {', '.join(f'`{symbol}`' for symbol in symbols)}{written}{lines}\n hint: look the "
        "symbols up on finance.yahoo.com; a company that is no longer listed is mostly not there"
    )


def _day(day: Union[str, datetime.date]) -> datetime.date:
    if isinstance(day, datetime.datetime):
        return day.date()
    if isinstance(day, datetime.date):
        return day
    try:
        return datetime.date.fromisoformat(day)
    except ValueError:
        raise UsageError(f"`{day}` is not a date\n hint: write it as `2024-01-31`") from None
