"""Documents as the engine and the tables give them, for the doubles of the HTTP face."""

PAIR = (
    b'{"id":"binance_bybit_btc","leg1":{"exchange":"binance","symbol":"BTCUSDT","type":"spot"},'
    b'"leg2":{"exchange":"bybit","symbol":"BTCUSDT","type":"linear"},"threshold":0.05,"qty":0.010,'
    b'"totalAmount":500000,"direction":"auto","enabled":true,"version":7,"usedAmount":12.5,"simulated":true}'
)
PLAN = (
    b'{"planId":"plan_000001","pairId":"binance_bybit_btc","state":"HEDGED","direction":"leg1_buy","qty":0.010,'
    b'"manual":false,"legs":[{"exchange":"binance","symbol":"BTCUSDT","type":"spot","side":"buy","price":68000.10,'
    b'"orders":["TGA7000001"],'
    b'"filledQty":0.010,"avgPrice":68000.10,"fees":[{"asset":"BTC","amount":0.00001,"quoteValue":0.680001}]},'
    b'{"exchange":"bybit","symbol":"BTCUSDT","type":"linear","side":"sell","price":68100.10,"orders":["TGA7000002"],'
    b'"filledQty":0.010,"avgPrice":68100.10,"fees":[{"asset":"USDT","amount":0.3745505,"quoteValue":0.3745505}]}],'
    b'"residual":0,"pnl":-0.0545515,"spread":1.000000,"spreadPercent":0.147059,"createdTs":1790000000000,"endedTs":1790000000040,'
    b'"timeline":[{"ts":1790000000000,"event":"planned"}],"simulated":true}'
)
TWAP_PROGRESS = b'{"executed":0.030,"remaining":0.07,"slicesDone":3,"slicesTotal":10}'
TWAP = (
    b'{"planId":"twap_001","name":"slow","totalQty":0.1,"sliceQty":0.01,"intervalMs":1000,"randomizePct":20,'
    b'"limitOffsetBps":5,"maxParticipationPct":null,"participationOf":"bookDepth","state":"running","reason":null,'
    b'"progress":' + TWAP_PROGRESS + b',"residual":0,"avgPrice":68000.123456789012345678,"legs":[{"exchange":"binance",'
    b'"symbol":"BTCUSDT","type":"spot","account":"main","side":"buy","price":null,"filledQty":0.030,"unwoundQty":0,'
    b'"avgPrice":68000.123456789012345678,"timeWeightedMid":68000.05,"costBps":0.0108,"fees":[]}],'
    b'"lastExecutionTs":1790000000000,"createdTs":1790000000000,"startedTs":1790000000000,"endedTs":null,'
    b'"timeline":[{"ts":1790000000000,"event":"created"}],"simulated":true}'
)
PROTECTION = (
    b'{"protectionId":"protect_001","account":"main","exchange":"bybit","symbol":"BTCUSDT","type":"linear",'
    b'"side":"sell","state":"armed","reason":null,"stopLoss":60000.10,"takeProfit":null,"trailingPct":1.5,'
    b'"triggerBy":"bidAsk","stopNow":60500.5,"bestSeen":61421.9,"qty":null,"held":0.020,"entryOrderId":null,'
    b'"cause":null,"triggerPrice":null,"closedQty":0,"avgPrice":null,"orders":[],"fees":[],'
    b'"createdTs":1790000000000,"triggeredTs":null,"endedTs":null,'
    b'"timeline":[{"ts":1790000000000,"event":"set"}],"simulated":true}'
)
TWAP_STATUS = (
    b'{"planId":"twap_001","progress":' + TWAP_PROGRESS + b',"state":"running","lastExecutionTs":1790000000000,'
    b'"avgPrice":68000.123456789012345678,"residual":0,"simulated":true}'
)
BOOK = (
    b'{"exchange":"binance","symbol":"BTCUSDT","type":"spot","bids":[["68000.10","0.50000000"]],'
    b'"asks":[["68000.20","1.2"]],"ts":1790000000000,"ageMs":3,"synced":true,"simulated":true}'
)
REST_BOOK = (
    b'{"exchange":"binance","symbol":"ETHBTC","type":"spot","bids":[["0.05","1"]],"asks":[["0.06","1"]],'
    b'"ts":1790000000000,"ageMs":0,"synced":false,"source":"rest"}'
)
ORDER = (
    b'{"orderId":"TGA7000001","exchange":"binance","symbol":"BTCUSDT","type":"spot","side":"buy","state":"FILLED",'
    b'"qty":0.010,"filledQty":0.010,"price":68000.123456789012345,"avgPrice":68000.10,"reason":null,"orderType":"limit",'
    b'"timeInForce":"IOC","planId":"plan_000001","createdTs":1790000000000,"updatedTs":1790000000040}'
)
FILL = (
    b'{"tradeId":"9","orderId":"TGA7000001","exchange":"binance","symbol":"BTCUSDT","type":"spot",'
    b'"side":"buy","price":68000.10,"qty":0.010,"fee":0.00001,"feeAsset":"BTC","liquidity":"taker","planId":null,"ts":1790000000000}'
)
BALANCE = (
    b'{"account":"main","exchange":"binance","wallet":"spot","asset":"BTC","free":20.00000001,"locked":0,'
    b'"total":20.00000001,"simulated":true}'
)
POSITION = (
    b'{"account":"main","exchange":"bybit","symbol":"BTCUSDT","type":"linear","qty":-0.010,"entryPrice":68100.10,'
    b'"markPrice":68000.05,"unrealizedPnl":1.0005,"realizedPnl":0,"fees":[]}'
)
LIMIT = b'{"name":"order_notional_max","unit":"quote","scope":"total","id":"","value":50000}'

