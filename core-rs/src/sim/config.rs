//! The simulated venue's configuration: JSON in, one clear sentence per fault.

use super::live::Fees;
use super::market::LEVELS;
use super::model::{Account, Listing, listings, wallet_of};
use crate::ledger::Wallet;
use crate::units::{Asset, Money, Ns, Product, Rate, Venue};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Document {
    venue: String,
    products: Vec<String>,
    #[serde(default)]
    seed: u64,
    accounts: Option<Vec<AccountRow>>,
    symbols: Option<Vec<String>>,
    fee_taker: Option<FeeText>,
    fee_maker: Option<FeeText>,
    #[serde(default)]
    market: MarketSource,
    levels: Option<u16>,
    tick_ms: Option<u32>,
    budget_times: Option<u32>,
}

/// Where the market comes from.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum MarketSource {
    /// Seeded prices that move by themselves.
    #[default]
    Synthetic,
    /// Recorded frames handed to `feed`.
    Frames,
    /// Real venues' books, see `SimVenue::follow`; what is listed is what they list.
    Live,
}

/// One fraction for all products, or one per product.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum FeeText {
    All(String),
    Each(BTreeMap<String, String>),
}

/// `balances`: asset -> amount for every wallet it belongs in, or wallet -> asset -> amount.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AccountRow {
    #[serde(default = "main_name")]
    name: String,
    #[serde(default = "default_key")]
    key: String,
    #[serde(default = "default_secret")]
    secret: String,
    #[serde(default = "default_passphrase")]
    passphrase: String,
    #[serde(default = "default_leverage")]
    leverage: u32,
    balances: Option<BTreeMap<String, Holding>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Holding {
    Amount(String),
    Wallet(BTreeMap<String, String>),
}

const LEVERAGE_MAX: u32 = 125;
const DEFAULT_BALANCES: [(&str, &str); 3] = [("USDT", "1000000"), ("BTC", "20"), ("ETH", "300")];

fn main_name() -> String {
    "main".into()
}

fn default_key() -> String {
    "simkey".into()
}

fn default_secret() -> String {
    "simsecret".into()
}

fn default_passphrase() -> String {
    "simpass".into()
}

fn names() -> String {
    Venue::ALL.map(Venue::name).join(", ")
}

fn default_leverage() -> u32 {
    10
}

/// An account's first balance.
#[derive(Clone, Debug)]
pub(super) struct Opening {
    pub account: usize,
    pub wallet: Wallet,
    pub asset: Asset,
    pub amount: Money,
}

/// The configuration, checked.
#[derive(Debug)]
pub(super) struct Config {
    pub venue: Venue,
    pub seed: u64,
    pub listings: Vec<Listing>,
    pub accounts: Vec<Account>,
    pub openings: Vec<Opening>,
    pub market: MarketSource,
    pub fees: Fees,
    /// Synthetic levels a side; fewer make a cheaper market.
    pub levels: i64,
    /// Time between publications of a book.
    pub tick: Ns,
    /// Request budgets, as multiples of the venue's own.
    pub budget_times: u32,
}

/// Between publications, unless the configuration says otherwise.
const TICK_MS: u32 = 100;

impl Config {
    pub(super) fn parse(json: &[u8]) -> Result<Self, String> {
        let document: Document = serde_json::from_slice(json).map_err(|e| format!("simulated venue: {e}"))?;
        let venue = Venue::parse(&document.venue)
            .ok_or_else(|| format!("no simulated venue `{}`; there are {}", document.venue, names()))?;
        let products = document.products.iter().map(|name| product(name)).collect::<Result<Vec<_>, _>>()?;
        if products.is_empty() {
            return Err("a simulated venue needs at least one product: spot or linear".into());
        }
        let fees = all_fees(&products, &document)?;
        let listings = match document.market {
            MarketSource::Live => Vec::new(),
            MarketSource::Synthetic | MarketSource::Frames => {
                all_listings(venue, &products, document.symbols.as_deref(), &fees)?
            }
        };
        let rows = document.accounts.unwrap_or_else(|| vec![AccountRow::default()]);
        let (accounts, openings) = accounts(venue, &products, rows)?;
        let levels = i64::from(document.levels.unwrap_or(LEVELS as u16).clamp(1, LEVELS as u16));
        let tick = Ns::from(document.tick_ms.unwrap_or(TICK_MS).max(1)) * 1_000_000;
        let (seed, market) = (document.seed, document.market);
        let budget_times = document.budget_times.unwrap_or(1);
        Ok(Self { venue, seed, listings, accounts, openings, market, fees, levels, tick, budget_times })
    }
}

