//! The panels of a tear sheet.

use super::periods::Length;
use super::sheet::Tearsheet;
use super::{curves, holdings, periods, tables, timing};
use crate::panel::Panel;

impl Tearsheet {
    /// The panels in order, the most important first.
    pub fn panels(&self) -> Vec<Panel> {
        let mut panels = vec![
            curves::growth(self, false),
            curves::underwater(self),
            periods::monthly(self),
            periods::yearly(self),
            periods::distribution(self, Length::Day),
            periods::distribution(self, Length::Month),
            periods::distribution(self, Length::Year),
            curves::rolling_sharpe(self),
            curves::rolling_volatility(self),
            tables::drawdowns(self),
            holdings::exposure(self),
            holdings::turnover(self),
            holdings::cost_sensitivity(self),
        ];
        panels.extend(timing::timing_luck(self));
        panels.push(tables::statistics(self));
        panels
    }

    /// Pictures that a page shows by a switch, for those who want them as files.
    pub fn alternatives(&self) -> Vec<Panel> {
        vec![curves::growth(self, true)]
    }
}
