//! From values to pixels: linear and logarithmic axes with round ticks, time axes with dates.

use crate::calendar;
use crate::font::{Face, text_width};
use crate::palette::Ink;
use crate::scene::{Anchor, Scene};

/// The rectangle in which marks are drawn.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// Pixels from the left.
    pub left: f64,
    /// Pixels from the top.
    pub top: f64,
    /// Pixels.
    pub width: f64,
    /// Pixels.
    pub height: f64,
}

/// An axis: the values at its ends, and whether it is linear or logarithmic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    low: f64,
    high: f64,
    logarithmic: bool,
}

impl Axis {
    /// A linear axis around all finite values, with a little room.
    pub fn holding(values: impl IntoIterator<Item = f64>) -> Axis {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.into_iter().filter(|value| value.is_finite()) {
            low = low.min(value);
            high = high.max(value);
        }
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        let room = match high - low {
            0.0 if low == 0.0 => 0.5,
            0.0 => low.abs() * 0.05,
            span => span * 0.04,
        };
        Axis {
            low: low - room,
            high: high + room,
            logarithmic: false,
        }
    }

    /// From one value to another.
    pub fn between(low: f64, high: f64) -> Axis {
        Axis {
            low,
            high: if high > low { high } else { low + 1.0 },
            logarithmic: false,
        }
    }

    /// The same values on a logarithmic scale. The same axis when they are not all positive.
    pub fn logarithmic(values: impl IntoIterator<Item = f64> + Clone) -> Axis {
        let finite = values.clone().into_iter().filter(|value| value.is_finite());
        let low = finite.fold(f64::INFINITY, f64::min);
        if low <= 0.0 {
            return Axis::holding(values);
        }
        let logs = Axis::holding(values.into_iter().map(libm::log));
        Axis {
            low: libm::exp(logs.low),
            high: libm::exp(logs.high),
            logarithmic: true,
        }
    }

    /// Where a value lies: 0 at the low end, 1 at the high one.
    pub fn share(&self, value: f64) -> f64 {
        match self.logarithmic {
            true => {
                let (low, high) = (libm::log(self.low), libm::log(self.high));
                (libm::log(value) - low) / (high - low)
            }
            false => (value - self.low) / (self.high - self.low),
        }
    }

    /// About this many round values within the axis.
    pub fn ticks(&self, about: usize) -> Vec<f64> {
        // 0.3 / 0.1 is a hair less than 3.
        const HAIR: f64 = 1e-9;
        if self.is_spread() {
            return self.logarithmic_ticks(about);
        }
        let step = nearest_step((self.high - self.low) / about.max(1) as f64);
        if !(step > 0.0 && step.is_finite()) {
            return Vec::new();
        }
        let (first, last) = (
            (self.low / step - HAIR).ceil(),
            (self.high / step + HAIR).floor(),
        );
        let n = (last - first).clamp(0.0, 50.0) as usize;
        // A product, not a sum, so that 0.3 is not 0.30000000000000004.
        (0..=n)
            .map(|at| tidy((first + at as f64) * step, step))
            .filter(|tick| *tick >= self.low && *tick <= self.high)
            .collect()
    }

    fn logarithmic_ticks(&self, about: usize) -> Vec<f64> {
        for digits in [&[1.0, 2.0, 5.0][..], &[1.0, 3.0], &[1.0]] {
            let mut ticks = Vec::new();
            for exponent in -12..=15 {
                let decade = power_of_ten(exponent);
                ticks.extend(digits.iter().map(|digit| digit * decade));
            }
            ticks.retain(|tick| *tick >= self.low && *tick <= self.high);
            if ticks.len() <= about.max(2) + 3 || digits.len() == 1 {
                return ticks;
            }
        }
        Vec::new()
    }

    /// The distance between ticks.
    pub fn step(&self, about: usize) -> f64 {
        match self.ticks(about).as_slice() {
            [first, second, ..] => second - first,
            _ => self.high - self.low,
        }
    }

    /// The number of decimals that the label of a tick needs, one of about this many.
    pub fn decimals(&self, tick: f64, about: usize) -> usize {
        match self.is_spread() {
            // Each by itself: 10 and 0.5 stand on one axis.
            true => decimals(tick),
            false => decimals(self.step(about)),
        }
    }

    /// Whether the ticks are multiples of powers of ten, and not evenly spaced.
    fn is_spread(&self) -> bool {
        self.logarithmic && self.high / self.low >= 4.0
    }

    /// The value at the low end.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// The value at the high end.
    pub fn high(&self) -> f64 {
        self.high
    }
}

/// Without the noise of the multiplication.
fn tidy(value: f64, step: f64) -> f64 {
    let decimals = decimals(step) as i32;
    let scale = power_of_ten(decimals.min(12));
    (value * scale).round() / scale
}

fn power_of_ten(exponent: i32) -> f64 {
    let power = (0..exponent.unsigned_abs()).fold(1.0, |power, _| power * 10.0);
    if exponent < 0 { 1.0 / power } else { power }
}

