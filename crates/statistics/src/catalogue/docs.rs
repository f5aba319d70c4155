//! The reference of metrics, for docs/statistics.md.

use super::metric::{Group, Metric};

/// One table of Markdown for each group.
pub(super) fn tables(metrics: &[&Metric]) -> String {
    let groups = metrics.chunk_by(|a, b| a.group == b.group);
    // The folds are explained in a sentence.
    let groups = groups.filter(|group| group[0].group != Group::Folds);
    groups.map(table).collect()
}

fn table(metrics: &[&Metric]) -> String {
    let rows: String = metrics.iter().map(|metric| row(metric)).collect();
    format!(
        "### {}\n\n\
         | statistic | column | `statistics.json` | unit | better | definition | source |\n\
         |---|---|---|---|---|---|---|\n\
         {rows}\n",
        metrics[0].group.title()
    )
}

fn row(metric: &Metric) -> String {
    let code = |text: &str| format!("`{text}`");
    let column = metric.column.map(|_| code(metric.key));
    let path = metric.path().map(|path| code(&path));
    let formula = metric.formula.map(|formula| format!(" {}", code(formula)));
    format!(
        "| {} | {} | {} | {} | {} | {}{} | {} |\n",
        metric.title,
        column.unwrap_or_default(),
        path.unwrap_or_default(),
        metric.form.unit(),
        metric.better.name(),
        metric.doc,
        formula.unwrap_or_default(),
        metric.source.unwrap_or_default(),
    )
}
