//! The embedded font: how wide a text is, and its outlines.

use std::sync::LazyLock;

use ttf_parser::{Face as Font, GlyphId, OutlineBuilder};

/// Regular or bold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// For most text.
    Regular,
    /// For titles.
    Bold,
}

static REGULAR: LazyLock<Font<'static>> =
    LazyLock::new(|| font(include_bytes!("../fonts/DejaVuSans-subset.ttf")));
static BOLD: LazyLock<Font<'static>> =
    LazyLock::new(|| font(include_bytes!("../fonts/DejaVuSans-Bold-subset.ttf")));

fn font(bytes: &'static [u8]) -> Font<'static> {
    Font::parse(bytes, 0).expect("the embedded font is a font")
}

impl Face {
    fn font(self) -> &'static Font<'static> {
        match self {
            Face::Regular => &REGULAR,
            Face::Bold => &BOLD,
        }
    }
}

/// The glyph of a character; an empty box for one that the font does not have.
fn glyph(font: &Font<'_>, character: char) -> GlyphId {
    let glyph = font.glyph_index(character);
    glyph
        .or_else(|| font.glyph_index('□'))
        .unwrap_or(GlyphId(0))
}

/// How many pixels a text is wide.
pub fn text_width(text: &str, size: f64, face: Face) -> f64 {
    let font = face.font();
    let advance =
        |character| f64::from(font.glyph_hor_advance(glyph(font, character)).unwrap_or(0));
    let units: f64 = text.chars().map(advance).sum();
    units * size / f64::from(font.units_per_em())
}

/// Hands the outlines of a text to a builder, which starts at a place on the baseline.
pub(crate) fn outline(
    text: &str,
    size: f64,
    face: Face,
    at: (f64, f64),
    builder: &mut impl PathSink,
) {
    let font = face.font();
    let scale = size / f64::from(font.units_per_em());
    let mut left = at.0;
    for character in text.chars() {
        let glyph = glyph(font, character);
        let mut placed = Placed {
            left,
            baseline: at.1,
            scale,
            sink: builder,
        };
        font.outline_glyph(glyph, &mut placed);
        left += f64::from(font.glyph_hor_advance(glyph).unwrap_or(0)) * scale;
    }
}

/// Takes outlines in pixels.
pub(crate) trait PathSink {
    fn move_to(&mut self, x: f32, y: f32);
    fn line_to(&mut self, x: f32, y: f32);
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32);
    fn cubic_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32);
    fn close(&mut self);
}

struct Placed<'a, S> {
    left: f64,
    baseline: f64,
    scale: f64,
    sink: &'a mut S,
}

impl<S> Placed<'_, S> {
    fn x(&self, x: f32) -> f32 {
        (self.left + f64::from(x) * self.scale) as f32
    }

    fn y(&self, y: f32) -> f32 {
        (self.baseline - f64::from(y) * self.scale) as f32
    }
}

impl<S: PathSink> OutlineBuilder for Placed<'_, S> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.sink.move_to(self.x(x), self.y(y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.sink.line_to(self.x(x), self.y(y));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        (self.sink).quad_to(self.x(x1), self.y(y1), self.x(x), self.y(y));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (x1, y1, x2, y2) = (self.x(x1), self.y(y1), self.x(x2), self.y(y2));
        self.sink.cubic_to(x1, y1, x2, y2, self.x(x), self.y(y));
    }

    fn close(&mut self) {
        self.sink.close();
    }
}
