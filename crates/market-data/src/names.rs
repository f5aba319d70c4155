//! The names that vendors and programs give to the columns of a price file.
//!
//! Case, spaces, accents and punctuation do not count: `<DATE>`, `adj_close` and `Close*` are known
//! as `date`, `adjclose` and `close`.

use crate::fields::Field;

/// What a column is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Date,
    /// The time of day, beside a date.
    Time,
    Symbol,
    Number(Field),
}

/// Every spelling that is known; of two in one table, the one that stands further up counts.
const SPELLINGS: &[(Role, &[&str])] = &[
    (
        Role::Date,
        &[
            "date",
            "datetime",
            "timestamp",
            "opentime",        // Binance
            "windowstart",     // Massive, once Polygon
            "dtyyyymmdd",      // AmiBroker, MetaStock
            "observationdate", // FRED
            "exchangedate",    // LSEG, once Refinitiv
            "snappedat",       // CoinGecko
            "dlycaldt",        // CRSP
            "tsevent",         // Databento
            "tradedate",
            "tradingdate",
            "tradingday",
            "localtime", // Dukascopy
            "gmttime",
            "datum", // German, Dutch, Swedish
            "fecha", // Spanish
            "data",  // Italian, Portuguese
            "дата",  // Russian
            "日期",  // Chinese
            "交易日期",
            "日付", // Japanese
            "日付け",
            "time",
            "indexlevel", // pandas: `__index_level_0__`
            "index",
            "unix",
            "epoch",
            "t",       // JSON of Alpaca and Massive
            "unnamed", // pandas: `Unnamed: 0`
        ],
    ),
    (Role::Time, &["time", "timehhmmss", "hora", "uhrzeit"]),
    (
        Role::Symbol,
        &[
            "symbol",
            "ticker",
            "tic",
            "sym",
            "instrument",
            "actsymbol",
            "tickersymbol",
            "ticksymbol",
            "code",
            "name",
        ],
    ),
    (
        Role::Number(Field::Open),
        &[
            "open",
            "o",
            "openprice",
            "openingprice",
            "pxopen",
            "eroffnung",
            "eroffnungskurs",
            "eroffn",
            "erster",
            "apertura",
            "abertura",
            "ouverture",
            "ouv",
            "openprc",
            "dlyopen",
            "откр",
            "开盘",
            "开盘价",
            "开盘价元",
            "始値",
        ],
    ),
    (
        Role::Number(Field::High),
        &[
            "high",
            "h",
            "highprice",
            "pxhigh",
            "hoch",
            "tageshoch",
            "maximo",
            "plushaut",
            "massimo",
            "max",
            "askhi",
            "dlyhigh",
            "макс",
            "最高",
            "最高价",
            "最高价元",
            "高値",
        ],
    ),
    (
        Role::Number(Field::Low),
        &[
            "low",
            "l",
            "lowprice",
            "pxlow",
            "tief",
            "tagestief",
            "minimo",
            "plusbas",
            "min",
            "bidlo",
            "dlylow",
            "мин",
            "最低",
            "最低价",
            "最低价元",
            "安値",
        ],
    ),
    (
        Role::Number(Field::Close),
        &[
            "close",
            "c",
            "closelast",
            "closeprice",
            "closingprice",
            "last",
            "lastprice",
            "pxlast",
            "price",
            "schluss",
            "schlusskurs",
            "zuletzt",
            "cierre",
            "ultimo",
            "cloture",
            "dernier",
            "chiusura",
            "fechamento",
            "slotkoers",
            "prc",
            "dlyclose",
            "цена",
            "收盘",
            "收盘价",
            "收盘价元",
            "終値",
            "value",
            "nav",
        ],
    ),
    (
        Role::Number(Field::AdjClose),
        &[
            "adjclose",
            "adjustedclose",
            "closeadj",
            "adjusted",
            "adjustedcloseprice",
            "adjclosingprice",
            "totalreturnclose",
        ],
    ),
    (
        Role::Number(Field::Dividend),
        &[
            "dividends",
            "dividend",
            "dividendamount",
            "divcash",
            "exdividend",
        ],
    ),
    (
        Role::Number(Field::Split),
        &[
            "stocksplits",
            "splits",
            "splitcoefficient",
            "splitfactor",
            "splitratio",
        ],
    ),
    (Role::Number(Field::Gains), &["capitalgains"]),
];

