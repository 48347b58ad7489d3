// The page at "/": log in, watch, stop. Amounts stay the text that the server sent; nothing here computes money.
"use strict";

const $ = (id) => document.getElementById(id);
const PLANS_SHOWN = 20;
const POLL_MS = 5000;
const SOON_MS = 500;
const RECONNECT_MS_MAX = 15000;
const state = { session: load(), socket: null, lastSeq: 0, retryMs: 500, pairs: new Map(), timer: 0 };

// The session lives in this tab only, and ends with it.
function load() { try { return JSON.parse(sessionStorage.getItem("session")); } catch { return null; } }
function keep(session) {
  state.session = session;
  if (session) sessionStorage.setItem("session", JSON.stringify({ ...session })); else sessionStorage.removeItem("session");
}

// Numbers keep their text: JSON.parse would turn 0.10 into 0.1 and round long ones.
function parseExact(text) {
  const quoted = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (part) => part[0] === '"' ? part : `"${part}"`);
  return JSON.parse(quoted);
}

class ApiError extends Error { constructor(status, error) { super(error.message); this.status = status; this.code = error.code; } }

let refreshing = null;
async function renew() {
  refreshing ??= send("POST", "/api/auth/refresh", { refreshToken: state.session.refreshToken }, null)
    .then((session) => keep(session)).finally(() => { refreshing = null; });
  return refreshing;
}
async function api(method, path, body) {
  try { return await send(method, path, body, state.session?.accessToken); } catch (error) {
    if (error.status !== 401 || !state.session) throw error;
    try { await renew(); } catch (fault) { if (fault.status === 401) signOut("Your session has ended. Log in again."); throw fault; }
    return send(method, path, body, state.session.accessToken);
  }
}
async function send(method, path, body, token) {
  const headers = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  let response;
  try { response = await fetch(path, { method, headers, body: body ? JSON.stringify(body) : undefined }); }
  catch { throw new ApiError(0, { code: "OFFLINE", message: "The server does not answer. Is tidegate running?" }); }
  const answer = parseExact(await response.text());
  if (String(answer.success) !== "true") throw new ApiError(response.status, answer.error);
  return answer.data;
}

function cell(text, className) { const td = document.createElement("td"); td.textContent = text ?? "–"; if (className) td.className = className; return td; }
function notice(text) { $("notice").textContent = text || ""; $("notice").hidden = !text; }
function show(loggedIn) {
  $("login").hidden = loggedIn; $("board").hidden = !loggedIn; $("kill").hidden = !loggedIn; $("logout").hidden = !loggedIn;
  $("who").textContent = loggedIn ? `${state.session.user.username} · ${state.session.user.role}` : "";
}
const sign = (text) => text == null ? "" : String(text).startsWith("-") ? "bad" : /[1-9]/.test(text) ? "good" : "";
const leg = (l) => `${l.exchange} ${l.type} ${l.symbol}`;
const percent = (text) => text == null ? "–" : `${text} %`;

async function health() {
  let body;
  try { body = parseExact(await (await fetch("/health")).text()); } catch { body = { status: "unhealthy", components: {} }; }
  const mode = $("mode"), badge = $("health");
  if (String(body.simulated) === "true") { mode.textContent = "SIMULATED"; mode.className = "badge simulated"; mode.hidden = false; }
  else if (body.mode) { mode.textContent = body.mode; mode.className = "badge " + (body.mode === "LIVE" ? "live" : "warn"); mode.hidden = false; }
  badge.textContent = body.status; badge.className = `badge ${body.status}`; badge.hidden = false;
  $("components").replaceChildren(...Object.entries(body.components || {}).map(([name, part]) => {
    const item = document.createElement("li"), status = part.status || part;
    item.textContent = `${name}: ${status}`; item.className = status; if (part.detail) item.title = part.detail; return item;
  }));
}

function drawPairs(pairs, edges) {
  const now = new Map(); for (const edge of edges) if (!now.has(edge.pairId)) now.set(edge.pairId, edge.netPercent);
  state.pairs.clear();
  $("pairs").replaceChildren(...pairs.map((pair) => {
    const row = document.createElement("tr"), net = cell(percent(now.get(pair.id)), `num ${sign(now.get(pair.id))}`);
    const run = document.createElement("button"); run.textContent = "Execute once"; run.className = "quiet"; run.onclick = () => execute(run, pair);
    const last = cell(""); last.append(run); state.pairs.set(pair.id, net);
    row.append(cell(pair.id), cell(leg(pair.leg1)), cell(leg(pair.leg2)), cell(pair.qty, "num"), cell(percent(pair.threshold), "num"), net, last);
    return row;
  }));
  $("pairs-empty").hidden = pairs.length > 0;
}
function side(plan, name) {
  const part = (plan.legs || []).find((l) => l.side === name);
  return part ? `${part.filledQty} @ ${part.avgPrice ?? "–"} ${part.exchange}` : "–";
}
function drawPlans(plans) {
  $("plans").replaceChildren(...plans.map((plan) => {
    const row = document.createElement("tr");
    row.append(cell(plan.planId), cell(plan.pairId), cell(plan.state), cell(side(plan, "buy")), cell(side(plan, "sell")),
      cell(plan.residual, "num"), cell(plan.pnl, `num ${sign(plan.pnl)}`), cell(new Date(Number(plan.createdTs)).toLocaleTimeString()));
    return row;
  }));
  $("plans-empty").hidden = plans.length > 0;
}

