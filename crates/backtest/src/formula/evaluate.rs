//! Evaluates formulas over the sessions of a backtest, asset by asset. What several formulas have in
//! common is computed once.
//!
//! Nothing later than a session is read for its number: windows end there, recursions have come as
//! far as there, and ranks are among the assets that may be held there.

use std::collections::HashMap;
use std::sync::Arc;

use super::columns::{Column, Evaluated, Rows};
use super::functions::{Across, Compute, Form, Function, Price, Recursive, State, Window};
use super::node::{Node, WindowNode};
use super::samples::Samples;
use crate::asset_set::AssetSet;
use crate::backtest::Backtest;
use crate::market::{AssetId, At, Mark, Session};
use ::statistics::summation::{WINDOWS, mean, window_means};

/// The numbers of a formula for each asset at every decision, one row after another.
///
/// * `evaluated`: parts that are known, to which those that were not are added.
/// * `stride`: how long a row is; NaN stands where fewer assets may be held.
pub(crate) fn at_decisions(
    evaluated: &mut Evaluated,
    node: &Arc<Node>,
    backtest: &Backtest<'_>,
    stride: usize,
) -> Vec<f64> {
    let decisions = backtest.decisions();
    let mut table = vec![f64::NAN; decisions.len() * stride];
    let mut evaluation = Evaluation {
        backtest,
        evaluated,
    };
    let mut members = Members::new(backtest);
    let mut columns: HashMap<AssetId, Column> = HashMap::new();
    for (row, &mark) in decisions.iter().enumerate() {
        for (place, &asset) in members.at(mark).iter().enumerate() {
            let column = columns
                .entry(asset)
                .or_insert_with(|| evaluation.column(node, asset, Rows::Decisions));
            table[row * stride + place] = column[row];
        }
    }
    table
}

/// The assets that may be held, from mark to mark.
struct Members<'b, 'm> {
    backtest: &'b Backtest<'m>,
    members: Vec<AssetId>,
    inside: AssetSet,
    is_known: bool,
}

impl<'b, 'm> Members<'b, 'm> {
    fn new(backtest: &'b Backtest<'m>) -> Members<'b, 'm> {
        Members {
            backtest,
            members: Vec::new(),
            inside: AssetSet::of_none(backtest.market.n_assets()),
            is_known: false,
        }
    }

    fn at(&mut self, mark: Mark) -> &[AssetId] {
        let universe = &self.backtest.frame.universe;
        if !(self.is_known && universe.is_constant()) {
            let market = self.backtest.market;
            universe.at(market, mark, &mut self.members, &mut self.inside);
            self.is_known = true;
        }
        &self.members
    }
}

struct Evaluation<'a, 'b, 'm> {
    backtest: &'b Backtest<'m>,
    evaluated: &'a mut Evaluated,
}

impl<'m> Evaluation<'_, '_, 'm> {
    /// The numbers of a part for one asset.
    fn column(&mut self, node: &Arc<Node>, asset: AssetId, rows: Rows) -> Column {
        let key = (Arc::clone(node), asset, rows);
        if let Some(known) = self.evaluated.column(&key) {
            return known;
        }
        let column: Column = match &**node {
            Node::Number(bits) => vec![f64::from_bits(*bits); self.n_rows(rows)].into(),
            Node::Price(price) => self.prices(*price, asset, rows),
            Node::Elementwise(function, parts) => self.elementwise(function, parts, asset, rows),
            Node::Windowed(window) => self.windowed(window, asset, rows),
            Node::Of(part, symbol) => match self.backtest.market.asset(symbol) {
                Some(other) => self.column(part, other, rows),
                None => vec![f64::NAN; self.n_rows(rows)].into(),
            },
            Node::Across(function, part) => {
                self.across(node, function, part, rows);
                if let Some(known) = self.evaluated.column(&key) {
                    return known;
                }
                // An asset that is never of the universe has no place in it.
                vec![f64::NAN; self.n_rows(rows)].into()
            }
        };
        self.evaluated.keep(key, column)
    }