/// The spellings of a role, the preferred ones first.
pub(crate) fn spellings(role: Role) -> &'static [&'static str] {
    SPELLINGS
        .iter()
        .find(|(other, _)| *other == role)
        .map_or(&[], |(_, spellings)| spellings)
}

/// Whether a key is one of the role's spellings.
pub(crate) fn is(role: Role, key: &str) -> bool {
    spellings(role).contains(&key)
}

/// The field that a key names.
pub(crate) fn field(key: &str) -> Option<Field> {
    SPELLINGS.iter().find_map(|(role, spellings)| match role {
        Role::Number(field) if spellings.contains(&key) => Some(*field),
        _ => None,
    })
}

/// Columns that price files often have and that are not read.
const OTHERS: &[&str] = &[
    "volume",
    "vol",
    "v",
    "tickvol",
    "volumen",
    "vwap",
    "vw",
    "n",
    "tradecount",
    "transactions",
    "numberoftrades",
    "count",
    "quotevolume",
    "quoteassetvolume",
    "takerbuyvolume",
    "takerbuyquotevolume",
    "takerbuybaseassetvolume",
    "takerbuyquoteassetvolume",
    "closetime",
    "ignore",
    "change",
    "changepercent",
    "veranderung",
    "variation",
    "var",
    "adjopen",
    "adjhigh",
    "adjlow",
    "adjvolume",
    "openint",
    "openinterest",
    "per",
    "spread",
    "returns",
    "turnover",
    "amount",
    "exchange",
    "currency",
    "rtype",
    "publisherid",
    "instrumentid",
    "trades",
    "otc",
    "average",
    "barcount",
    "repaired",
    "volumeusd",
    "volumebtc",
    "tradecounts",
    "permno",
    "permco",
    "ret",
    "retx",
    "cfacpr",
    "cfacshr",
    "shrout",
    "net",
    "chg",
    "marketcap",
    "totalvolume",
    "изм",
    "成交量",
    "成交额",
    "振幅",
    "涨跌幅",
    "涨跌额",
    "换手率",
    "出来高",
    "変化率",
];

/// Whether a key is that of a column that price files have, read or not.
pub(crate) fn is_known(key: &str) -> bool {
    OTHERS.contains(&key)
        || SPELLINGS
            .iter()
            .any(|(_, spellings)| spellings.contains(&key))
}

/// The letters of a name in lower case, without accents; those of other scripts as they are.
pub(crate) fn key(name: &str) -> String {
    name.trim()
        .chars()
        .filter_map(|letter| {
            let plain = match letter {
                'ä' | 'Ä' | 'á' | 'à' | 'â' | 'ã' | 'Á' | 'À' => 'a',
                'é' | 'è' | 'ê' | 'É' | 'È' => 'e',
                'í' | 'ì' | 'Í' | 'î' => 'i',
                'ö' | 'Ö' | 'ó' | 'ò' | 'ô' | 'õ' | 'Ó' => 'o',
                'ü' | 'Ü' | 'ú' | 'ù' | 'û' | 'Ú' => 'u',
                'ç' => 'c',
                'ñ' => 'n',
                other => other,
            };
            // From Greek and Cyrillic on.
            let is_other_script = plain >= '\u{370}' && plain.is_alphabetic();
            (plain.is_ascii_alphabetic() || is_other_script)
                .then(|| plain.to_lowercase().next().unwrap_or(plain))
        })
        .collect()
}
