export default function Twap() { return null; }