    fn n_rows(&self, rows: Rows) -> usize {
        let window = self.backtest.window();
        match rows {
            Rows::Decisions => self.backtest.decisions().len(),
            Rows::Sessions => window.last.index() + 1 - window.first.index(),
        }
    }

    /// The last session whose close is known at a row.
    fn session(&self, row: usize, rows: Rows) -> Option<Session> {
        match rows {
            Rows::Decisions => {
                let mark = self.backtest.decisions()[row];
                match mark.at {
                    At::Close => Some(mark.session),
                    At::Open => mark.session.0.checked_sub(1).map(Session),
                }
            }
            Rows::Sessions => Some(Session(self.backtest.window().first.0 + row as u32)),
        }
    }

    fn sessions(&self, rows: Rows) -> Vec<Option<Session>> {
        (0..self.n_rows(rows))
            .map(|row| self.session(row, rows))
            .collect()
    }

    /// The first session of an asset's history; for one that is not of the universe that of the
    /// backtest, or its first price's.
    fn since(&self, asset: AssetId) -> Session {
        let frame = &self.backtest.frame;
        let own = frame.universe.since()[asset.index()];
        if own.0 != u32::MAX {
            return own;
        }
        let first_price = self.backtest.market.first_price(asset);
        first_price.map_or(own, |first| first.session.max(frame.window.first))
    }

    fn prices(&self, price: Price, asset: AssetId, rows: Rows) -> Column {
        let market = self.backtest.market;
        let since = self.since(asset);
        let at = |session: Session| match price {
            Price::Close => market.signal_history(asset)[session.index()],
            Price::Open => market.signal_price(Mark::open(self.last_bar(asset, session)), asset),
        };
        let known = |session: &Option<Session>| session.filter(|session| *session >= since);
        let sessions = self.sessions(rows);
        let prices = sessions
            .iter()
            .map(|session| known(session).map_or(f64::NAN, at));
        prices.collect()
    }

    /// The session of an asset's last bar at a session or before, where own bars count.
    fn last_bar(&self, asset: AssetId, session: Session) -> Session {
        let own = self.backtest.market.own_closes(asset);
        let own = own.filter(|_| self.backtest.skips_filled());
        own.map_or(session, |own| {
            let bars = own.sessions();
            let n = bars.partition_point(|bar| *bar <= session);
            n.checked_sub(1).map_or(session, |last| bars[last])
        })
    }

    fn elementwise(
        &mut self,
        function: &Function,
        parts: &[Arc<Node>],
        asset: AssetId,
        rows: Rows,
    ) -> Column {
        let Form::Elementwise(elementwise) = &function.form else {
            return vec![f64::NAN; self.n_rows(rows)].into();
        };
        let columns: Vec<Column> = parts
            .iter()
            .map(|part| self.column(part, asset, rows))
            .collect();
        let mut values = vec![0.0; columns.len()];
        let numbers = (0..self.n_rows(rows)).map(|row| {
            for (value, column) in values.iter_mut().zip(&columns) {
                *value = column[row];
            }
            (elementwise.compute)(&values)
        });
        numbers.collect()
    }

