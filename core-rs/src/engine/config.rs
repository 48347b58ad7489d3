//! The engine's set-up, parsed once. Every fault is one clear line.

use super::Mutant;
use super::error::{Code, Refusal};
use super::field::{FieldError, Fields, Value, parse};
use super::memory::Memory;
use super::pairs::PairTerms;
use super::policy::{Policy, read_policy};
use crate::ledger::{ZONE_STEPS_MAX, Zone};
use crate::units::{Ns, Product, Venue};
use crate::venues::{Role, Secret, Session};

const MS: Ns = 1_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Sim,
    Paper,
    Live,
}

#[derive(Clone, Debug)]
pub struct AccountConfig {
    pub venue: Venue,
    pub name: String,
    pub session: Option<Session>,
    pub simulated: bool,
    pub public_only: bool,
    /// Of linear positions, as set at the venue.
    pub leverage: u32,
}

/// The bounds that a venue product is trusted to keep, and how long we wait for it.
#[derive(Clone, Copy, Debug)]
pub struct VenueConfig {
    pub venue: Venue,
    pub product: Product,
    pub recv_window: Ns,
    pub cap: Ns,
    pub read_lag: Ns,
    pub clock_error: Ns,
    /// Silence on a link after which its data counts as stale.
    pub stale: Ns,
    /// How long an order request may go without an answer.
    pub reply: Ns,
}

#[derive(Clone, Debug)]
pub struct LinkConfig {
    pub venue: Venue,
    pub product: Product,
    pub role: Role,
    pub account: String,
}

/// One limit as text; the risk room checks it when it is set.
#[derive(Clone, Debug)]
pub struct LimitSeed {
    pub name: String,
    pub scope: String,
    pub id: String,
    pub value: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Config {
    pub mode: Mode,
    pub instance: [u8; 2],
    pub accounts: Vec<AccountConfig>,
    pub venues: Vec<VenueConfig>,
    pub links: Vec<LinkConfig>,
    /// Seeds, used when the journal holds none.
    pub pairs: Vec<(Option<String>, PairTerms)>,
    pub limits: Vec<LimitSeed>,
    pub policy: Policy,
    /// A flaw put in on purpose, for the fault simulator.
    pub mutant: Mutant,
    /// Which fill can not be applied at first, counted from the start; simulations only.
    pub fail_fill: Option<u32>,
    /// The machine's own start, by the name its kernel gave it; `None` where nobody tells.
    pub boot: Option<String>,
    /// Whose midnight ends the trading day.
    pub zone: Zone,
    /// How much of the settled past is kept.
    pub memory: Memory,
}

impl Mode {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sim => "SIM",
            Self::Paper => "PAPER",
            Self::Live => "LIVE",
        }
    }
}

impl Config {
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        Self::read(bytes).map_err(|e| {
            Refusal::new(Code::ConfigError, format!("engine configuration: {e}"))
                .with(|j| j.str(&e.field, &e.problem))
        })
    }

    fn read(bytes: &[u8]) -> Result<Self, FieldError> {
        let value = parse(bytes)?;
        let known = [
            "mode", "instance", "accounts", "venues", "links", "pairs", "limits", "policy", "mutant",
            "failFill", "bootId", "dayZone", "memory",
        ];
        let top = Fields::of(&value)?.only(&known)?;
        let venues = rows(top, "venues", read_venue)?;
        let windows = venues.clone();
        Ok(Self {
            mode: read_mode(top)?,
            instance: read_instance(top)?,
            accounts: rows(top, "accounts", |f| read_account(f, &windows))?,
            venues,
            links: read_links(top)?,
            pairs: rows(top, "pairs", |f| Ok((f.opt_str("id")?.map(str::to_owned), PairTerms::read(f)?)))?,
            limits: rows(top, "limits", LimitSeed::read)?,
            policy: read_policy(top)?,
            mutant: read_mutant(top)?,
            fail_fill: read_fail_fill(top)?,
            boot: top.opt_str("bootId")?.map(str::to_owned),
            zone: read_zone(top)?,
            memory: Memory::read(top)?,
        })
    }

    pub fn venue(&self, venue: Venue, product: Product) -> VenueConfig {
        self.venues
            .iter()
            .find(|v| v.venue == venue && v.product == product)
            .copied()
            .unwrap_or_else(|| VenueConfig::of(venue, product))
    }
}

