#!/usr/bin/env python3
"""Computes statistics by their definitions, in fifty digits, and writes them to `goldens.json`.

    python3 -m venv venv && venv/bin/pip install mpmath && venv/bin/python make.py

The curves are made here with whole numbers only. Returns are quotients of the curve's values, so that
the only rounding is that of the result.
"""
import datetime
import json
import pathlib

from mpmath import erfc, erfinv, mp, mpf, sqrt

mp.dps = 50
HERE = pathlib.Path(__file__).parent
YEAR = 252


class Random:
    """A linear congruential generator; its upper bits."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % n


def curve(seed, sessions, spread, drift, idle=0):
    """Equity in dollars from a walk in whole cents; each `idle`-th session it stands still."""
    random, cents, equity = Random(seed), 10_000_000, [100_000.0]
    for session in range(sessions):
        change = drift + sum(random.below(2 * spread + 1) - spread for _ in range(4))
        if not (idle and session % idle == 0):
            cents = cents * (10_000 + change) // 10_000
        equity.append(cents / 100)
    return equity


def weekdays(n):
    day, days = datetime.date(2019, 12, 30), []
    while len(days) < n:
        if day.weekday() < 5:
            days.append(day)
        day += datetime.timedelta(days=1)
    return days


def quantile(values, p):
    """Hyndman and Fan (1996), type 7."""
    values, at = sorted(values), (len(values) - 1) * p
    low = int(at)
    return values[low] if low + 1 >= len(values) else values[low] + (at - low) * (values[low + 1] - values[low])


def expected_shortfall(values, p):
    """Acerbi and Tasche (2002): the mean of the tail, the value at its edge in part."""
    values, n = sorted(values), p * len(values)
    whole = int(n)
    return (sum(values[:whole], mpf(0)) + (n - whole) * values[whole]) / n


def mean(values):
    return sum(values, mpf(0)) / len(values)


def deviation(values):
    centre = mean(values)
    return sqrt(sum((value - centre) ** 2 for value in values) / (len(values) - 1))


def returns_of(equity):
    equity = [mpf(value) for value in equity]
    return [after / before - 1 for before, after in zip(equity, equity[1:])]


def annualisation_factor(rho, q):
    """Lo (2002), equation 20, for a first-order autoregression."""
    return q / sqrt(q + 2 * sum((q - lag) * rho**lag for lag in range(1, int(q))))


def summary(equity, dates):
    equity = [mpf(value) for value in equity]
    returns, n = returns_of(equity), len(equity) - 1
    m, deviation_ = mean(returns), deviation(returns)
    moment = lambda order: mean([(value - m) ** order for value in returns])
    m2, m3, m4 = moment(2), moment(3), moment(4)
    growth, days = equity[-1] / equity[0], (dates[-1] - dates[0]).days
    downside = sqrt(mean([min(value, mpf(0)) ** 2 for value in returns]))
    depths, peak = [], equity[0]
    for value in equity:
        peak = max(peak, value)
        depths.append(1 - value / peak)
    depths = depths[1:]
    ulcer, cagr = sqrt(mean([depth**2 for depth in depths])), growth ** (mpf("365.25") / days) - 1
    gains, losses = [v for v in returns if v > 0], [v for v in returns if v < 0]
    rho = sum((a - m) * (b - m) for a, b in zip(returns, returns[1:])) / n / m2
    skewness, kurtosis = m3 / m2 ** mpf("1.5"), m4 / m2**2
    return {
        "total_return": growth - 1,
        "cagr": cagr,
        "arithmetic_return": m * YEAR,
        "volatility": deviation_ * sqrt(mpf(YEAR)),
        "sharpe": m / deviation_ * sqrt(mpf(YEAR)),
        "downside_deviation": downside * sqrt(mpf(YEAR)),
        "sortino": m / downside * sqrt(mpf(YEAR)),
        "max_drawdown": max(depths),
        "mean_drawdown": mean(depths),
        "ulcer_index": ulcer,
        "underwater": mpf(sum(depth > 0 for depth in depths)) / n,
        "mar": cagr / max(depths),
        "martin": cagr / ulcer,
        "profit_factor": sum(gains) / -sum(losses),
        "positive_sessions": mpf(len(gains)) / (len(gains) + len(losses)),
        "mean_gain": mean(gains),
        "mean_loss": mean(losses),
        "payoff": mean(gains) / -mean(losses),
        "skewness_biased": skewness,
        "kurtosis_biased": kurtosis,
        "skewness": sqrt(mpf(n) * (n - 1)) / (n - 2) * skewness,
        "excess_kurtosis": mpf(n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * kurtosis - 3 * (n - 1)),
        "autocorrelation": rho,
        "sharpe_autocorrelation_adjusted": m / deviation_ * annualisation_factor(rho, mpf(YEAR)),
        "value_at_risk_5": quantile(returns, mpf(5) / 100),
        "value_at_risk_1": quantile(returns, mpf(1) / 100),
        "expected_shortfall_5": expected_shortfall(returns, mpf(5) / 100),
        "expected_shortfall_1": expected_shortfall(returns, mpf(1) / 100),
        "tail_ratio": abs(quantile(returns, mpf(95) / 100)) / abs(quantile(returns, mpf(5) / 100)),
    }


def relative(equity, benchmark):
    ours, theirs = returns_of(equity), returns_of(benchmark)
    m, b = mean(ours), mean(theirs)
    covariance = sum((x - m) * (y - b) for x, y in zip(ours, theirs)) / (len(ours) - 1)
    beta = covariance / deviation(theirs) ** 2
    excess = [x - y for x, y in zip(ours, theirs)]
    return {
        "beta": beta,
        "alpha": (m - beta * b) * YEAR,
        "correlation": covariance / deviation(ours) / deviation(theirs),
        "tracking_error": deviation(excess) * sqrt(mpf(YEAR)),
        "information_ratio": mean(excess) / deviation(excess) * sqrt(mpf(YEAR)),
        "treynor": m * YEAR / beta,
    }


def normal(x):
    return erfc(-x / sqrt(mpf(2))) / 2


def normal_quantile(p):
    return sqrt(mpf(2)) * erfinv(2 * p - 1)


def sharpe_ratios():
    """Bailey and López de Prado (2012 and 2014), by ratio, against, returns, skewness, kurtosis."""
    rows, level, euler = [], normal_quantile(mpf(95) / 100), mp.euler
    for values in [(0.1, 0.0, 250, 0.0, 3.0), (0.05, 0.02, 1250, -1.5, 9.0), (-0.03, 0.0, 60, 0.5, 4.0), (0.3, 0.1, 24, -2.5, 10.0)]:
        ratio, against, n, skewness, kurtosis = map(mpf, values)
        error = sqrt(1 - skewness * ratio + (kurtosis - 1) / 4 * ratio**2)
        row = {"given": values, "probabilistic": normal((ratio - against) * sqrt(n - 1) / error)}
        if ratio > against:
            row["min_track_record"] = 1 + (error * level / (ratio - against)) ** 2
        trials, variance = mpf(50), mpf("0.002")
        expected = (1 - euler) * normal_quantile(1 - 1 / trials) + euler * normal_quantile(1 - 1 / (trials * mp.e))
        bar = sqrt(variance) * expected
        row["deflated"] = normal((ratio - bar) * sqrt(n - 1) / error)
        rows.append(row)
    return rows


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return float(value) if isinstance(value, mpf) else value


def main():
    curves = {
        "rising": curve(1, 504, 40, 5),
        "falling": curve(2, 250, 60, -4),
        "idle": curve(3, 300, 50, 2, idle=3),
        "short": curve(4, 12, 80, 1),
    }
    benchmark = curve(5, 504, 45, 3)
    goldens = {"benchmark": benchmark, "curves": {}, "sharpe_ratios": sharpe_ratios()}
    for name, equity in curves.items():
        dates = weekdays(len(equity))
        goldens["curves"][name] = {
            "equity": equity,
            "first_day": str(dates[0]),
            "summary": summary(equity, dates),
            "relative": relative(equity, benchmark[: len(equity)]),
        }
    goldens["normal"] = [[x / 4, normal(mpf(x) / 4)] for x in range(-32, 33)]
    goldens["normal_quantile"] = [
        [p, normal_quantile(mpf(p))] for p in [1e-9, 1e-4, 0.01, 0.1, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999999]
    ]
    goldens["annualisation_factor"] = [
        [rho, q, annualisation_factor(mpf(rho), mpf(q))] for rho in [-0.4, -0.05, 0.0, 0.1, 0.7] for q in [2, 12, 252]
    ]
    text = json.dumps(plain(goldens), separators=(",", ":"))
    (HERE / "goldens.json").write_text(text.replace("},\"", "},\n\"").replace("],[", "],\n[") + "\n")


if __name__ == "__main__":
    main()
