//! A scene as SVG: as a part of a page, whose style sheet colours it, or as a file by itself.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::font::Face;
use crate::palette::{Ink, css};
use crate::png::raster_png;
use crate::scene::{Anchor, Scene, Shape};

impl Scene {
    /// The drawing as a file by itself, in the colours of a light page.
    pub fn to_svg_file(&self) -> Vec<u8> {
        let style = format!(
            "<style>text{{font-family:'DejaVu Sans',Verdana,sans-serif}}{}</style>",
            css(false)
        );
        let paper = format!(
            "<rect class=\"fp\" width=\"{}\" height=\"{}\"/>",
            number(self.width),
            number(self.height)
        );
        let size = format!(
            " xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\"",
            number(self.width),
            number(self.height)
        );
        let mut svg = self.element(&size, &(style + &paper));
        svg.push('\n');
        svg.into_bytes()
    }

    /// The drawing as an element of a page.
    ///
    /// * `attributes`: of the element, with a blank before each.
    pub fn to_svg_element(&self, attributes: &str) -> String {
        self.element(attributes, "")
    }

    /// The marks alone, for a script that draws around them.
    pub fn to_svg_marks(&self) -> String {
        let mut svg = String::new();
        for shape in &self.shapes {
            write_shape(&mut svg, shape);
        }
        svg
    }

    fn element(&self, attributes: &str, first: &str) -> String {
        let mut svg = format!(
            "<svg{attributes} viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">{first}",
            number(self.width),
            number(self.height),
            escaped(&self.label)
        );
        svg.push_str(&self.to_svg_marks());
        svg.push_str("</svg>");
        svg
    }
}

fn write_shape(svg: &mut String, shape: &Shape) {
    // A `String` takes all text.
    let _ = match shape {
        Shape::Line {
            points,
            ink,
            width,
            dashed,
        } => {
            let dash = if *dashed {
                " stroke-dasharray=\"4 3\""
            } else {
                ""
            };
            write!(
                svg,
                "<path{} stroke-width=\"{}\" stroke-linejoin=\"round\"{dash} d=\"{}\"/>",
                paint('k', *ink),
                number(*width),
                path(points, false)
            )
        }
        Shape::Area {
            points,
            ink,
            opacity,
            outlined,
        } => {
            let _ = match (outlined, ink.name()) {
                (true, Some(name)) => write!(svg, "<path class=\"f{name} o{name}\""),
                _ => write!(svg, "<path{}", paint('f', *ink)),
            };
            write!(svg, "{} d=\"{}\"/>", opaque(*opacity), path(points, true))
        }
        Shape::Ticks { at, from_to, ink } => {
            let _ = write!(svg, "<path{} d=\"", paint('k', *ink));
            for x in at {
                let (from, to) = (number(from_to.0), number(from_to.1 - from_to.0));
                let _ = write!(svg, "M{} {from}v{to}", number(*x));
            }
            write!(svg, "\"/>")
        }
        Shape::Rect {
            area: (x, y, width, height),
            ink,
            opacity,
            title,
        } => {
            let _ = write!(
                svg,
                "<rect{}{} x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
                paint('f', *ink),
                opaque(*opacity),
                number(*x),
                number(*y),
                number(*width),
                number(*height)
            );
            match title {
                Some(title) => write!(svg, "><title>{}</title></rect>", escaped(title)),
                None => write!(svg, "/>"),
            }
        }
        Shape::Text(text) => {
            let anchor = match text.anchor {
                Anchor::Start => "",
                Anchor::Middle => " text-anchor=\"middle\"",
                Anchor::End => " text-anchor=\"end\"",
            };
            let weight = match text.face {
                Face::Regular => "",
                Face::Bold => " font-weight=\"bold\"",
            };
            write!(
                svg,
                "<text{} x=\"{}\" y=\"{}\" font-size=\"{}\"{anchor}{weight}>{}</text>",
                paint('f', text.ink),
                number(text.at.0),
                number(text.at.1),
                number(text.size),
                escaped(&text.text)
            )
        }
        Shape::Raster(raster) => {
            let (x, y, width, height) = raster.area;
            write!(
                svg,
                "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" \
                 style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{}\"/>",
                number(x),
                number(y),
                number(width),
                number(height),
                STANDARD.encode(raster_png(raster))
            )
        }
    };
}

fn paint(kind: char, ink: Ink) -> String {
    match (ink.name(), kind) {
        (Some(name), kind) => format!(" class=\"{kind}{name}\""),
        (None, 'f') => format!(" fill=\"{}\"", hex(ink)),
        (None, _) => format!(" fill=\"none\" stroke=\"{}\"", hex(ink)),
    }
}

fn hex(ink: Ink) -> String {
    let [red, green, blue] = ink.rgb();
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn opaque(opacity: f64) -> String {
    match opacity {
        1.0 => String::new(),
        _ => format!(" fill-opacity=\"{}\"", trimmed(format!("{opacity:.2}"))),
    }
}

/// The path in steps from point to point, in tenths of a pixel: shorter than places.
fn path(points: &[(f64, f64)], closed: bool) -> String {
    let mut path = String::with_capacity(8 * points.len());
    let mut pen: Option<(i64, i64)> = None;
    let mut in_steps = false;
    for (x, y) in points {
        if !(x.is_finite() && y.is_finite()) {
            pen = None;
            continue;
        }
        let tenths = |value: &f64| (value * 10.0).round() as i64;
        let place = (tenths(x), tenths(y));
        if pen == Some(place) {
            continue;
        }
        match pen {
            None => path.push('M'),
            Some(_) if !in_steps => path.push('l'),
            Some(_) => {}
        }
        in_steps = pen.is_some();
        let from = pen.unwrap_or((0, 0));
        push_tenths(&mut path, place.0 - from.0);
        push_tenths(&mut path, place.1 - from.1);
        pen = Some(place);
    }
    if closed {
        path.push('Z');
    }
    path
}

/// A number of tenths, with a blank before it where it would run into the one before.
fn push_tenths(path: &mut String, tenths: i64) {
    if tenths >= 0 && path.ends_with(|c: char| c.is_ascii_digit()) {
        path.push(' ');
    }
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, tenth) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    // A `String` takes all text.
    let _ = match (whole, tenth) {
        (whole, 0) => write!(path, "{sign}{whole}"),
        (0, tenth) => write!(path, "{sign}.{tenth}"),
        (whole, tenth) => write!(path, "{sign}{whole}.{tenth}"),
    };
}

/// Tenths of a pixel.
fn number(value: f64) -> String {
    trimmed(format!("{value:.1}"))
}

fn trimmed(text: String) -> String {
    let short = text.trim_end_matches('0').trim_end_matches('.');
    match short {
        "-0" | "" => "0".to_owned(),
        short => short.to_owned(),
    }
}

/// Text that is safe in elements and attributes.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            // No XML may hold other control characters.
            control if control.is_control() => safe.push(' '),
            other => safe.push(other),
        }
    }
    safe
}