// One look at a time: while one is under way, any number of wishes for another become one more.
let looking = false, again = false;
async function refresh() {
  if (looking) { again = true; return; }
  looking = true;
  try {
    const [pairs, edges, plans] = await Promise.all([api("GET", "/api/monitoring/pairs"),
      api("GET", "/api/monitoring/opportunities?limit=100"), api("GET", `/api/arbitrage/plans?limit=${PLANS_SHOWN}`), health()]);
    if (state.session) { drawPairs(pairs, edges); drawPlans(plans.items); }
  } catch (error) { if (state.session) notice(error.message); }
  looking = false;
  if (again) { again = false; soon(); }
}
let pending = 0;
function soon() { if (!pending) pending = setTimeout(() => { pending = 0; if (state.session) refresh(); }, SOON_MS); }

async function execute(button, pair) {
  if (!confirm(`Execute ${pair.id} once: ${pair.qty} base units on ${leg(pair.leg1)} and ${leg(pair.leg2)}?`)) return;
  button.disabled = true; report("execute_clicked", { pairId: pair.id });
  try { const done = await api("POST", `/api/arbitrage/execute/${encodeURIComponent(pair.id)}`); notice(`${done.planId}: ${done.state}, PnL ${done.pnl ?? "open"}`); }
  catch (error) { notice(`${error.code}: ${error.message}`); } finally { button.disabled = false; soon(); }
}

function report(event, data) {
  if (state.socket?.readyState === WebSocket.OPEN) state.socket.send(JSON.stringify({ op: "log", events: [{ event, data, ts: Date.now() }] }));
}
async function connect() {
  let ticket;
  try { ({ ticket } = await api("POST", "/api/auth/ws-ticket")); } catch { return state.session && reconnect(); }
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws?ticket=${encodeURIComponent(ticket)}`);
  state.socket = socket;
  socket.onopen = () => {
    state.retryMs = 500; notice("");
    socket.send(JSON.stringify({ op: "subscribe", channels: ["pairs:*", "plans", "orders", "alerts", "status"] }));
    if (state.lastSeq) socket.send(JSON.stringify({ op: "resume", after: state.lastSeq }));
    report("page_open", {});
  };
  socket.onmessage = (message) => receive(parseExact(message.data));
  socket.onclose = (end) => { if (state.session && state.socket === socket) { notice(`Live updates are interrupted${end.reason ? `: ${end.reason}` : ""}. Reconnecting.`); reconnect(); } };
}
function reconnect() {
  setTimeout(() => state.session && connect(), state.retryMs * (0.5 + Math.random() / 2));
  state.retryMs = Math.min(state.retryMs * 2, RECONNECT_MS_MAX);
}
function receive({ event, data, seq }) {
  state.lastSeq = Math.max(state.lastSeq, Number(seq));
  if (event === "opportunity" && data.state === "closed") soon();
  else if (event === "opportunity") {
    const net = state.pairs.get(data.pairId);
    if (net) { net.textContent = percent(data.netPercent); net.className = `num ${sign(data.netPercent)}`; }
  } else if (event === "engine_alert") { notice(`${data.severity}: ${data.message}`); }
  else if (["plan_update", "exchange_status", "resume_failed"].includes(event)) soon();
}

function start() {
  show(true); refresh(); connect(); clearInterval(state.timer); state.timer = setInterval(refresh, POLL_MS);
}
function signOut(text) {
  keep(null); clearInterval(state.timer); state.socket?.close(); state.socket = null; show(false); notice(text);
}
async function login(body) {
  try { keep(await send("POST", "/api/auth/login", body, null)); notice(""); start(); } catch (error) { show(false); notice(error.message); }
}

$("login-form").onsubmit = (event) => {
  event.preventDefault();
  const form = new FormData(event.target); login({ username: form.get("username"), password: form.get("password") }); event.target.password.value = "";
};
$("logout").onclick = async () => { try { await api("POST", "/api/auth/logout"); } catch { /* the session is forgotten here in any case */ } signOut(""); };
$("kill").onclick = () => {
  $("kill-text").textContent = `All ${state.pairs.size} pairs stop opening positions at once. Open plans may only shrink what they hold. It stays so over restarts, until a reset.`;
  $("kill-dialog").showModal();
};
$("kill-dialog").onclose = async (event) => {
  if (event.target.returnValue !== "kill") return;
  event.target.returnValue = ""; report("kill_confirmed", {});
  try { await api("POST", "/api/risk/kill", { reason: $("kill-reason").value || "stopped from the page", mode: "reduce_only" }); notice("Trading is stopped. Open positions can only shrink."); }
  catch (error) { notice(`${error.code}: ${error.message}`); }
};

// The link's token leaves the address bar before anything else happens.
const link = new URLSearchParams(location.hash.slice(1)).get("login") || new URLSearchParams(location.search).get("login");
if (link) history.replaceState(null, "", "/");
health();
if (link) login({ linkToken: link }); else if (state.session) start(); else show(false);
setInterval(() => { if (!state.session) health(); }, POLL_MS);