OPPORTUNITY = (
    b'{"pairId":"binance_bybit_btc","direction":"leg1_buy","qty":0.02,"gross":3.1,"fees":2.1,"slippage":0.1,"net":1.0,'
    b'"netPercent":0.061234,"buy":{"exchange":"binance","symbol":"BTCUSDT","type":"spot","price":68000.1,"worst":68000.2,'
    b'"leg":1},"sell":{"exchange":"bybit","symbol":"BTCUSDT","type":"linear","price":68160.1,"worst":68160.0,"leg":2},'
    b'"open":true,"bookAgesMs":[3,14],"ts":1790000000000}'
)
INSTRUMENT = (
    b'{"exchange":"binance","symbol":"BTCUSDT","type":"spot","base":"BTC","quote":"USDT","priceStep":0.01,'
    b'"qtyStep":0.00001,"qtyMin":0.00001,"qtyMax":9000,"notionalMin":5,"feeMaker":0.001,"feeTaker":0.001,"trading":true}'
)
PERFORMANCE = (
    b'{"pnl":-0.0545515,"fees":1.0545515,"turnover":1361,"plans":1,"wins":0,"losses":1,"winRate":0,'
    b'"maxDrawdown":0.0545515,"dayPnl":-0.0545515,"realizedPnl":-1.0545515,"unrealizedPnl":1,"feesPaid":1.0545515,"residual":0}'
)
RISK_METRICS = (
    b'{"limits":[{"name":"order_notional_max","unit":"quote","scope":"total","limit":50000,"byDefault":null,"used":null},'
    b'{"name":"breaker_failures_max","unit":"plans","scope":"total","limit":null,"byDefault":5,"used":1}],'
    b'"exposure":[{"exchange":"bybit","symbol":"BTCUSDT","type":"linear","worst":681.0}],"exposureTotal":681.0,'
    b'"halts":[{"id":"bybit:main/unified/USDT","account":"main","exchange":"bybit","wallet":"unified",'
    b'"asset":"USDT","cause":"differs","ours":1.0,"theirs":2.0,"sinceTs":1}],'
    b'"dayPnl":-0.0545515,"latch":{"mode":"open","reason":"","actor":"","sinceTs":0},'
    b'"breakers":[{"scope":"kill","breaker":"kill","state":"CLOSED"}],"ts":1790000000000}'
)

ALERT = (
    b'{"id":"1700000000001","event":"engine_alert","severity":"warning","ts":1700000000000,"code":"BOOK_STALE",'
    b'"message":"the book is old","pairId":"binance_bybit_btc"}'
)
