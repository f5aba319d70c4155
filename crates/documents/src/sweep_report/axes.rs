//! One axis at a time: how a statistic depends on it, whatever the others say.

use super::map::Bins;
use super::{SweepReport, shown};
use crate::numbers::{count, number};
use crate::panel::{Content, Figure, Panel, Table};
use drawing::{Anchor, Axis, Face, Frame, Ink, Scene, text_width};

/// Axes with a strip of their own.
pub(super) const MOST_AXES: usize = 8;

const IDS: [&str; MOST_AXES] = [
    "axis-1", "axis-2", "axis-3", "axis-4", "axis-5", "axis-6", "axis-7", "axis-8",
];

/// Characters that fit below a cell.
const BRIEF: usize = 16;

/// Values that fit below a cell. Where two of them begin alike, the end is told too.
pub(super) fn briefs(labels: &[String]) -> Vec<String> {
    let cut = |label: &String, head: usize| -> String {
        let n = label.chars().count();
        if n <= BRIEF {
            return label.clone();
        }
        let tail = label.chars().skip(n - (BRIEF - 1 - head));
        label.chars().take(head).chain(['…']).chain(tail).collect()
    };
    let heads: Vec<String> = labels.iter().map(|label| cut(label, BRIEF - 1)).collect();
    let is_unique = |at: usize| heads.iter().filter(|head| **head == heads[at]).count() == 1;
    let brief = |(at, label): (usize, &String)| match is_unique(at) {
        true => heads[at].clone(),
        false => cut(label, 5),
    };
    labels.iter().enumerate().map(brief).collect()
}

/// Draws labels side by side, each as far within the drawing as it must be, and not into the one
/// before.
pub(super) fn labels_below<'l>(
    scene: &mut Scene,
    labels: impl Iterator<Item = (f64, &'l str)>,
    baseline: f64,
) {
    let mut end = f64::NEG_INFINITY;
    for (middle, label) in labels {
        let half = text_width(label, 11.0, Face::Regular) / 2.0;
        let x = middle.clamp(half, (scene.width - half).max(half));
        if x - half >= end {
            scene.sized((x, baseline), label, 11.0, Ink::Muted, Anchor::Middle);
            end = x + half + 6.0;
        }
    }
}

pub(super) fn marginal<'a>(report: &SweepReport<'a>, at: usize) -> Panel<'a> {
    let axis = &report.overview.axes[at];
    let bins = Bins::of(axis);
    let values = report.values("sharpe");
    let mut groups: Vec<Vec<f64>> = vec![Vec::new(); bins.labels.len()];
    for (bin, value) in bins
        .of_trial
        .iter()
        .zip(values)
        .filter(|(_, v)| v.is_finite())
    {
        groups[usize::from(*bin)].push(*value);
    }
    let quantiles: Vec<[f64; 3]> = (groups.iter_mut())
        .map(|group| {
            group.sort_by(f64::total_cmp);
            [0.1, 0.5, 0.9].map(|p| statistics::quantile(group, p))
        })
        .collect();
    let mut table = Table::new(&[axis.name.as_str(), "trials", "10 %", "median", "90 %"]);
    for ((label, group), [low, middle, high]) in bins.labels.iter().zip(&groups).zip(&quantiles) {
        table.row([
            label.clone(),
            count(group.len() as f64),
            number(*low, 2),
            number(*middle, 2),
            number(*high, 2),
        ]);
    }
    let name = &axis.name;
    let draw = move |width: f64| {
        let height = 200.0;
        let mut scene = Scene::new(width, height, format!("Sharpe ratio by {name}"));
        let frame = Frame {
            left: 44.0,
            top: 10.0,
            width: width - 56.0,
            height: height - 44.0,
        };
        let all = || quantiles.iter().flatten().copied();
        if !all().any(f64::is_finite) {
            scene.height = 60.0;
            let middle = (width / 2.0, 34.0);
            scene.text(middle, super::NO_SHARPE, Ink::Muted, Anchor::Middle);
            return scene;
        }
        let upright = Axis::holding(all());
        frame.upright(&mut scene, &upright, 5, number);
        let n = bins.labels.len();
        let slot = frame.width / n as f64;
        let x = |at: usize| frame.left + (at as f64 + 0.5) * slot;
        let y = |value: f64| frame.y(upright.share(value));
        let mut line = Vec::new();
        for (at, [low, middle, high]) in quantiles.iter().enumerate() {
            if !middle.is_finite() {
                line.push((f64::NAN, f64::NAN));
                continue;
            }
            let bar = (slot * 0.6).min(30.0);
            let area = (
                x(at) - bar / 2.0,
                y(*high),
                bar,
                (y(*low) - y(*high)).max(1.0),
            );
            let title = format!(
                "{}: median {}, 10 % {}, 90 % {}",
                bins.labels[at],
                shown("sharpe", *middle),
                shown("sharpe", *low),
                shown("sharpe", *high)
            );
            scene.titled(area, Ink::Strategy, 0.3, title);
            line.push((x(at), y(*middle)));
        }
        for point in line.iter().filter(|point| point.0.is_finite()) {
            scene.rect((point.0 - 2.5, point.1 - 2.5, 5.0, 5.0), Ink::Strategy, 1.0);
        }
        // Between texts there is nothing to be read off a line.
        if axis.numbers.is_some() {
            scene.line(line, Ink::Strategy, 1.5);
        }
        let briefs = briefs(&bins.labels);
        let widest = briefs
            .iter()
            .map(|label| text_width(label, 11.0, Face::Regular));
        let every = ((widest.fold(0.0, f64::max) + 8.0) / slot).ceil().max(1.0) as usize;
        let labels = briefs.iter().enumerate().step_by(every);
        let labels = labels.map(|(at, label)| (x(at), label.as_str()));
        labels_below(&mut scene, labels, frame.bottom() + 16.0);
        scene
    };
    Panel {
        id: IDS[at],
        title: format!("Sharpe ratio by {}", axis.name),
        note:
            "For each value, over all others: the median, and a bar from 10 to 90 % of the trials."
                .to_owned(),
        content: Content::Figure(Figure {
            draw: Box::new(draw),
            is_wide: false,
            interactive: None,
            table,
        }),
    }
}