/// The nearest of 1, 2 and 5 times a power of ten, by ratio.
fn nearest_step(rough: f64) -> f64 {
    if !(rough > 0.0 && rough.is_finite()) {
        return f64::NAN;
    }
    let decade = power_of_ten(libm::floor(libm::log10(rough)) as i32);
    // Between two steps lies their geometric mean.
    let digit = match rough / decade {
        digit if digit < 1.414 => 1.0,
        digit if digit < 3.162 => 2.0,
        digit if digit < 7.071 => 5.0,
        _ => 10.0,
    };
    digit * decade
}

/// The number of decimals in which multiples of a step differ.
pub(crate) fn decimals(step: f64) -> usize {
    if !(step > 0.0 && step.is_finite()) {
        return 0;
    }
    let exponent = libm::floor(libm::log10(step * 1.000_001)) as i32;
    usize::try_from(-exponent).unwrap_or(0).min(12)
}

impl Frame {
    /// The pixel of a share of the width.
    pub fn x(&self, share: f64) -> f64 {
        self.left + share * self.width
    }

    /// The pixel of a share of the height, from below.
    pub fn y(&self, share: f64) -> f64 {
        self.top + (1.0 - share) * self.height
    }

    /// The right end in pixels.
    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    /// The lower end in pixels.
    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// Draws lines across the frame at an upright axis' ticks, and their labels at its left.
    pub fn upright(
        &self,
        scene: &mut Scene,
        axis: &Axis,
        about: usize,
        label: impl Fn(f64, usize) -> String,
    ) {
        for tick in axis.ticks(about) {
            let y = self.y(axis.share(tick));
            scene.line(vec![(self.left, y), (self.right(), y)], Ink::Grid, 1.0);
            let at = (self.left - 6.0, y + 4.0);
            let text = label(tick, axis.decimals(tick, about));
            scene.text(at, text, Ink::Muted, Anchor::End);
        }
    }

    /// Draws the labels of a level axis below the frame, and short strokes above them; fewer where
    /// they would run into each other.
    pub fn level(
        &self,
        scene: &mut Scene,
        axis: &Axis,
        about: usize,
        label: impl Fn(f64, usize) -> String,
    ) {
        const APART: f64 = 10.0;
        let labels = |about: usize| -> Vec<(f64, String)> {
            let place = |tick: f64| {
                let text = label(tick, axis.decimals(tick, about));
                (self.x(axis.share(tick)), text)
            };
            axis.ticks(about).into_iter().map(place).collect()
        };
        let half = |text: &str| text_width(text, 12.0, Face::Regular) / 2.0;
        let fits = |labels: &Vec<(f64, String)>| {
            let apart = |pair: &[(f64, String)]| {
                pair[1].0 - half(&pair[1].1) >= pair[0].0 + half(&pair[0].1) + APART
            };
            labels.windows(2).all(apart)
        };
        let most = labels(about);
        let fitting = (1..=about).rev().map(labels).find(fits);
        for (x, text) in fitting.unwrap_or(most) {
            self.level_tick(scene, x, &text);
        }
    }

    fn level_tick(&self, scene: &mut Scene, x: f64, label: &str) {
        let (top, bottom) = (self.bottom(), self.bottom() + 4.0);
        scene.line(vec![(x, top), (x, bottom)], Ink::Muted, 1.0);
        // The first and the last do not leave the drawing.
        let half = text_width(label, 12.0, Face::Regular) / 2.0;
        let x = x.clamp(half, (scene.width - half).max(half));
        scene.text((x, bottom + 14.0), label, Ink::Muted, Anchor::Middle);
    }

    /// Draws the dates of a time axis below the frame. `first` and `last`, in days since 1970-01-01,
    /// lie at its ends.
    pub fn times(&self, scene: &mut Scene, first: i32, last: i32) {
        let axis = Axis::between(f64::from(first), f64::from(last));
        for (day, label) in calendar::ticks(first, last, self.width) {
            self.level_tick(scene, self.x(axis.share(f64::from(day))), &label);
        }
    }
}

/// A curve with no more points than a drawing of this many pixels can show: of each column of pixels
/// the first, the lowest, the highest and the last, so that no spike is lost.
pub fn decimated(points: &[(f64, f64)], pixels: f64) -> Vec<(f64, f64)> {
    if points.len() as f64 <= 2.0 * pixels {
        return points.to_vec();
    }
    let column = |x: f64| libm::floor(x);
    let mut kept: Vec<(f64, f64)> = Vec::new();
    for chunk in points.chunk_by(|a, b| column(a.0) == column(b.0)) {
        let lowest = (0..chunk.len()).min_by(|&a, &b| chunk[a].1.total_cmp(&chunk[b].1));
        let highest = (0..chunk.len()).max_by(|&a, &b| chunk[a].1.total_cmp(&chunk[b].1));
        let mut at = vec![
            0,
            lowest.unwrap_or(0),
            highest.unwrap_or(0),
            chunk.len() - 1,
        ];
        at.sort_unstable();
        at.dedup();
        kept.extend(at.into_iter().map(|at| chunk[at]));
    }
    kept
}
