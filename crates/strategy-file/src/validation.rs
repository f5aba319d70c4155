//! The `[validate]` table: how a sweep is tested out of sample.

use backtest::date::Date;
use backtest::declaration::Options;
use statistics::splits::{Combinatorial, WalkForward};

use crate::choices::Metric;
use crate::document::{Document, Value};
use crate::keys::{VALIDATE, cross_validation, validate, walk_forward};
use crate::problem::{Found, Problem, Problems};
use crate::section::Section;
use crate::tree::file;

/// How a sweep is tested out of sample.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validation {
    /// The first day that no trial of a sweep sees.
    pub holdout: Option<Date>,
    /// What is selected by.
    pub metric: Metric,
    /// The windows asked for, in sessions, with a step of at least `test`; `None` for the default
    /// ones.
    pub walk_forward: Option<WalkForward>,
    /// The cross-validation asked for, in sessions, of 2 to 16 folds.
    pub cross_validation: Option<Combinatorial>,
}

impl Document {
    /// Whether there is a `[validate]` table.
    pub fn has_validation(&self) -> bool {
        self.root.iter().any(|entry| *entry.key == *VALIDATE.name)
    }

    /// Reads the `[validate]` table; the usual validation when there is none.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the table.
    pub fn validation(&self) -> Result<Validation, Problems> {
        let mut entries = self.root.iter();
        let Some(entry) = entries.find(|entry| *entry.key == *VALIDATE.name) else {
            return Ok(Validation::default());
        };
        let found = Found::default();
        let Value::Table(entries) = &entry.item.value else {
            let label = format!("this is {}", entry.item.value.kind());
            let message = "`validate` must be a table";
            found.report(Problem::new(&entry.item.place, message, label));
            return found.or(None).map(Option::unwrap_or_default);
        };
        let Some(table) = file().table(&VALIDATE) else {
            return Ok(Validation::default());
        };
        let section = Section::new(table, entries, &entry.item.place, &found);
        let validation = Validation {
            holdout: section.item(&validate::HOLDOUT).and_then(|_| {
                let moment = section.moment(&validate::HOLDOUT)?;
                Some(moment.date())
            }),
            metric: (section.name(&validate::METRIC))
                .and_then(Metric::named)
                .unwrap_or_default(),
            walk_forward: section
                .table(&validate::WALK_FORWARD)
                .filter(Section::exists)
                .and_then(|s| windows(&s)),
            cross_validation: section
                .table(&validate::CROSS_VALIDATION)
                .filter(Section::exists)
                .and_then(|s| folds(&s)),
        };
        found.or(validation)
    }
}

fn windows(section: &Section<'_>) -> Option<WalkForward> {
    let (train, test) = (
        section.count(&walk_forward::TRAIN),
        section.count(&walk_forward::TEST),
    );
    let step = match section.item(&walk_forward::STEP) {
        Some(_) => section.count(&walk_forward::STEP),
        None => test,
    };
    let gap = section.whole_number(&walk_forward::GAP)?;
    let anchored = section.flag(&walk_forward::ANCHORED)?;
    let (train, test, step) = (train? as usize, test? as usize, step? as usize);
    if step < test {
        let place = section.place_of(&walk_forward::STEP);
        let message = format!("`validate.walk_forward.step` is {step}, less than `test`");
        let problem = Problem::new(place, message, format!("must be {test} or more"));
        let help = "a session that is tested on twice would count twice";
        section.found.report(problem.help(help));
    }
    Some(WalkForward {
        train,
        test,
        step,
        gap: usize::try_from(gap.min(1 << 40)).unwrap_or(usize::MAX),
        anchored,
    })
}

/// More folds have too many choices to go through.
const MOST_FOLDS: u32 = 16;

fn folds(section: &Section<'_>) -> Option<Combinatorial> {
    let folds = section.count(&cross_validation::FOLDS);
    let test_folds = section.count(&cross_validation::TEST_FOLDS);
    let purge = section.whole_number(&cross_validation::PURGE)?;
    let embargo = section.whole_number(&cross_validation::EMBARGO)?;
    let (folds, test_folds) = (folds?, test_folds?);
    if !(2..=MOST_FOLDS).contains(&folds) {
        let place = section.place_of(&cross_validation::FOLDS);
        let message = format!("`validate.cross_validation.folds` is {folds}");
        (section.found).report(Problem::new(place, message, "must be 2 to 16"));
    } else if test_folds >= folds {
        let place = section.place_of(&cross_validation::TEST_FOLDS);
        let message = format!("`validate.cross_validation.test_folds` is {test_folds}");
        let label = format!("must be less than the {folds} folds");
        let help = "what is tested on cannot be selected on";
        (section.found).report(Problem::new(place, message, label).help(help));
    }
    let most = |number: u64| usize::try_from(number.min(1 << 40)).unwrap_or(usize::MAX);
    Some(Combinatorial {
        folds: folds as usize,
        test_folds: test_folds as usize,
        purge: most(purge),
        embargo: most(embargo),
    })
}