    /// The samples of a part for one asset.
    fn samples(&mut self, part: &Arc<Node>, asset: AssetId) -> Samples<'m> {
        let market = self.backtest.market;
        let (since, own_only) = (self.since(asset), self.backtest.skips_filled());
        if **part == Node::Price(Price::Close) {
            return Samples::closes(market, asset, since, own_only);
        }
        let values = self.column(part, asset, Rows::Sessions);
        let first = self.backtest.window().first;
        Samples::computed(market, asset, (first, values), since, own_only)
    }

    fn windowed(&mut self, node: &WindowNode, asset: AssetId, rows: Rows) -> Column {
        let samples = self.samples(&node.source, asset).every(node.every);
        match &node.function.form {
            Form::Recursive(recursive) => self.recursive(recursive, node, &samples, rows),
            Form::Window(window) => match window.compute {
                Compute::Mean if !samples.is_sampled() => self.means(node, &samples, rows),
                Compute::Mean => {
                    self.windows(node, &samples, rows, |window, _| mean(window.values))
                }
                Compute::One(compute) => {
                    self.windows(node, &samples, rows, |window, _| compute(window))
                }
                Compute::Pair(compute) => {
                    let other = node.other.as_deref();
                    let other = other.and_then(|symbol| self.backtest.market.asset(symbol));
                    let Some(other) = other else {
                        return vec![f64::NAN; self.n_rows(rows)].into();
                    };
                    let column = self.column(&node.source, other, Rows::Sessions);
                    let first = self.backtest.window().first.index();
                    let mut beside = Vec::new();
                    self.windows(node, &samples, rows, |window, sessions| {
                        beside.clear();
                        // A history may begin before the backtest does; a window does not.
                        let at = |session: &Session| column[session.index() - first];
                        beside.extend(sessions.iter().map(at));
                        match beside.iter().any(|value: &f64| value.is_nan()) {
                            true => f64::NAN,
                            false => compute(window.values, &beside),
                        }
                    })
                }
            },
            _ => vec![f64::NAN; self.n_rows(rows)].into(),
        }
    }

    /// What a function makes of the last samples at each row, and of their sessions; NaN where there
    /// are too few, or one is NaN.
    fn windows(
        &self,
        node: &WindowNode,
        samples: &Samples<'_>,
        rows: Rows,
        mut compute: impl FnMut(&Window<'_>, &[Session]) -> f64,
    ) -> Column {
        let wanted = node.samples() as usize;
        let per_year = samples.per_year(self.backtest.sessions_per_year());
        let needs_sessions = node.other.is_some();
        let (mut gathered, mut sessions) = (Vec::new(), Vec::new());
        let mut number = |session: Option<Session>| {
            let known = samples.known_at(session?);
            sessions.clear();
            let values = match samples.is_sampled() {
                false => {
                    let start = known.end.checked_sub(wanted)?;
                    if start < known.start {
                        return None;
                    }
                    if needs_sessions {
                        sessions.extend((start..known.end).map(|at| samples.session(at)));
                    }
                    &samples.values()[start..known.end]
                }
                true => {
                    let last = known
                        .end
                        .checked_sub(1)
                        .filter(|last| *last >= known.start)?;
                    let ended = samples.ended_before(last);
                    let start = (ended + 1).checked_sub(wanted)?;
                    let positions = samples.ends()[start..ended].iter().copied().chain([last]);
                    gathered.clear();
                    for at in positions {
                        gathered.push(samples.values()[at]);
                        if needs_sessions {
                            sessions.push(samples.session(at));
                        }
                    }
                    &gathered
                }
            };
            if values.is_empty() || values.iter().any(|value| value.is_nan()) {
                return None;
            }
            let window = Window {
                values,
                skip: node.skip as usize,
                per_year,
            };
            Some(compute(&window, &sessions))
        };
        let sessions_of_rows = self.sessions(rows);
        let numbers = sessions_of_rows.into_iter();
        numbers
            .map(|session| number(session).unwrap_or(f64::NAN))
            .collect()
    }

    /// Moving averages: several neighbouring days at a time, where there are such.
    fn means(&self, node: &WindowNode, samples: &Samples<'_>, rows: Rows) -> Column {
        let n = node.n as usize;
        let sessions = self.sessions(rows);
        let ends: Vec<usize> = sessions
            .iter()
            .map(|session| {
                let known = session.map_or(0..0, |session| samples.known_at(session));
                match known.len() >= n {
                    true => known.end,
                    false => 0,
                }
            })
            .collect();
        let mut means = Vec::with_capacity(ends.len());
        while let Some(&end) = ends.get(means.len()) {
            let several = ends[means.len()..].first_chunk::<WINDOWS>();
            let in_a_row = |ends: &[usize; WINDOWS]| ends.iter().copied().eq(end..end + WINDOWS);
            match several {
                _ if end == 0 => means.push(f64::NAN),
                Some(ends) if in_a_row(ends) => {
                    let values = &samples.values()[end - n..end + WINDOWS - 1];
                    means.extend(window_means(values, n));
                }
                _ => means.push(mean(&samples.values()[end - n..end])),
            }
        }
        means.into()
    }

    fn recursive(
        &self,
        recursive: &Recursive,
        node: &WindowNode,
        samples: &Samples<'_>,
        rows: Rows,
    ) -> Column {
        let n = f64::from(node.n);
        let step = |state: &mut State, at: usize| {
            let value = samples.values()[at];
            if !value.is_nan() {
                (recursive.step)(state, n, value);
            }
        };
        let mut numbers = Vec::with_capacity(self.n_rows(rows));
        // Up to where the state has come: a position, or a number of ended periods.
        let (mut state, mut come) = (State::default(), None);
        for session in self.sessions(rows) {
            let known = session.map_or(0..0, |session| samples.known_at(session));
            let Some(last) = known.clone().next_back() else {
                numbers.push(f64::NAN);
                continue;
            };
            let mut now = match samples.is_sampled() {
                false => {
                    let from = come.unwrap_or(known.start);
                    (from..known.end).for_each(|at| step(&mut state, at));
                    come = Some(known.end);
                    state
                }
                true => {
                    let ended = samples.ended_before(last);
                    let from = come.unwrap_or(0);
                    for &at in &samples.ends()[from..ended] {
                        step(&mut state, at);
                    }
                    come = Some(ended);
                    state
                }
            };
            if samples.is_sampled() {
                step(&mut now, last);
            }
            numbers.push(match samples.values()[last].is_nan() {
                true => f64::NAN,
                false => (recursive.value)(&now, n),
            });
        }
        numbers.into()
    }

    /// Computes a part for all assets that may ever be held, and keeps their columns.
    fn across(
        &mut self,
        node: &Arc<Node>,
        function: &'static Function,
        part: &Arc<Node>,
        rows: Rows,
    ) {
        let Form::Across(Across { compute, .. }) = &function.form else {
            return;
        };
        let n_rows = self.n_rows(rows);
        let backtest = self.backtest;
        let mut members = Members::new(backtest);
        let mut inputs: HashMap<AssetId, Column> = HashMap::new();
        let mut outputs: HashMap<AssetId, Vec<f64>> = HashMap::new();
        let (mut numbers, mut places, mut results) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..n_rows {
            let mark = match rows {
                Rows::Decisions => backtest.decisions()[row],
                Rows::Sessions => Mark::close(Session(backtest.window().first.0 + row as u32)),
            };
            numbers.clear();
            places.clear();
            for &asset in members.at(mark) {
                let input = match inputs.get(&asset) {
                    Some(input) => input,
                    None => {
                        let column = self.column(part, asset, rows);
                        outputs.insert(asset, vec![f64::NAN; n_rows]);
                        inputs.entry(asset).or_insert(column)
                    }
                };
                if !input[row].is_nan() {
                    numbers.push(input[row]);
                    places.push(asset);
                }
            }
            if numbers.is_empty() {
                continue;
            }
            results.clear();
            results.resize(numbers.len(), f64::NAN);
            compute(&numbers, &mut results);
            for (asset, result) in places.iter().zip(&results) {
                if let Some(output) = outputs.get_mut(asset) {
                    output[row] = *result;
                }
            }
        }
        for (asset, output) in outputs {
            let key = (Arc::clone(node), asset, rows);
            self.evaluated.keep(key, output.into());
        }
    }
}
