// Two palettes. The antd tokens and our own style sheet (styles.css) share their values.
import { theme as antd, type ThemeConfig } from "antd";

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans TC", "PingFang TC", sans-serif';

const SHARED = { borderRadius: 8, fontFamily: FONT, fontSize: 14, wireframe: false, controlHeight: 34 };
/** What a finger has to meet: 40 px, once the compact algorithm has taken its four. */
const TOUCH = { controlHeight: 44, controlHeightSM: 40 };

const STILL = matchMedia("(prefers-reduced-motion: reduce)").matches;

const DARK = {
  colorPrimary: "#35b0cf",
  colorInfo: "#35b0cf",
  colorSuccess: "#4cc38a",
  colorWarning: "#f0b849",
  colorError: "#ff7b6e",
  colorBgBase: "#0b151b",
  colorBgLayout: "#0b151b",
  colorBgContainer: "#111f27",
  colorBgElevated: "#162731",
  colorTextBase: "#e6eff3",
  colorTextDescription: "#9db1bb",
  colorTextPlaceholder: "#8ba0aa",
  colorBorder: "#33505d",
  colorBorderSecondary: "#213641",
};

const LIGHT = {
  colorPrimary: "#0b6e8a",
  colorInfo: "#0b6e8a",
  colorSuccess: "#157347",
  colorWarning: "#8a5a00",
  colorError: "#b42318",
  colorBgLayout: "#f2f6f8",
  colorTextBase: "#12232b",
  colorTextDescription: "#516670",
  colorTextPlaceholder: "#5d717a",
  colorBorder: "#b9c8cf",
  colorBorderSecondary: "#dbe4e8",
};

/** The class that carries the variables of the tokens; it stands on the body, so that styles.css may use them. */
export const VARIABLES = "tg";

export function themeOf(dark: boolean, narrow: boolean): ThemeConfig {
  return {
    algorithm: [dark ? antd.darkAlgorithm : antd.defaultAlgorithm, antd.compactAlgorithm],
    token: { ...SHARED, ...(narrow ? TOUCH : {}), motion: !STILL, ...(dark ? DARK : LIGHT) },
    cssVar: { key: VARIABLES },
    hashed: false,
    components: {
      Table: { headerBg: "transparent", headerSplitColor: "transparent", cellPaddingBlockSM: 6, cellPaddingInlineSM: 10 },
      Button: { primaryShadow: "none", dangerShadow: "none", ...(dark ? { primaryColor: "#04161d", dangerColor: "#24100d" } : {}) },
    },
  };
}
