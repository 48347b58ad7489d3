export default function Arbitrage() { return null; }
