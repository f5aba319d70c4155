//! Parallel coordinates: each row is a line across upright axes. Many lines are drawn as a density.

use std::collections::BTreeMap;

use super::density::colours;
use super::labels::{empty, shortened};
use crate::axis::Frame;
use crate::palette::{Ink, cividis};
use crate::scene::{Anchor, Raster, Scene, Shape};

/// Rows across upright axes.
#[derive(Clone, Debug)]
pub struct Parallel {
    /// What it shows, for screen readers.
    pub label: String,
    /// At least two.
    pub axes: Vec<ParallelAxis>,
    /// The rows that count for the density.
    pub rows: Vec<usize>,
    /// The rows drawn as lines in front of it, the first in front of all.
    pub lines: Vec<usize>,
    /// Written in place of the chart without rows.
    pub empty: &'static str,
}

/// One upright axis.
#[derive(Clone, Debug)]
pub struct ParallelAxis {
    /// Its name.
    pub name: String,
    /// The label of its lower end.
    pub low: String,
    /// The label of its upper end.
    pub high: String,
    /// For each row, its position from 0 to `last`; none without a value.
    pub at: Vec<Option<u16>>,
    /// The position of the upper end.
    pub last: u16,
}

impl ParallelAxis {
    fn share(&self, at: u16) -> f64 {
        f64::from(at) / f64::from(self.last.max(1))
    }
}

/// Different lines between two axes that are drawn one by one; more become a raster.
const FEW_LINES: usize = 600;

/// A line between two axes: where it starts and ends as shares of the height, and for how many rows.
type Counted = (f64, f64, u32);

impl Parallel {
    /// Draws it this many pixels wide.
    pub fn draw(&self, width: f64) -> Scene {
        if self.rows.is_empty() {
            return empty(width, &self.label, self.empty);
        }
        let mut scene = Scene::new(width, 300.0, self.label.clone());
        let frame = Frame {
            left: 46.0,
            top: 40.0,
            width: width - 92.0,
            height: 236.0,
        };
        let gap = frame.width / (self.axes.len().max(2) - 1) as f64;
        let x = |at: usize| frame.left + at as f64 * gap;
        for (at, pair) in self.axes.windows(2).enumerate() {
            let lines = counted(&pair[0], &pair[1], &self.rows);
            draw_between(&mut scene, &lines, (x(at), frame.top, gap, frame.height));
        }
        for &row in self.lines.iter().rev() {
            let axes = self.axes.iter().enumerate();
            let points = axes.filter_map(|(at, axis)| {
                let share = axis.share((*axis.at.get(row)?)?);
                Some((x(at), frame.y(share)))
            });
            scene.line(points.collect(), Ink::Contrast, 1.1);
        }
        for at in 0..self.axes.len() {
            self.draw_axis(&mut scene, &frame, at, x(at), gap);
        }
        scene
    }

    fn draw_axis(&self, scene: &mut Scene, frame: &Frame, at: usize, x: f64, gap: f64) {
        let axis = &self.axes[at];
        scene.line(vec![(x, frame.top), (x, frame.bottom())], Ink::Text, 1.2);
        let most = ((gap / 6.6) as usize).max(6);
        // In a narrow drawing, every second name stands a row lower, in place of the upper label.
        let is_lower = scene.width < 500.0 && at % 2 == 1;
        let y = if is_lower { 24.0 } else { 11.0 };
        let name = shortened(&axis.name, most);
        scene.sized((x, y), name, 11.0, Ink::Text, Anchor::Middle);
        if !is_lower {
            let place = (x, frame.top - 5.0);
            scene.sized(
                place,
                shortened(&axis.high, most),
                10.0,
                Ink::Muted,
                Anchor::Middle,
            );
        }
        let place = (x, frame.bottom() + 14.0);
        scene.sized(
            place,
            shortened(&axis.low, most),
            10.0,
            Ink::Muted,
            Anchor::Middle,
        );
    }
}

/// The different lines between two axes. Rows with the same ends share one.
fn counted(left: &ParallelAxis, right: &ParallelAxis, rows: &[usize]) -> Vec<Counted> {
    let mut lines: BTreeMap<(u16, u16), u32> = BTreeMap::new();
    for &row in rows {
        if let (Some(from), Some(to)) = (left.at[row], right.at[row]) {
            *lines.entry((from, to)).or_default() += 1;
        }
    }
    let lines = lines.into_iter();
    lines
        .map(|((from, to), n)| (left.share(from), right.share(to), n))
        .collect()
}

fn draw_between(scene: &mut Scene, lines: &[Counted], area: (f64, f64, f64, f64)) {
    if lines.len() > FEW_LINES {
        scene.shapes.push(Shape::Raster(raster(lines, area)));
        return;
    }
    // The most frequent in front; those of one count are one mark.
    let mut by_count: BTreeMap<u32, Vec<(f64, f64)>> = BTreeMap::new();
    for (from, to, n) in lines {
        let y = |share: f64| area.1 + (1.0 - share) * area.3;
        let marks = by_count.entry(*n).or_default();
        marks.extend([(area.0, y(*from)), (area.0 + area.2, y(*to))]);
        marks.push((f64::NAN, f64::NAN));
    }
    // Neither so dark nor so bright that a thin line is lost on its paper.
    let log = |n: Option<&u32>| libm::log(n.map_or(1.0, |n| f64::from(*n)));
    let (low, high) = (
        log(by_count.keys().next()),
        log(by_count.keys().next_back()),
    );
    for (n, marks) in by_count {
        let share = match high > low {
            true => (log(Some(&n)) - low) / (high - low),
            false => 0.5,
        };
        scene.line(marks, Ink::Exact(cividis(0.25 + 0.5 * share)), 1.3);
    }
}

/// The number of lines through each cell between two axes.
fn raster(lines: &[Counted], area: (f64, f64, f64, f64)) -> Raster {
    const HEIGHT: usize = 180;
    let columns = ((area.2 / 1.5) as usize).clamp(8, 140);
    let mut counts = vec![0u32; columns * HEIGHT];
    for (from, to, n) in lines {
        for column in 0..columns {
            let part = (column as f64 + 0.5) / columns as f64;
            let height = (1.0 - from - (to - from) * part) * (HEIGHT - 1) as f64;
            // Between two cells it is in both, near the centre of one in that alone.
            let cell = (height as usize).min(HEIGHT - 2);
            let below = height - cell as f64;
            if below < 0.75 {
                counts[cell * columns + column] += n;
            }
            if below > 0.25 {
                counts[(cell + 1) * columns + column] += n;
            }
        }
    }
    Raster {
        area,
        columns,
        cells: colours(&counts),
    }
}
