//! An axis of a sweep that varies, and where on it each trial lies.

use std::collections::BTreeMap;

use crate::table::{Cell, Column};

/// An axis that varies, and where on it each trial lies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AxisOverview {
    /// Its path in the strategy file.
    pub name: String,
    /// Its values, rising when they are numbers, else in the order of their first trials.
    pub values: Vec<String>,
    /// The same as numbers, when all are.
    pub numbers: Option<Vec<f64>>,
    /// For each trial, the position of its value.
    pub positions: Vec<u32>,
}

impl AxisOverview {
    pub(crate) fn of(column: &Column) -> AxisOverview {
        let mut known: BTreeMap<String, u32> = BTreeMap::new();
        let (mut values, mut found, mut positions) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..column.len() {
            let cell = column.cell(row);
            let (text, number) = match cell {
                Cell::Missing => ("–".to_owned(), None),
                Cell::Integer(integer) => (integer.to_string(), Some(integer as f64)),
                Cell::Float(float) => (float.to_string(), Some(float)),
                Cell::Flag(flag) => (flag.to_string(), None),
                Cell::Text(text) => (text.to_owned(), None),
            };
            let position = *known.entry(text).or_insert_with_key(|text| {
                values.push(text.clone());
                found.push(number);
                values.len() as u32 - 1
            });
            positions.push(position);
        }
        let numbers: Option<Vec<f64>> = found.into_iter().collect();
        let mut axis = AxisOverview {
            name: column.name().to_owned(),
            values,
            numbers,
            positions,
        };
        axis.sort();
        axis
    }

    /// Puts the values in rising order, when they are numbers.
    fn sort(&mut self) {
        let Some(numbers) = &self.numbers else { return };
        let mut order: Vec<usize> = (0..numbers.len()).collect();
        order.sort_by(|a, b| numbers[*a].total_cmp(&numbers[*b]));
        let mut place = vec![0; order.len()];
        for (at, old) in order.iter().enumerate() {
            place[*old] = at as u32;
        }
        self.values = order.iter().map(|at| self.values[*at].clone()).collect();
        self.numbers = Some(order.iter().map(|at| numbers[*at]).collect());
        for position in &mut self.positions {
            *position = place[*position as usize];
        }
    }
}
