import { describe, expect, it } from "vitest";
import { parseExact } from "./exact";

describe("exact JSON", () => {
  it.each([
    ["0.10", "0.10"],
    ["1000038.248868850000000001", "1000038.248868850000000001"],
    ["-0.285299", "-0.285299"],
    ["1e-7", "1e-7"],
    ["9007199254740993", "9007199254740993"],
    ["1795226198070", 1795226198070],
    ["0", 0],
    ["-3", -3],
  ])("reads %s without losing a digit", (text, value) => {
    expect(parseExact(`{"a":${text},"b":[${text}]}`)).toEqual({ a: value, b: [value] });
  });

  it("leaves texts alone, numbers and quotes inside them too", () => {
    const text = '{"a":"filled 0.10 \\"1.5\\" of 2.0","b":"68000.10","c":true,"d":null}';
    expect(parseExact(text)).toEqual({ a: 'filled 0.10 "1.5" of 2.0', b: "68000.10", c: true, d: null });
  });

  it("refuses what is no JSON", () => {
    expect(() => parseExact("<html>")).toThrow(SyntaxError);
  });
});
