//! The route table.

use super::{Answer, Call, account, market, orders, stops};

pub(super) struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub private: bool,
    /// Name of the order budget it draws on; empty for none.
    pub budget: &'static str,
    pub run: fn(&mut Call<'_>) -> Answer,
}

type Run = fn(&mut Call<'_>) -> Answer;

const fn public(path: &'static str, run: Run) -> Route {
    Route { method: "GET", path, private: false, budget: "", run }
}

const fn private(method: &'static str, path: &'static str, budget: &'static str, run: Run) -> Route {
    Route { method, path, private: true, budget, run }
}

static ROUTES: [Route; 23] = [
    public("/v5/market/time", market::time),
    public("/v5/market/instruments-info", market::instruments),
    public("/v5/market/orderbook", market::orderbook),
    public("/v5/market/tickers", market::tickers),
    public("/v5/market/recent-trade", market::recent_trades),
    public("/v5/market/kline", market::klines),
    public("/v5/market/funding/history", market::funding_history),
    private("POST", "/v5/order/create", "create", orders::create),
    private("POST", "/v5/order/cancel", "cancel", orders::cancel),
    private("POST", "/v5/order/cancel-all", "cancel-all", orders::cancel_all),
    private("GET", "/v5/order/realtime", "", orders::realtime),
    private("GET", "/v5/order/history", "", orders::history),
    private("GET", "/v5/execution/list", "", orders::executions),
    private("GET", "/v5/position/list", "", account::positions),
    private("POST", "/v5/position/set-leverage", "", account::set_leverage),
    private("POST", "/v5/position/switch-mode", "", account::switch_mode),
    private("POST", "/v5/position/trading-stop", "", stops::set),
    private("GET", "/v5/account/wallet-balance", "", account::wallet_balance),
    private("GET", "/v5/account/transaction-log", "", account::transactions),
    private("GET", "/v5/account/fee-rate", "", account::fee_rate),
    private("GET", "/v5/account/info", "", account::info),
    private("GET", "/v5/asset/coin/query-info", "", account::coins),
    private("GET", "/v5/user/query-api", "", account::query_api),
];

pub(super) fn find(method: &str, path: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.method == method && route.path == path)
}
