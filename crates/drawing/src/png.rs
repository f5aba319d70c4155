//! A scene as PNG, in the colours of a light page.

use tiny_skia::{
    Color, FillRule, Paint, Path, PathBuilder, Pixmap, PremultipliedColorU8, Rect, Stroke,
    StrokeDash, Transform,
};

use crate::font::{PathSink, outline, text_width};
use crate::palette::Ink;
use crate::scene::{Anchor, Raster, Scene, Shape, Text};

/// No picture has more pixels on a side.
const MOST_PIXELS: f64 = 16_000.0;

impl Scene {
    /// The drawing as a PNG file.
    ///
    /// * `scale`: pixels of the file for each pixel of the scene.
    pub fn to_png(&self, scale: f64) -> Vec<u8> {
        let pixels = |size: f64| (size * scale).ceil().clamp(1.0, MOST_PIXELS) as u32;
        let mut canvas =
            Pixmap::new(pixels(self.width), pixels(self.height)).expect("it has a size");
        canvas.fill(color(Ink::Paper, 1.0));
        let transform = Transform::from_scale(scale as f32, scale as f32);
        for shape in &self.shapes {
            draw(&mut canvas, shape, transform);
        }
        canvas.encode_png().expect("memory takes what is written")
    }
}

fn draw(canvas: &mut Pixmap, shape: &Shape, transform: Transform) {
    match shape {
        Shape::Line {
            points,
            ink,
            width,
            dashed,
        } => {
            if let Some(path) = polyline(points, false) {
                let dash = dashed
                    .then(|| StrokeDash::new(vec![4.0, 3.0], 0.0))
                    .flatten();
                let stroke = Stroke {
                    width: *width as f32,
                    dash,
                    line_join: tiny_skia::LineJoin::Round,
                    ..Stroke::default()
                };
                canvas.stroke_path(&path, &paint(*ink, 1.0), &stroke, transform, None);
            }
        }
        Shape::Area {
            points,
            ink,
            opacity,
            outlined,
        } => {
            if let Some(path) = polyline(points, true) {
                fill(canvas, &path, *ink, *opacity, transform);
                if *outlined {
                    let stroke = Stroke::default();
                    canvas.stroke_path(&path, &paint(*ink, 1.0), &stroke, transform, None);
                }
            }
        }
        Shape::Ticks { at, from_to, ink } => {
            let mut builder = PathBuilder::new();
            for x in at {
                builder.move_to(*x as f32, from_to.0 as f32);
                builder.line_to(*x as f32, from_to.1 as f32);
            }
            if let Some(path) = builder.finish() {
                let stroke = Stroke::default();
                canvas.stroke_path(&path, &paint(*ink, 1.0), &stroke, transform, None);
            }
        }
        Shape::Rect {
            area, ink, opacity, ..
        } => fill_rect(canvas, *area, *ink, *opacity, transform),
        Shape::Text(text) => draw_text(canvas, text, transform),
        Shape::Raster(raster) => {
            let (left, top, width, height) = raster.area;
            let size = (
                width / raster.columns.max(1) as f64,
                height / raster.rows().max(1) as f64,
            );
            for (at, cell) in raster.cells.iter().enumerate() {
                let Some(rgb) = cell else { continue };
                let (row, column) = (at / raster.columns, at % raster.columns);
                let x = left + column as f64 * size.0;
                let y = top + row as f64 * size.1;
                // A hair wider, so that no seam shows between cells.
                let area = (x, y, size.0 + 0.4, size.1 + 0.4);
                fill_rect(canvas, area, Ink::Exact(*rgb), 1.0, transform);
            }
        }
    }
}

fn fill_rect(
    canvas: &mut Pixmap,
    (x, y, width, height): (f64, f64, f64, f64),
    ink: Ink,
    opacity: f64,
    transform: Transform,
) {
    let rect = Rect::from_xywh(x as f32, y as f32, width as f32, height as f32);
    if let Some(rect) = rect {
        canvas.fill_rect(rect, &paint(ink, opacity), transform, None);
    }
}

fn draw_text(canvas: &mut Pixmap, text: &Text, transform: Transform) {
    let width = text_width(&text.text, text.size, text.face);
    let left = match text.anchor {
        Anchor::Start => text.at.0,
        Anchor::Middle => text.at.0 - width / 2.0,
        Anchor::End => text.at.0 - width,
    };
    let mut builder = Builder(PathBuilder::new());
    let place = (left, text.at.1);
    outline(&text.text, text.size, text.face, place, &mut builder);
    if let Some(path) = builder.0.finish() {
        fill(canvas, &path, text.ink, 1.0, transform);
    }
}

fn fill(canvas: &mut Pixmap, path: &Path, ink: Ink, opacity: f64, transform: Transform) {
    canvas.fill_path(
        path,
        &paint(ink, opacity),
        FillRule::Winding,
        transform,
        None,
    );
}

fn polyline(points: &[(f64, f64)], closed: bool) -> Option<Path> {
    let mut builder = PathBuilder::new();
    let mut pen_is_down = false;
    for (x, y) in points {
        if !(x.is_finite() && y.is_finite()) {
            pen_is_down = false;
        } else if pen_is_down {
            builder.line_to(*x as f32, *y as f32);
        } else {
            builder.move_to(*x as f32, *y as f32);
            pen_is_down = true;
        }
    }
    if closed {
        builder.close();
    }
    builder.finish()
}

fn color(ink: Ink, opacity: f64) -> Color {
    let [red, green, blue] = ink.rgb();
    let alpha = (opacity.clamp(0.0, 1.0) * 255.0).round() as u8;
    Color::from_rgba8(red, green, blue, alpha)
}

fn paint(ink: Ink, opacity: f64) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(color(ink, opacity));
    paint.anti_alias = true;
    paint
}

/// A raster as a picture of one pixel for each cell.
pub(crate) fn raster_png(raster: &Raster) -> Vec<u8> {
    let (columns, rows) = (raster.columns.max(1) as u32, raster.rows().max(1) as u32);
    let mut canvas = Pixmap::new(columns, rows).expect("it has a size");
    for (pixel, cell) in canvas.pixels_mut().iter_mut().zip(&raster.cells) {
        if let Some([red, green, blue]) = *cell {
            let opaque = PremultipliedColorU8::from_rgba(red, green, blue, 255);
            *pixel = opaque.unwrap_or(PremultipliedColorU8::TRANSPARENT);
        }
    }
    canvas.encode_png().expect("memory takes what is written")
}

struct Builder(PathBuilder);

impl PathSink for Builder {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.0.quad_to(x1, y1, x, y);
    }

    fn cubic_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.0.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}
