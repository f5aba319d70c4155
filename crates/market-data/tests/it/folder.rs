use market_data::symbols_in;

use crate::folder;

#[test]
fn file_names_tell_the_symbols() {
    let names = [
        "SPY.csv",
        "BRK.B.csv",
        "agg_us_d.csv",
        "vod_uk_d.csv",
        "^spx_d.csv",
        "ief.us.txt",
        "TLT.parquet",
        "GLD.arrow",
        "SLV.feather",
        "QQQ.CSV",
        // Not prices.
        "README.md",
        "notes.txt",
        ".hidden.csv",
        "spy.xlsx",
        "csv",
    ];
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, b"".as_slice())).collect();
    let dir = folder(&files);
    std::fs::create_dir(dir.path().join("folder.csv")).unwrap();
    assert_eq!(
        symbols_in(dir.path()).unwrap(),
        [
            "AGG", "BRK.B", "GLD", "IEF", "QQQ", "SLV", "SPY", "TLT", "VOD.UK", "^SPX"
        ]
    );
}
