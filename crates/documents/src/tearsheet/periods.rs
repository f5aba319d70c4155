//! Returns by month and year, and how they are distributed.

use drawing::chart::{
    Across, Bar, Chart, Grid, GridCell, GridRow, Histogram, Key, Legend, Mark, Picture, Range,
    Upright,
};
use drawing::{Ink, MONTHS};

use super::density::density;
use super::sheet::Tearsheet;
use crate::numbers::{
    QUANTILES, change, change_tick, count_tick, of, per_cent, quantiles, share_tick,
};
use crate::panel::{Panel, Table};
use crate::wealth::Wealth;

/// The strongest colour is that of this return, or of the largest one if that is smaller.
const STRONGEST: f64 = 0.1;

pub(super) fn monthly(sheet: &Tearsheet) -> Panel {
    let (months, years) = (sheet.strategy.monthly(), sheet.strategy.yearly());
    let of = |year: i32, month: u32| {
        let found = months.iter().find(|known| known.0 == (year, month));
        found.map(|known| known.1)
    };
    let mut table = Table::new(&["year"]).with(MONTHS).with(["year's return"]);
    let month_scale = scale(months.iter().map(|month| month.1), STRONGEST);
    let year_scale = scale(years.iter().map(|year| year.1), 3.0 * STRONGEST);
    let mut rows = Vec::new();
    for &(year, total) in &years {
        let all = || (1..=12).map(|month| of(year, month));
        let texts = all().map(|value| value.map_or("no data".to_owned(), |v| change(v, 1)));
        table.named(year.to_string(), texts.chain([change(total, 1)]));
        let names = MONTHS.iter().map(|name| format!("{name} {year}"));
        let cells = all().zip(names);
        let cells = cells.map(|(value, name)| value.map(|v| cell(&name, v, month_scale)));
        let total = cell(&year.to_string(), total, year_scale);
        rows.push(GridRow {
            name: year.to_string(),
            cells: cells.chain([Some(total)]).collect(),
        });
    }
    let grid = Grid {
        label: "Returns by month and year, in per cent".to_owned(),
        columns: MONTHS
            .iter()
            .chain(&["Year"])
            .map(|name| (*name).to_owned())
            .collect(),
        rows,
    };
    let note = "A cell without a number has no data. The first and the last month and year may be \
                incomplete.";
    Panel::picture(
        "monthly",
        "Monthly returns, %",
        note,
        Picture::Grid(grid),
        table,
    )
    .wide()
}

/// The return of the strongest colour.
fn scale(returns: impl Iterator<Item = f64>, most: f64) -> f64 {
    let sizes = returns.map(f64::abs).filter(|size| size.is_finite());
    sizes.fold(0.0, f64::max).clamp(1e-9, most)
}

fn cell(name: &str, value: f64, scale: f64) -> GridCell {
    let decimals = usize::from((100.0 * value).abs() < 99.95);
    GridCell {
        texts: [per_cent(value, decimals), per_cent(value, 0)],
        strength: if value.is_finite() {
            value / scale
        } else {
            0.0
        },
        title: format!("{name}: {}", change(value, 2)),
    }
}

pub(super) fn yearly(sheet: &Tearsheet) -> Panel {
    let years = sheet.strategy.yearly();
    let theirs = sheet
        .benchmark
        .as_ref()
        .map(|_| of_benchmark(sheet, &years));
    let mut table = sheet.table(&["year"]);
    for (at, (year, value)) in years.iter().enumerate() {
        let values = std::iter::once(*value).chain(theirs.as_ref().map(|theirs| theirs[at]));
        table.named(year.to_string(), values.map(|value| change(value, 2)));
    }
    let mut keys = vec![
        Key::new("gain", Ink::Primary),
        Key::new("loss", Ink::Contrast),
    ];
    keys.extend(
        theirs
            .as_ref()
            .map(|_| Key::new(sheet.against(), Ink::Text)),
    );
    let chart = Chart {
        label: "Return of each year".to_owned(),
        height: 184.0,
        across: Across::Names(years.iter().map(|year| year.0.to_string()).collect()),
        across_title: "",
        upright: Upright {
            range: Range::MarksAnd(0.0),
            ticks: 5,
            label: share_tick,
            title: "",
        },
        marks: yearly_marks(sheet.against(), &years, theirs.as_deref()),
        legend: Legend::Row(keys),
        empty: "no return to show",
    };
    let note = "The first and the last year may be incomplete.";
    let chart = Picture::Chart(chart);
    Panel::picture("yearly", "Yearly returns", note, chart, table)
}

/// The benchmark's return in each of the strategy's years; NaN where it has none.
fn of_benchmark(sheet: &Tearsheet, years: &[(i32, f64)]) -> Vec<f64> {
    let theirs = sheet.benchmark.as_ref().map_or(Vec::new(), Wealth::yearly);
    let of = |year: i32| {
        let found = theirs.iter().find(|known| known.0 == year);
        found.map_or(f64::NAN, |known| known.1)
    };
    years.iter().map(|year| of(year.0)).collect()
}

