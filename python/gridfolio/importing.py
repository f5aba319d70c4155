"""Import and comparison of prices, as the commands `gridfolio data import` and `data diff` make them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Optional, Union

from gridfolio import _gridfolio

if TYPE_CHECKING:
    import pandas as pd

_Path = Union[str, os.PathLike[str]]


def import_prices(sources: Union[_Path, Iterable[_Path]], out: _Path) -> pd.DataFrame:
    """Imports files into a folder with one Parquet file for each symbol.

    Prices stay as they are in the source, beside adjusted closes, dividends and splits where it has them. Each file
    says where it came from, in its metadata: file, digest, vendor, time. All files are written, or none.

    Parameters
    ----------
    sources : path or iterable of path
        Files of prices, and folders of them, in any layout that ``Market.from_folder`` reads.
    out : path
        The folder, created if it does not exist.

    Returns
    -------
    pandas.DataFrame
        A row per symbol: ``source``, ``vendor``, ``first``, ``last``, ``rows``, what was corrected (``notices``), and
        where the past is not that of an earlier import: how many days have other prices (``changed``), the first
        of them (``changed_from``) and the largest ``ratio`` of new and old.

    Raises
    ------
    DataError
        With every file that cannot be used.
    OutputError
        If the folder cannot be written.

    Examples
    --------
    >>> gridfolio.import_prices("downloads", "prices")
    """
    import pandas as pd

    places = [sources] if isinstance(sources, (str, os.PathLike)) else list(sources)
    found, _ = _gridfolio.import_prices([os.fspath(place) for place in places], os.fspath(out))
    rows = []
    for symbol in json.loads(found)["symbols"]:
        change = symbol.pop("change") or {}
        rows.append({**symbol, **_change(change)})
    columns = ["symbol", "source", "vendor", "first", "last", "rows", "notices", "changed", "changed_from", "ratio"]
    frame = pd.DataFrame(rows, columns=columns).set_index("symbol")
    for column in ("first", "last", "changed_from"):
        frame[column] = pd.to_datetime(frame[column])
    return frame


def compare_prices(old: _Path, new: _Path, symbols: Union[str, Iterable[str], None] = None) -> pd.DataFrame:
    """Compares two downloads of the same prices: where the past has changed.

    The last day of the older prices is left out, since it may have been a quote. Adjusted closes are compared but for
    one factor, since each dividend changes all of them.

    Parameters
    ----------
    old : path
        The folder of the older prices.
    new : path
        The folder of the newer prices.
    symbols : str or iterable of str, optional
        Only these; by default those that both folders have.

    Returns
    -------
    pandas.DataFrame
        A row per symbol: the ``days`` compared, how many have other opens or closes (``changed``), the first of them
        (``changed_from``) and the largest ``ratio`` of new and old; the same of adjusted closes
        (``adjusted_changed``, ``adjusted_changed_from``, ``adjusted_ratio``); and how many days are ``gone`` and
        ``added``.

    Raises
    ------
    DataError
        With every file that cannot be used.

    Examples
    --------
    >>> gridfolio.compare_prices("prices-2024", "prices-2025").query("changed > 0")
    """
    import pandas as pd

    if symbols is not None:
        symbols = [symbols] if isinstance(symbols, str) else list(symbols)
    found, _ = _gridfolio.diff_prices(os.fspath(old), os.fspath(new), symbols)
    rows = []
    for symbol in json.loads(found)["symbols"]:
        adjusted = _change({"prices": symbol["adjusted"]})
        rows.append(
            {
                "symbol": symbol["symbol"],
                "days": symbol["days"],
                **_change(symbol),
                **{f"adjusted_{key}": value for key, value in adjusted.items()},
                "gone": len(symbol["gone"]),
                "added": len(symbol["added"]),
            }
        )
    columns = ["symbol", "days", "changed", "changed_from", "ratio"]
    columns += ["adjusted_changed", "adjusted_changed_from", "adjusted_ratio", "gone", "added"]
    frame = pd.DataFrame(rows, columns=columns).set_index("symbol")
    for column in ("changed_from", "adjusted_changed_from"):
        frame[column] = pd.to_datetime(frame[column])
    return frame


def _change(found: dict[str, Any]) -> dict[str, Optional[Any]]:
    prices = found.get("prices")
    if prices is None:
        return {"changed": 0, "changed_from": None, "ratio": 1.0}
    return {"changed": prices["days"], "changed_from": prices["first"], "ratio": prices["largest_ratio"]}