impl VenueConfig {
    const fn of(venue: Venue, product: Product) -> Self {
        Self {
            venue,
            product,
            recv_window: 1_500 * MS,
            cap: 10_000 * MS,
            read_lag: 2_000 * MS,
            clock_error: 500 * MS,
            stale: 3_000 * MS,
            reply: 2_000 * MS,
        }
    }

    /// From the send until "not found" means something.
    pub const fn fence(&self) -> Ns {
        self.recv_window + self.cap + self.read_lag + self.clock_error
    }
}

impl LimitSeed {
    pub fn read(f: Fields<'_>) -> Result<Self, FieldError> {
        let f = f.only(&["name", "scope", "id", "value", "unit"])?;
        Ok(Self {
            name: f.str("name")?.to_owned(),
            scope: f.opt_str("scope")?.unwrap_or("total").to_owned(),
            id: f.opt_str("id")?.unwrap_or_default().to_owned(),
            value: f.get("value").map(|_| f.digits("value").map(str::to_owned)).transpose()?,
        })
    }
}

fn rows<T>(
    top: Fields<'_>,
    key: &str,
    read: impl Fn(Fields<'_>) -> Result<T, FieldError>,
) -> Result<Vec<T>, FieldError> {
    if top.get(key).is_none() {
        return Ok(Vec::new());
    }
    let fault = |at: usize, e: FieldError| FieldError::new(&format!("{key}[{at}].{}", e.field), e.problem);
    let read_row = |(at, value)| Fields::of(value).and_then(&read).map_err(|e| fault(at, e));
    top.arr(key)?.iter().enumerate().map(read_row).collect()
}

fn read_fail_fill(top: Fields<'_>) -> Result<Option<u32>, FieldError> {
    if top.get("failFill").is_none() {
        return Ok(None);
    }
    let nth = top.uint("failFill")?;
    let known = u32::try_from(nth).ok().filter(|nth| *nth > 0 && top.str("mode") == Ok("SIM"));
    known.map(Some).ok_or_else(|| FieldError::new("failFill", "exists in simulations only"))
}

fn read_mutant(top: Fields<'_>) -> Result<Mutant, FieldError> {
    let Some(name) = top.opt_str("mutant")? else { return Ok(Mutant::None) };
    let known = Mutant::parse(name).filter(|_| top.str("mode") == Ok("SIM"));
    known.ok_or_else(|| FieldError::new("mutant", "exists in simulations only"))
}

fn read_mode(top: Fields<'_>) -> Result<Mode, FieldError> {
    match top.str("mode")? {
        "SIM" => Ok(Mode::Sim),
        "PAPER" => Ok(Mode::Paper),
        "LIVE" => Ok(Mode::Live),
        _ => Err(FieldError::new("mode", "must be SIM, PAPER or LIVE")),
    }
}

fn read_instance(top: Fields<'_>) -> Result<[u8; 2], FieldError> {
    match *top.str("instance")?.as_bytes() {
        [a, b] if a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric() => Ok([a, b]),
        _ => Err(FieldError::new("instance", "must be two letters or digits")),
    }
}

pub(super) fn read_venue_name(f: Fields<'_>, key: &str) -> Result<Venue, FieldError> {
    Venue::parse(f.str(key)?).ok_or_else(|| FieldError::new(key, "unknown exchange"))
}

/// `type`, spot when absent.
pub(super) fn read_product(f: Fields<'_>) -> Result<Product, FieldError> {
    let name = f.opt_str("type")?.unwrap_or("spot");
    Product::parse(name).ok_or_else(|| FieldError::new("type", "must be spot or linear"))
}

fn read_venue(f: Fields<'_>) -> Result<VenueConfig, FieldError> {
    let base = VenueConfig::of(read_venue_name(f, "venue")?, read_product(f)?);
    let ms = |key: &str, default: Ns| match f.get(key) {
        Some(_) => f.uint(key).map(|v| v.min(3_600_000) as Ns * MS),
        None => Ok(default),
    };
    Ok(VenueConfig {
        recv_window: ms("recvWindowMs", base.recv_window)?,
        cap: ms("capMs", base.cap)?,
        read_lag: ms("readLagMs", base.read_lag)?,
        clock_error: ms("clockErrorMs", base.clock_error)?,
        stale: ms("staleMs", base.stale)?,
        reply: ms("replyMs", base.reply)?,
        ..base
    })
}

fn read_account(f: Fields<'_>, venues: &[VenueConfig]) -> Result<AccountConfig, FieldError> {
    let venue = read_venue_name(f, "venue")?;
    let key = f.opt_str("key")?.unwrap_or_default();
    let window = venues.iter().find(|v| v.venue == venue).map_or(5_000, |v| (v.recv_window / MS) as u32);
    let session = Session {
        key: key.to_owned(),
        secret: Secret::new(f.opt_str("secret")?.unwrap_or_default().as_bytes()),
        passphrase: f.opt_str("passphrase")?.unwrap_or_default().to_owned(),
        offset_ns: 0,
        recv_window_ms: window,
    };
    let simulated = f.bool_or("simulated", false)?;
    let leverage = match f.get("leverage") {
        Some(_) => f.uint("leverage")?.clamp(1, 125) as u32,
        None if simulated => 10,
        None => 1,
    };
    let public_only = f.bool_or("publicOnly", false)? || key.is_empty();
    Ok(AccountConfig {
        venue,
        name: f.opt_str("name")?.unwrap_or("main").to_owned(),
        session: (!public_only).then_some(session),
        simulated,
        public_only,
        leverage,
    })
}

fn read_role(f: Fields<'_>) -> Result<Role, FieldError> {
    match f.str("role")? {
        "public" => Ok(Role::Public),
        "private" => Ok(Role::Private),
        "trade" => Ok(Role::Trade),
        "rest" => Ok(Role::Rest),
        _ => Err(FieldError::new("role", "must be public, private, trade or rest")),
    }
}

fn read_links(top: Fields<'_>) -> Result<Vec<LinkConfig>, FieldError> {
    let read = |f: Fields<'_>| {
        let link = LinkConfig {
            venue: read_venue_name(f, "venue")?,
            product: read_product(f)?,
            role: read_role(f)?,
            account: f.opt_str("account")?.unwrap_or("main").to_owned(),
        };
        Ok((f.uint("id")?, link))
    };
    let links = rows(top, "links", read)?;
    for (index, (id, _)) in links.iter().enumerate() {
        if *id != index as u64 {
            return Err(FieldError::new("links", "ids must count up from 0"));
        }
    }
    Ok(links.into_iter().map(|(_, link)| link).collect())
}

/// `{"name":"Europe/Berlin","steps":[[epoch ms, minutes east of UTC],...]}`; UTC when absent.
fn read_zone(top: Fields<'_>) -> Result<Zone, FieldError> {
    if top.get("dayZone").is_none() {
        return Ok(Zone::default());
    }
    let f = top.obj("dayZone")?.only(&["name", "steps"])?;
    let wrong = || FieldError::new("dayZone.steps", "must be rising [epoch ms, minutes east of UTC] pairs");
    let rows = f.arr("steps")?;
    if rows.len() > ZONE_STEPS_MAX {
        return Err(wrong());
    }
    let step = |row: &Value<'_>| {
        let [from, minutes] = row.as_list()? else { return None };
        Some((from.as_i64()?.checked_mul(MS)?, i32::try_from(minutes.as_i64()?).ok()?))
    };
    let steps = rows.iter().map(step).collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
    Zone::new(f.str("name")?, steps).ok_or_else(wrong)
}