/// A bar for each year, and a line across it at the benchmark's return.
fn yearly_marks(benchmark: &str, years: &[(i32, f64)], theirs: Option<&[f64]>) -> Vec<Mark> {
    let (mut bars, mut points) = (Vec::new(), Vec::new());
    for (at, &(year, value)) in years.iter().enumerate() {
        let mut title = format!("{year}: {}", change(value, 2));
        if let Some(theirs) = theirs.map(|theirs| theirs[at]) {
            title += &format!(", {benchmark} {}", change(theirs, 2));
            let ends = [at as f64 + 0.08, at as f64 + 0.92];
            points.extend(ends.map(|x| (x, theirs)));
            points.push((f64::NAN, f64::NAN));
        }
        bars.push(slot(at, (0.0, value), signed(value), title));
    }
    let line = Mark::Line {
        points,
        ink: Ink::Text,
        end: String::new(),
    };
    let bars = Mark::Bars {
        bars,
        opacity: 0.85,
    };
    vec![bars, line, Mark::Level(0.0)]
}

fn signed(value: f64) -> Ink {
    match value < 0.0 {
        true => Ink::Contrast,
        false => Ink::Primary,
    }
}

/// A bar over a name.
pub(crate) fn slot(at: usize, upright: (f64, f64), ink: Ink, title: String) -> Bar {
    Bar {
        across: (at as f64 + 0.19, at as f64 + 0.81),
        upright,
        ink,
        title,
    }
}

/// The length of the periods whose returns are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    Day,
    Month,
    Year,
}

impl Length {
    /// Name, title, decimals of a return.
    fn named(self) -> (&'static str, &'static str, usize) {
        match self {
            Length::Day => ("daily-returns", "Distribution of daily returns", 2),
            Length::Month => ("monthly-returns", "Distribution of monthly returns", 1),
            Length::Year => ("yearly-returns", "Distribution of yearly returns", 1),
        }
    }

    /// The finite returns, sorted.
    fn returns(self, wealth: &Wealth) -> Vec<f64> {
        let mut returns: Vec<f64> = match self {
            Length::Day => wealth.returns(),
            Length::Month => wealth.monthly().iter().map(|month| month.1).collect(),
            Length::Year => wealth.yearly().iter().map(|year| year.1).collect(),
        };
        returns.retain(|value| value.is_finite());
        returns.sort_by(f64::total_cmp);
        returns
    }
}

/// Returns below which no density is drawn.
const FEW: usize = 4;

pub(super) fn distribution(sheet: &Tearsheet, length: Length) -> Panel {
    let (id, title, decimals) = length.named();
    let returns = length.returns(&sheet.strategy);
    let benchmark = sheet
        .benchmark
        .as_ref()
        .map(|wealth| length.returns(wealth));
    let mut table = sheet.table(&["quantile"]);
    let sides = std::iter::once(&returns).chain(&benchmark);
    let columns: Vec<[f64; 7]> = sides.map(|returns| quantiles(returns)).collect();
    for (at, (name, _)) in QUANTILES.iter().enumerate() {
        table.named(
            *name,
            columns.iter().map(|values| change(values[at], decimals)),
        );
    }
    let n = returns.len();
    let mut marks = histogram(&returns, decimals);
    let [_, low, _, median, _, high, _] = columns[0].map(|value| change(value, decimals));
    marks.push(Mark::Quantiles {
        values: columns[0],
        words: format!("5 %: {low} · median: {median} · 95 %: {high}"),
    });
    let mut keys = vec![
        Key::new("gains", Ink::Primary),
        Key::new("losses", Ink::Contrast),
    ];
    keys.extend((n >= FEW).then(|| Key::new("density", Ink::Text)));
    let bins = Histogram::of(&returns, [0.0], MOST_BINS);
    let chart = Chart {
        label: title.to_owned(),
        height: 156.0,
        across: Across::Numbers {
            axis: bins.map_or(drawing::Axis::between(0.0, 1.0), |bins| bins.axis()),
            ticks: 5,
            label: change_tick,
        },
        across_title: "",
        upright: Upright {
            range: Range::FromZero,
            ticks: 4,
            label: count_tick,
            title: "",
        },
        marks,
        legend: Legend::Row(keys),
        empty: "no return to show",
    };
    let note = format!(
        "{}. Below the bars: the whole range, 5 % to 95 %, 25 % to 75 %, the median.",
        of(n, "return")
    );
    Panel::picture(id, title, note, Picture::Chart(chart), table)
}

/// About how many bins a histogram has at most.
const MOST_BINS: usize = 66;

/// The bars of returns, and their density.
fn histogram(returns: &[f64], decimals: usize) -> Vec<Mark> {
    let Some(bins) = Histogram::of(returns, [0.0], MOST_BINS) else {
        return Vec::new();
    };
    let bar = |(from, to, count): (f64, f64, usize)| {
        let ends = [from, to].map(|end| change(end, decimals + 1));
        Bar {
            across: (from, to),
            upright: (0.0, count as f64),
            // A bin lies on one side of zero.
            ink: if to <= 1e-12 {
                Ink::Contrast
            } else {
                Ink::Primary
            },
            title: format!("{} from {} to {}", of(count, "return"), ends[0], ends[1]),
        }
    };
    let bars = Mark::Bars {
        bars: bins.bins().map(bar).collect(),
        opacity: 0.55,
    };
    let line = (returns.len() >= FEW).then(|| Mark::Line {
        points: density(returns, &bins.axis(), bins.edges[1] - bins.edges[0]),
        ink: Ink::Text,
        end: String::new(),
    });
    std::iter::once(bars).chain(line).collect()
}