impl Default for AccountRow {
    fn default() -> Self {
        Self {
            name: main_name(),
            key: default_key(),
            secret: default_secret(),
            passphrase: default_passphrase(),
            leverage: default_leverage(),
            balances: None,
        }
    }
}

fn product(name: &str) -> Result<Product, String> {
    Product::parse(name).ok_or_else(|| format!("unknown product `{name}`: spot or linear"))
}

fn all_fees(products: &[Product], document: &Document) -> Result<Fees, String> {
    let of = |product: &Product| {
        let maker = fee(document.fee_maker.as_ref(), *product)?;
        Ok((*product, (maker, fee(document.fee_taker.as_ref(), *product)?)))
    };
    products.iter().map(of).collect()
}

fn all_listings(
    venue: Venue,
    products: &[Product],
    symbols: Option<&[String]>,
    fees: &Fees,
) -> Result<Vec<Listing>, String> {
    let mut all: Vec<Listing> = products.iter().flat_map(|product| listings(venue, *product)).collect();
    if let Some(symbols) = symbols {
        if let Some(unknown) = symbols.iter().find(|s| all.iter().all(|l| l.symbol.as_str() != s.as_str())) {
            return Err(format!("the simulated venue does not list `{unknown}`"));
        }
        all.retain(|listing| symbols.iter().any(|s| s == listing.symbol.as_str()));
    }
    for listing in &mut all {
        let (maker, taker) = fees.get(&listing.product).copied().unwrap_or_default();
        listing.fee_maker = maker.unwrap_or(listing.fee_maker);
        listing.fee_taker = taker.unwrap_or(listing.fee_taker);
    }
    Ok(all)
}

fn fee(fees: Option<&FeeText>, product: Product) -> Result<Option<Rate>, String> {
    let text = match fees {
        None => None,
        Some(FeeText::All(text)) => Some(text),
        Some(FeeText::Each(by_product)) => by_product.get(product.name()),
    };
    text.map(|text| Rate::parse(text.as_bytes()).map_err(|e| format!("fee `{text}`: {e}"))).transpose()
}

fn accounts(
    venue: Venue,
    products: &[Product],
    rows: Vec<AccountRow>,
) -> Result<(Vec<Account>, Vec<Opening>), String> {
    let mut accounts: Vec<Account> = Vec::new();
    let mut openings = Vec::new();
    for row in rows {
        if accounts.iter().any(|known| known.name == row.name || known.key == row.key) {
            return Err(format!("account `{}`: name and key must be unique", row.name));
        }
        if row.leverage == 0 || row.leverage > LEVERAGE_MAX {
            return Err(format!("account `{}`: leverage must be 1 to {LEVERAGE_MAX}", row.name));
        }
        openings.extend(first_balances(venue, products, accounts.len(), row.balances.as_ref())?);
        accounts.push(Account {
            name: row.name,
            key: row.key,
            secret: row.secret,
            passphrase: row.passphrase,
            leverage_default: row.leverage,
            balances: BTreeMap::new(),
            positions: BTreeMap::new(),
            stops: BTreeMap::new(),
            leverage: BTreeMap::new(),
        });
    }
    Ok((accounts, openings))
}

