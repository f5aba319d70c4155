//! Charts: what is drawn of described values.

use drawing::chart::{
    Across, Bar, Chart, Histogram, Key, Label, Legend, Mark, Picture, Range, Upright, briefs,
    shortened,
};
use drawing::{Ink, Scene, Shape};

const WHOLE: Label = |value, _| format!("{value:.0}");

fn chart(range: Range, marks: Vec<Mark>) -> Chart {
    Chart {
        label: "a chart".to_owned(),
        height: 100.0,
        across: Across::Names(["2019", "2020", "2021"].map(str::to_owned).into()),
        across_title: "",
        upright: Upright {
            range,
            ticks: 4,
            label: WHOLE,
            title: "",
        },
        marks,
        legend: Legend::None,
        empty: "nothing to show",
    }
}

fn line(values: [f64; 3]) -> Mark {
    Mark::Line {
        points: (0..3)
            .map(|at| (f64::from(at) + 0.5, values[at as usize]))
            .collect(),
        ink: Ink::Primary,
        end: String::new(),
    }
}

fn texts(scene: &Scene) -> Vec<&str> {
    let texts = scene.shapes.iter().filter_map(|shape| match shape {
        Shape::Text(text) => Some(text.text.as_str()),
        _ => None,
    });
    texts.collect()
}

/// The lines of a colour.
fn lines(scene: &Scene, wanted: Ink) -> Vec<&[(f64, f64)]> {
    let lines = scene.shapes.iter().filter_map(|shape| match shape {
        Shape::Line { points, ink, .. } if *ink == wanted => Some(points.as_slice()),
        _ => None,
    });
    lines.collect()
}

#[test]
fn a_chart_without_a_value_says_so_and_has_no_axes() {
    let empty = chart(Range::Marks, vec![line([f64::NAN; 3]), Mark::Level(0.0)]);
    let scene = empty.draw(400.0);
    assert_eq!(texts(&scene), ["nothing to show"]);
    assert_eq!(scene.shapes.len(), 1);
}

#[test]
fn an_axis_has_round_ticks_around_the_values_and_a_label_for_each_name() {
    let scene = chart(Range::MarksAnd(0.0), vec![line([1.0, 4.0, 2.0])]).draw(400.0);
    assert_eq!(
        texts(&scene),
        ["0", "1", "2", "3", "4", "2019", "2020", "2021"]
    );
}

#[test]
fn a_line_ends_at_the_middle_of_the_last_name() {
    let scene = chart(Range::Marks, vec![line([1.0, 4.0, 2.0])]).draw(362.0);
    let points = lines(&scene, Ink::Primary)[0];
    // The frame begins at 50 and ends 12 before the edge: a hundred pixels for each name.
    assert_eq!(
        points.iter().map(|point| point.0).collect::<Vec<_>>(),
        [100.0, 200.0, 300.0]
    );
    assert!(
        points[1].1 < points[2].1 && points[2].1 < points[0].1,
        "{points:?}"
    );
}

#[test]
fn a_level_outside_of_the_frame_is_not_drawn() {
    let with = |level| {
        chart(
            Range::Marks,
            vec![line([1.0, 4.0, 2.0]), Mark::Level(level)],
        )
    };
    let across = |scene: &Scene| lines(scene, Ink::Muted).len();
    let (inside, outside) = (with(2.0).draw(400.0), with(9.0).draw(400.0));
    assert_eq!(across(&inside), across(&outside) + 1);
}

#[test]
fn bars_stand_on_zero_and_have_tooltips() {
    let bar = Bar {
        across: (0.2, 0.8),
        upright: (0.0, 2.0),
        ink: Ink::Primary,
        title: "2019: 2".to_owned(),
    };
    let bars = Mark::Bars {
        bars: vec![bar],
        opacity: 1.0,
    };
    let scene = Picture::Chart(chart(Range::FromZero, vec![bars])).draw(362.0);
    let found = scene.shapes.iter().find_map(|shape| match shape {
        Shape::Rect { area, title, .. } => Some((*area, title.clone())),
        _ => None,
    });
    let ((left, top, width, height), title) = found.unwrap();
    assert_eq!(title.as_deref(), Some("2019: 2"));
    assert!(
        (left - 70.4).abs() < 1e-9 && (width - 59.2).abs() < 1e-9,
        "{left} {width}"
    );
    // Without a legend, the frame begins twelve pixels from the top.
    assert!((top + height - 112.0).abs() < 1e-9, "{top} {height}");
}

#[test]
fn a_bar_without_a_value_is_left_out() {
    let bar = |value| Bar {
        across: (0.2, 0.8),
        upright: (0.0, value),
        ink: Ink::Primary,
        title: String::new(),
    };
    let bars = Mark::Bars {
        bars: vec![bar(f64::NAN), bar(1.0)],
        opacity: 1.0,
    };
    let scene = chart(Range::FromZero, vec![bars]).draw(362.0);
    let is_bar = |shape: &&Shape| matches!(shape, Shape::Rect { .. });
    assert_eq!(scene.shapes.iter().filter(is_bar).count(), 1);
}

#[test]
fn names_of_a_legend_are_shortened_until_they_fit() {
    let keys = [
        "a strategy with a long name",
        "another one, longer than the first",
    ];
    let legend = Legend::Row(keys.map(|name| Key::new(name, Ink::Primary)).into());
    let shown = |width| legend.scene(width).shapes.len();
    assert_eq!(shown(900.0), 4);
    assert_eq!(texts(&legend.scene(900.0)), keys);
    let narrow = legend.scene(350.0);
    assert!(
        texts(&narrow).iter().all(|name| name.ends_with('…')),
        "{:?}",
        texts(&narrow)
    );
}

#[test]
fn swatches_take_as_many_rows_as_they_need() {
    let keys = ["EQUITY", "BONDS", "GOLD", "CASH"].map(|name| Key::new(name, Ink::Nth(0)));
    let legend = Legend::Swatches(keys.into());
    assert_eq!(legend.height(900.0), 20.0);
    assert_eq!(legend.height(200.0), 56.0);
}

#[test]
fn a_bin_begins_at_zero() {
    let bins = Histogram::of(&[-1.2, -0.1, 0.1, 0.2, 1.9], [], 10).unwrap();
    assert!(bins.edges.contains(&0.0), "{:?}", bins.edges);
    assert_eq!(bins.counts.iter().sum::<usize>(), 5);
    let first = bins.bins().next().unwrap();
    assert!(first.0 <= -1.2 && -1.2 < first.1, "{first:?}");
    assert_eq!(Histogram::of(&[], [], 10), None);
}

#[test]
fn labels_that_begin_alike_keep_their_ends() {
    assert_eq!(shortened("abcdefgh", 4), "abc…");
    let labels = ["an_expression_of_one", "an_expression_of_two"].map(str::to_owned);
    assert_eq!(briefs(&labels), ["an_ex…ion_of_one", "an_ex…ion_of_two"]);
}
