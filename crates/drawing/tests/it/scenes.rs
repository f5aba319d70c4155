//! One scene as SVG and as pixels.

use drawing::{Anchor, Face, Ink, Raster, Scene, Shape, text_width};
use expect_test::expect;

/// Width, height and the colour of each pixel of a PNG.
fn decoded(png: &[u8]) -> (u32, u32, Vec<[u8; 4]>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png))
        .read_info()
        .unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgba);
    let pixels = bytes[..info.buffer_size()].as_chunks::<4>().0.to_vec();
    (info.width, info.height, pixels)
}

fn small() -> Scene {
    let mut scene = Scene::new(60.0, 40.0, "a test of \"everything\" & <more>");
    scene.rect((10.0, 10.0, 20.0, 10.0), Ink::Primary, 1.0);
    scene.titled(
        (30.0, 10.0, 10.0, 10.0),
        Ink::Contrast,
        0.5,
        "<b>".to_owned(),
    );
    scene.line(
        vec![(0.0, 30.0), (f64::NAN, 30.0), (5.0, 30.0), (20.25, 29.5)],
        Ink::Text,
        2.0,
    );
    scene.dashed(vec![(0.0, 35.0), (60.0, 35.0)], Ink::Reference, 1.0);
    scene.area(
        vec![(50.0, 0.0), (60.0, 0.0), (60.0, 10.0)],
        Ink::Exact([1, 2, 3]),
        1.0,
    );
    scene.text((30.0, 39.0), "a < b", Ink::Muted, Anchor::Middle);
    scene.shapes.push(Shape::Raster(Raster {
        area: (0.0, 0.0, 8.0, 4.0),
        columns: 2,
        cells: vec![Some([255, 0, 0]), None],
    }));
    scene
}

#[test]
fn a_scene_is_a_few_plain_elements_of_svg() {
    let svg = small().to_svg_element("");
    // The raster's bytes are looked at below.
    let (before, after) = svg.split_once("base64,").unwrap();
    let after = after.split_once('"').unwrap().1;
    let svg = format!("{before}…\"{after}").replace("><", ">\n<");
    expect![[r##"
        <svg viewBox="0 0 60 40" role="img" aria-label="a test of &quot;everything&quot; &amp; &lt;more&gt;">
        <rect class="fs" x="10" y="10" width="20" height="10"/>
        <rect class="fd" fill-opacity="0.5" x="30" y="10" width="10" height="10">
        <title>&lt;b&gt;</title>
        </rect>
        <path class="kt" stroke-width="2" stroke-linejoin="round" d="M0 30M5 30l15.3-.5"/>
        <path class="kb" stroke-width="1" stroke-linejoin="round" stroke-dasharray="4 3" d="M0 35l60 0"/>
        <path fill="#010203" d="M50 0l10 0 0 10Z"/>
        <text class="fm" x="30" y="39" font-size="12" text-anchor="middle">a &lt; b</text>
        <image x="0" y="0" width="8" height="4" preserveAspectRatio="none" style="image-rendering:pixelated" href="data:image/png;…"/>
        </svg>
    "##]]
    .assert_eq(&(svg + "\n"));
}

#[test]
fn a_file_has_its_colours_in_it() {
    let svg = String::from_utf8(small().to_svg_file()).unwrap();
    assert!(
        svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"60\" height=\"40\"")
    );
    assert!(svg.contains(".fs{fill:#0072b2}") && !svg.contains("var(--"));
    assert!(svg.contains("&lt;b&gt;") && !svg.contains("<b>"));
}

#[test]
fn pixels_have_the_colours_of_the_inks() {
    let (width, height, pixels) = decoded(&small().to_png(2.0));
    assert_eq!((width, height), (120, 80));
    let at = |x: u32, y: u32| pixels[(2 * y * width + 2 * x) as usize];
    assert_eq!(at(15, 15), [0x00, 0x72, 0xb2, 255], "the strategy's blue");
    // Half of vermillion, d55e00, on white.
    assert_eq!(at(35, 15), [234, 174, 127, 255]);
    assert_eq!(at(57, 2), [1, 2, 3, 255]);
    assert_eq!(at(1, 1), [255, 0, 0, 255], "the raster's first cell");
    assert_eq!(
        at(6, 1),
        [255, 255, 255, 255],
        "a cell without a colour shows the paper"
    );
    assert!(at(10, 30)[0] < 80, "the line");
    assert_eq!(
        at(2, 30),
        [255, 255, 255, 255],
        "a point that is no number breaks the line"
    );
    let is_ink = |y: u32| (15..45).any(|x| at(x, y) != [255; 4]);
    assert!(
        (32..34).any(is_ink) && !(21..27).any(is_ink),
        "the text stands on its baseline"
    );
}

#[test]
fn a_text_is_as_wide_as_its_letters_and_unknown_ones_are_boxes() {
    let width = |text| text_width(text, 12.0, Face::Regular);
    // DejaVu Sans: 1,303 units of 2,048 for a digit.
    assert!((width("0123") - 4.0 * 12.0 * 1303.0 / 2048.0).abs() < 1e-9);
    assert!(text_width("growth", 12.0, Face::Bold) > width("growth"));
    assert_eq!(width("日本"), width("□□"));
}

/// The bytes do not depend on the platform: these checksums were taken on x86-64.
#[test]
fn the_bytes_are_the_same_everywhere() {
    let checksum = |bytes: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        format!("{:08x}", crc.sum())
    };
    let scene = small();
    let sums = [checksum(&scene.to_png(2.0)), checksum(&scene.to_svg_file())];
    expect!["170665ff c189cb99"].assert_eq(&sums.join(" "));
}