fn first_balances(
    venue: Venue,
    products: &[Product],
    account: usize,
    given: Option<&BTreeMap<String, Holding>>,
) -> Result<Vec<Opening>, String> {
    let mut wallets: Vec<Wallet> = products.iter().map(|product| wallet_of(venue, *product)).collect();
    wallets.dedup();
    let mut rows: Vec<(Wallet, String, String)> = Vec::new();
    let mut everywhere = |asset: &str, amount: &str| {
        // A linear wallet holds its settlement asset only.
        let fits = wallets.iter().filter(|wallet| **wallet != Wallet::Linear || asset == "USDT");
        rows.extend(fits.map(|wallet| (*wallet, asset.to_owned(), amount.to_owned())));
    };
    match given {
        None => DEFAULT_BALANCES.iter().for_each(|(asset, amount)| everywhere(asset, amount)),
        Some(given) => {
            for (name, holding) in given {
                match holding {
                    Holding::Amount(amount) => everywhere(name, amount),
                    Holding::Wallet(_) => {}
                }
            }
            rows.extend(by_wallet(&wallets, given)?);
        }
    }
    rows.iter().map(|(wallet, asset, amount)| opening(account, *wallet, asset, amount)).collect()
}

fn by_wallet(
    wallets: &[Wallet],
    given: &BTreeMap<String, Holding>,
) -> Result<Vec<(Wallet, String, String)>, String> {
    let mut rows = Vec::new();
    for (name, holding) in given {
        if let Holding::Wallet(assets) = holding {
            let wallet = wallets.iter().find(|wallet| wallet.name() == name);
            let wallet = wallet.ok_or_else(|| format!("this venue has no wallet `{name}`"))?;
            rows.extend(assets.iter().map(|(asset, amount)| (*wallet, asset.clone(), amount.clone())));
        }
    }
    Ok(rows)
}

fn opening(account: usize, wallet: Wallet, asset: &str, amount: &str) -> Result<Opening, String> {
    let bad = |what: &str| format!("balance of `{asset}`: {what}");
    let name = Asset::new(asset.as_bytes()).map_err(|_| bad("not an asset name"))?;
    let money = Money::parse(amount.as_bytes()).map_err(|_| bad("not a decimal amount"))?;
    if money < Money::ZERO {
        return Err(bad("must not be negative"));
    }
    Ok(Opening { account, wallet, asset: name, amount: money })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_account_is_funded_in_every_wallet() {
        let config = Config::parse(br#"{"venue":"binance","products":["spot","linear"],"seed":3}"#).unwrap();
        let rows: Vec<String> = config
            .openings
            .iter()
            .map(|o| format!("{}/{}/{}", o.wallet.name(), o.asset, o.amount.0 / 10_i128.pow(18)))
            .collect();
        assert_eq!(rows, ["spot/USDT/1000000", "linear/USDT/1000000", "spot/BTC/20", "spot/ETH/300"]);
        let one = Config::parse(br#"{"venue":"bybit","products":["spot","linear"]}"#).unwrap();
        assert_eq!((one.openings.len(), one.listings.len()), (3, 6));
    }

    #[test]
    fn each_fault_of_the_configuration_has_its_sentence() {
        let cases: &[(&str, &str)] = &[
            (r#"{"venue":"kraken","products":["spot"]}"#, "no simulated venue `kraken`; there are binance"),
            (r#"{"venue":"bybit","products":[]}"#, "at least one product"),
            (r#"{"venue":"bybit","products":["option"]}"#, "unknown product `option`"),
            (r#"{"venue":"bybit","products":["spot"],"symbols":["DOGEUSDT"]}"#, "does not list `DOGEUSDT`"),
            (r#"{"venue":"bybit","products":["spot"],"feeTaker":"x"}"#, "fee `x`"),
            (r#"{"venue":"bybit","products":["spot"],"colour":1}"#, "colour"),
            (r#"{"venue":"bybit","products":["spot"],"accounts":[{"leverage":0}]}"#, "leverage"),
            (r#"{"venue":"bybit","products":["spot"],"accounts":[{},{}]}"#, "unique"),
            (r#"{"venue":"bybit","products":["spot"],"accounts":[{"balances":{"USDT":"-1"}}]}"#, "negative"),
            (
                r#"{"venue":"bybit","products":["spot"],"accounts":[{"balances":{"linear":{"USDT":"1"}}}]}"#,
                "no wallet",
            ),
        ];
        for (json, want) in cases {
            let error = Config::parse(json.as_bytes()).unwrap_err();
            assert!(error.contains(want), "{error} should say {want}");
        }
    }
}
