//! The panels of a sweep's report.

use statistics::catalogue::{self, Metric};

use super::report::SweepReport;
use super::{axes, fan, map, out_of_sample, shapes, tables};
use crate::panel::Panel;

impl SweepReport<'_> {
    /// The panels in order.
    pub fn panels(&self) -> Vec<Panel> {
        let mut panels = vec![shapes::histogram(self)];
        if self.overview.axes.len() >= 2 {
            // That of the Sharpe ratio, by which trials are ranked, comes first.
            let mapped = catalogue::metrics().filter_map(|metric| Some((metric, metric.map?)));
            let mut mapped: Vec<(&Metric, &str)> = mapped.collect();
            mapped.sort_by_key(|(metric, _)| metric.key != "sharpe");
            panels.extend(
                mapped
                    .iter()
                    .map(|(metric, id)| map::panel(self, metric, id)),
            );
        }
        panels.push(tables::top(self));
        let n_axes = self.overview.axes.len();
        panels.extend((0..n_axes.min(axes::MOST_AXES)).map(|axis| axes::marginal(self, axis)));
        if n_axes > 0 {
            panels.push(shapes::parallel(self));
        }
        panels.push(shapes::return_and_risk(self));
        panels.push(fan::panel(self));
        panels.extend(out_of_sample::walk_forward(self));
        panels.extend(out_of_sample::cross_validation(self));
        panels.extend(out_of_sample::worlds(self));
        panels.push(tables::failures(self));
        panels.push(tables::times(self));
        panels.push(tables::plan(self));
        panels
    }
}
