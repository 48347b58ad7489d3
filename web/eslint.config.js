// Types are checked by tsc; here stand the rules of hooks, of money and of who may import whom.
import hooks from "eslint-plugin-react-hooks";
import ts from "typescript-eslint";

// Lower floors first; a folder imports only from floors below it, and features never from each other.
const FLOORS = ["shared", "state", "api", "live", "parts", "features", "app"];

const upwards = FLOORS.map((floor, index) => ({
  files: [`src/${floor}/**/*.{ts,tsx}`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          { group: ["../*"], message: "name the room: @/room/..." },
          ...FLOORS.slice(floor === "features" ? index : index + 1).map((above) => ({
            group: [`@/${above}/*`],
            message: `${floor} knows nothing of ${above}`,
          })),
        ],
      },
    ],
  },
}));

export default ts.config(
  { ignores: ["node_modules", "src/api/schema.d.ts", "dist"] },
  ...ts.configs.strict,
  { files: ["src/**/*.{ts,tsx}"], ...hooks.configs.flat["recommended-latest"] },
  ...upwards,
  {
    files: ["src/**/*.{ts,tsx}"],
    rules: {
      // A query without an argument is typed so by Redux Toolkit.
      "@typescript-eslint/no-invalid-void-type": "off",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-console": "error",
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", { max: 120, skipComments: true, skipBlankLines: true }],
      "no-restricted-globals": ["error", { name: "parseFloat", message: "amounts are decimals: shared/lib/amount" }],
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  // Dictionaries are data.
  { files: ["src/shared/i18n/{en,zh-Hant}.ts"], rules: { "max-lines": "off" } },
  {
    files: ["src/{features,app,parts,shared}/**/*.tsx"],
    rules: { "no-restricted-globals": ["error", "fetch", "parseFloat", "localStorage", "WebSocket"] },
  },
);
